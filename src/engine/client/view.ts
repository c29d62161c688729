import type { Decision } from '../../core/decision/decision';
import { reasonsOf, type Reasons } from '../../core/explain/reasons';
import { toPoints, toProbability } from '../../core/explain/points';
import { logit } from '../../core/numeric/functions';
import { scoreScale, type ScoreScale } from '../../core/stats/scoreScale';
import { textAt, type Table } from '../../core/table/table';
import type { Manifest, ManifestColumn } from '../../bundle/schema';
import { cellOf, type Cell, type CellValue } from './cells';
import type { Engine } from '../engine';
import type { ExplainTask } from '../explanations';
import type { Task } from '../runtime';
import type { Overview, SeenIn } from '../overview';

/** What a page needs of an open bundle, as plain data. */
export interface BundleView {
  fingerprint: string;
  manifest: Manifest;
  clients: number;
  scale: ScoreScale;
  /** Median (numbers) or most frequent text (categories) of the comparison rows, by column. */
  typical: Record<string, CellValue>;
  runtime: 'onnxruntime' | 'core';
  /** Why onnxruntime could not start; "" when it did. */
  runtimeFailure: string;
  unit: 'margin' | 'probability';
  /** The clients offered to a newcomer, with their decisions. */
  suggested: { id: string; probability: number; decision: Decision }[];
}

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

export function bundleView(engine: Engine, { scores, typical }: Overview): BundleView {
  return {
    fingerprint: engine.fingerprint,
    manifest: engine.manifest,
    clients: engine.ids.length,
    scale: scoreScale(scores, engine.manifest.decision.threshold),
    typical,
    runtime: engine.runtime.name,
    runtimeFailure: engine.runtimeFailure,
    unit: engine.unit,
    suggested: suggestedClients(engine, scores),
  };
}

/** Those that are in the bundle. */
function suggestedClients(engine: Engine, scores: Float64Array): BundleView['suggested'] {
  return [...new Set(engine.manifest.suggest)]
    .filter((id) => engine.has(id))
    .map((id) => {
      const probability = scores[engine.rowOf(id)];
      return { id, probability, decision: engine.decide(probability) };
    });
}

/**
 * @param seenIn the labelled part that holds this client, by the list
 * @throws client-unknown, score-missing
 */
export async function clientView(engine: Engine, id: string, seenIn: SeenIn): Promise<ClientView> {
  const table = engine.clientsOf([id]);
  const [probability] = await engine.score(table);
  const { columns, decision } = engine.manifest;
  return {
    id,
    name: nameOf(columns, table),
    probability,
    decision: engine.decide(probability),
    distance: distance(probability, decision.threshold, engine.unit),
    seenIn,
    explanation:
      engine.onnx.model && !Number.isNaN(probability) ? await explanation(engine, table, undefined) : null,
    cells: columns.flatMap((column) => cellsOf(column, table)),
  };
}

function distance(probability: number, threshold: number, unit: Engine['unit']): number {
  if (unit === 'probability') return toPoints(probability - threshold, unit);
  return toPoints(logit(probability) - logit(threshold), unit);
}

/** Rows that estimates compare with: a client page is read within seconds. */
const ESTIMATE = { background: 25, samples: 1024 };

/** The reasons of a score that only the runtime gives. @throws client-unknown, stopped */
export async function clientReasons(engine: Engine, id: string, task: Task = {}): Promise<ClientReasons> {
  return explanation(engine, engine.clientsOf([id]), { ...ESTIMATE, ...task });
}

async function explanation(
  engine: Engine,
  table: Table,
  estimate: ExplainTask | undefined,
): Promise<ClientReasons> {
  const { base, values } = await engine.explain(table, estimate ? 'kernel' : undefined, estimate);
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
