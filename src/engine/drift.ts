import type { ColumnDrift } from '../core/drift/column';
import { compareTables, type Comparison } from '../core/drift/compare';
import type { Costs, Scored } from '../core/drift/performance';
import { checkStopped } from '../core/errors';
import { sourceOf, type TableSource } from '../core/table/source';
import type { Column, Table } from '../core/table/table';
import type { LocalText } from '../bundle/schema';
import { modelDrift, type ModelDrift, type Scores } from './driftModel';
import type { DriftRequest, Side } from './driftRequest';
import { sideRows, type SideRows, type Supplies } from './driftSides';
import type { Engine } from './engine';
import { breathe, type Task } from './runtime';

/** A comparison of a bundle's data, with what it means to the model. Plain data, aggregates only. */
export interface DriftResult {
  request: DriftRequest;
  comparison: Comparison;
  sides: { reference: SideInfo; current: SideInfo };
  /** Names of the model's inputs, of the score's column and of the outcome's. */
  features: string[];
  score: string | null;
  target: string | null;
  model: ModelDrift | null;
  /** Rows that estimates of performance are fitted on: `reference` means training rows, too good. */
  fittedOn: 'test' | 'reference' | null;
}

export interface SideInfo {
  rows: number;
  labelled: boolean;
  /** Days of the first and last row; "" without times. */
  absent: string[];
  repeatedIds: number;
  /** Rows that the model gave no number. */
  unscored: number;
  /** What the bundle says of these rows. */
  note: LocalText | null;
}

export interface DriftTask extends Task {
  /** Called with columns as they are done. */
  columns?: ((done: readonly ColumnDrift[]) => void) | undefined;
}

/**
 * Compares two sets of rows in the words of a bundle.
 *
 * @throws drift-side-none, drift-filter-empty, drift-period-time, stopped
 */
export async function compareSides(
  engine: Engine,
  request: DriftRequest,
  supplies: Supplies,
  task: DriftTask = {},
): Promise<DriftResult> {
  const reference = await sideRows(engine, request.reference, supplies);
  const current = await sideRows(engine, request.current, supplies);
  const canScore = reference.absent.length + current.absent.length === 0;
  const score = canScore ? freeName([reference.table, current.table], 'probability') : null;
  const target = targetName(engine, reference, current);
  const scores = scoresOf(engine, { reference, current }, task);
  // What takes no score comes first: the first columns are in sight before anybody is scored.
  const columns = request.columns ?? [
    ...columnNames(engine, reference, current),
    ...[target, score].filter((name) => name !== null),
  ];
  let fittedOn: DriftResult['fittedOn'] = null;
  const comparison = await stepped(
    compareTables(
      withComputed(reference, { score, target }, scores.reference),
      withComputed(current, { score, target }, scores.current),
      {
        preset: request.preset,
        columns,
        outside: [score, target].filter((name) => name !== null),
        chunking: request.chunking,
        time: current.time ?? undefined,
        multivariate: true,
        resampled: true,
        ...(canScore
          ? {
              scores: async () => {
                const fitting = await fittingRows(engine, reference, scores.reference);
                if (!fitting) return null;
                fittedOn = fitting.part;
                const rows = scoredRows(engine, await scores.current(), current.target);
                return { reference: fitting.rows, current: rows, costs: costsOf(engine) };
              },
            }
          : {}),
      },
    ),
    columns.length,
    task,
  );
  return {
    request,
    comparison,
    sides: {
      reference: infoOf(
        engine,
        request.reference,
        reference,
        canScore ? await scores.reference() : undefined,
      ),
      current: infoOf(engine, request.current, current, canScore ? await scores.current() : undefined),
    },
    features: engine.columns.map(({ name }) => name),
    score,
    target,
    model: canScore ? await modelDrift(engine, reference, current, scores, task) : null,
    fittedOn,
  };
}

/** Scores of both sides, computed once, when they are first asked for. */
function scoresOf(
  engine: Engine,
  sides: Record<'reference' | 'current', SideRows>,
  { signal }: Task,
): Scores {
  const known = new Map<string, Promise<Float64Array>>();
  const of = (side: 'reference' | 'current') => () => {
    const found = known.get(side) ?? engine.score(sides[side].table, { signal });
    known.set(side, found);
    return found;
  };
  return { reference: of('reference'), current: of('current') };
}

