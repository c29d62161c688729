import type { Decision } from '../../core/decision/decision';
import { reasonsOf, type Reasons } from '../../core/explain/reasons';
import { toPoints, toProbability } from '../../core/explain/points';
import { logit } from '../../core/numeric/functions';
import { textAt, type Table } from '../../core/table/table';
import { encoded, type Encoded, type ModelRows } from '../../bundle/encode';
import type { ManifestColumn } from '../../bundle/schema';
import type { Engine } from '../engine';
import type { ExplainTask } from '../explanations';
import type { Task } from '../runtime';
import type { SeenIn } from '../overview';
import { cellOf, type Cell } from './cells';

/** One client's decision with its reasons and data. */
export interface ClientView {
  id: string;
  name: string;
  probability: number;
  decision: Decision;
  /** Points from the threshold: negative below it. */
  distance: number;
  /** The part of the bundle that holds this client with an outcome. */
  seenIn: SeenIn;
  /** null where it takes more than a moment (ask for it then), or where there is no score. */
  explanation: ClientReasons | null;
  cells: Cell[];
}

export interface ClientReasons {
  baseProbability: number;
  reasons: Reasons;
  columns: readonly string[];
  /** Estimated by scoring variations of the client, not read from the model. */
  estimated: boolean;
}

/**
 * @param seenIn the labelled part that holds this client, by the list
 * @param row the client's own, where it is none of the bundle
 * @throws client-unknown, score-missing
 */
export async function clientView(
  engine: Engine,
  id: string,
  seenIn: SeenIn,
  row?: Table,
): Promise<ClientView> {
  const table = row ?? (await engine.clients.of([id]));
  // Encoded once: what is explained is what was scored.
  const inputs = encoded(engine.columns, table);
  const { columns } = engine.manifest;
  const cells = columns.flatMap((column) => cellsOf(column, table));
  return viewOf(engine, inputs, { id, name: nameOf(columns, table), seenIn, cells });
}

/** What is known of a client before it is scored. */
export type ClientAbout = Pick<ClientView, 'id' | 'name' | 'seenIn' | 'cells'>;

/** Decision and reasons of one row of inputs. @throws score-missing */
export async function viewOf(engine: Engine, inputs: Encoded, about: ClientAbout): Promise<ClientView> {
  const [probability] = await engine.score(inputs);
  const scored = !Number.isNaN(probability);
  return {
    ...about,
    probability,
    decision: engine.decide(probability),
    distance: distanceBetween(probability, engine.manifest.decision.threshold, engine.unit),
    explanation: engine.onnx.model && scored ? await reasonsFor(engine, inputs) : null,
  };
}

/** Points from one probability to another: negative below it. */
export function distanceBetween(probability: number, from: number, unit: Engine['unit']): number {
  if (unit === 'probability') return toPoints(probability - from, unit);
  return toPoints(logit(probability) - logit(from), unit);
}

/** Rows that estimates compare with: a client page is read within seconds. */
const ESTIMATE = { background: 25, samples: 1024 };

/** The reasons of a score that only the runtime gives. @throws client-unknown, stopped */
export async function clientReasons(
  engine: Engine,
  id: string,
  task: Task = {},
  row?: Table,
): Promise<ClientReasons> {
  return reasonsFor(engine, row ?? (await engine.clients.of([id])), { ...ESTIMATE, ...task });
}

/** The reasons of one row's score: read from the model, or estimated by its scores. */
export async function reasonsFor(
  engine: Engine,
  rows: ModelRows,
  estimate?: ExplainTask,
): Promise<ClientReasons> {
  const { base, values } = await engine.explain(rows, estimate ? 'kernel' : undefined, estimate);
  return {
    baseProbability: toProbability(base, engine.unit),
    reasons: reasonsOf(values, engine.unit),
    columns: engine.columns.map((column) => column.name),
    estimated: estimate !== undefined,
  };
}

function nameOf(columns: readonly ManifestColumn[], table: Table): string {
  const declared = columns.find((column) => column.role === 'name');
  const column = declared && table.columns.get(declared.name);
  return column ? textAt(column, 0) : '';
}

/** What a page shows of a column; nothing for ids, names and outcomes. */
function cellsOf(declared: ManifestColumn, table: Table): Cell[] {
  const column = table.columns.get(declared.name);
  const shown = declared.role !== 'id' && declared.role !== 'name' && declared.role !== 'target';
  return column && shown ? [cellOf(declared, column, 0)] : [];
}