/** Runs the comparison in slices, so that a stop is heard and columns are shown as they come. */
async function stepped(
  steps: AsyncGenerator<ColumnDrift, Comparison>,
  total: number,
  { signal, progress, columns }: DriftTask,
): Promise<Comparison> {
  let fresh: ColumnDrift[] = [];
  let sent = performance.now();
  for (let done = 0; ; done++) {
    const step = await steps.next();
    if (step.done) return step.value;
    fresh.push(step.value);
    if (performance.now() - sent < SLICE) continue;
    columns?.(fresh);
    progress?.({ done: done + 1, total, unit: 'columns' });
    fresh = [];
    await breathe();
    checkStopped(signal);
    sent = performance.now();
  }
}

const SLICE = 40;

/** Features in the model's order, then the other columns that both sides or one have. */
function columnNames(engine: Engine, reference: SideRows, current: SideRows): string[] {
  const left = new Set([engine.idColumn, reference.time, current.time]);
  const outcome = engine.manifest.columns.filter(
    ({ role }) => role === 'target' || role === 'name' || role === 'time',
  );
  for (const { name } of outcome) left.add(name);
  const names = new Set(engine.columns.map(({ name }) => name));
  for (const { table } of [reference, current]) for (const name of table.columns.keys()) names.add(name);
  return [...names].filter((name) => !left.has(name));
}

function targetName(engine: Engine, reference: SideRows, current: SideRows): string | null {
  if (!reference.target || !current.target) return null;
  return engine.manifest.columns.find(({ role }) => role === 'target')?.name ?? null;
}

/** The side's table with its outcome as a column, and its score as one that is computed when it is read. */
function withComputed(
  side: SideRows,
  { score, target }: { score: string | null; target: string | null },
  scores: () => Promise<Float64Array>,
): TableSource {
  const columns = new Map<string, Column>(side.table.columns);
  if (target && side.target) {
    const values = Float64Array.from(side.target, (label) => (label < 0 ? NaN : label));
    columns.set(target, { kind: 'number', values, written: 'truth' });
  }
  const source = sourceOf({ ...side.table, columns });
  if (score === null) return source;
  return {
    ...source,
    names: [...source.names, score],
    read: async (name) => (name === score ? { kind: 'number', values: await scores() } : source.read(name)),
  };
}

/** A name that neither table has. */
function freeName(tables: readonly Table[], wanted: string): string {
  let name = wanted;
  while (tables.some((table) => table.columns.has(name))) name += '_';
  return name;
}

/** Labelled rows to fit estimates on: the test part if there is one, else the reference side itself. */
async function fittingRows(
  engine: Engine,
  reference: SideRows,
  scores: () => Promise<Float64Array>,
): Promise<{ part: 'test' | 'reference'; rows: Scored } | null> {
  const test = await engine.test();
  const target = engine.manifest.data.test?.target;
  if (test && target) {
    const side = await sideRows(engine, { source: 'test' }, {});
    return { part: 'test', rows: scoredRows(engine, await engine.score(test), side.target) };
  }
  return reference.target
    ? { part: 'reference', rows: scoredRows(engine, await scores(), reference.target) }
    : null;
}

function scoredRows(engine: Engine, probability: Float64Array, target: Int8Array | null): Scored {
  const { threshold } = engine.manifest.decision;
  return { probability, refused: Uint8Array.from(probability, (p) => (p >= threshold ? 1 : 0)), target };
}

/** The bundle's costs by count; 1 and 1 where it has none. */
export function costsOf(engine: Engine): Costs {
  const costs = engine.manifest.decision.costs;
  if (costs?.kind !== 'count') return { fn: 1, fp: 1 };
  return { fn: costs.falseNegative, fp: costs.falsePositive };
}

function infoOf(
  engine: Engine,
  { source }: Side,
  { table, target, absent, repeatedIds }: SideRows,
  scores: Float64Array | undefined,
): SideInfo {
  return {
    rows: table.rows,
    labelled: target !== null,
    absent,
    repeatedIds,
    unscored: scores ? scores.reduce((count, p) => count + (Number.isNaN(p) ? 1 : 0), 0) : 0,
    note: engine.manifest.texts?.[source] ?? null,
  };
}
