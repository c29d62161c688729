import { outcomeColumn } from '../../bundle/target';
import type { ColumnDrift } from '../../core/drift/column';
import { compareTables, type Comparison } from '../../core/drift/compare';
import type { Scored } from '../../core/drift/performance';
import { INTERACTIVE } from '../../core/drift/policy';
import { EVEN_COSTS, type Costs } from '../../core/decision/cost';
import { refusals } from '../../core/decision/decision';
import { checkStopped, ScoredeskError } from '../../core/errors';
import { freeName, nearestName } from '../../core/table/names';
import { countRepeats, cut, oneByOne, type TableSource } from '../../core/table/source';
import type { LocalText } from '../../bundle/schema';
import type { Finding } from '../../bundle/training/findings';
import { modelDrift, type ModelDrift, type Scores } from './model';
import type { DriftRequest, Side } from '../../core/drift/request';
import { modelRows, sideRows, type SideRows, type Supplies } from './sides';
import type { Engine } from '../engine';
import { breathe, type Task } from '../runtime';

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
  /** Features that these rows lack. */
  absent: string[];
  repeatedIds: number;
  /** Rows that the model gave no number. */
  unscored: number;
  /** Of a file: what it holds that the rows which trained the model did not; absent in comparisons kept before it was looked for. */
  findings?: Finding[];
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
  const [reference, current] = await Promise.all(
    [request.reference, request.current].map((side) => sideRows(engine, side, supplies)),
  );
  const isTaken = (name: string) => [reference, current].some(({ source }) => source.names.includes(name));
  const canScore = reference.absent.length + current.absent.length === 0;
  const score = canScore ? freeName('probability', isTaken) : null;
  const target = targetName(engine, reference, current);
  const scores = scoresOf(engine, { reference, current }, task);
  // What takes no score comes first: the first columns are in sight before anybody is scored.
  const all = [
    ...columnNames(engine, reference, current),
    ...[target, score].filter((name) => name !== null),
  ];
  const columns = request.columns ? chosenOf(request.columns, all, current.source.name) : all;
  let fittedOn: DriftResult['fittedOn'] = null;
  const comparison = await stepped(
    compareTables(
      withComputed(reference, { score, target }, scores.reference),
      withComputed(current, { score, target }, scores.current),
      {
        preset: request.preset,
        columns,
        outside: [score, target].filter((name) => name !== null),
        // Without chunks all current rows are one.
        chunking: request.chunking ?? { number: 1 },
        time: current.time ?? undefined,
        policy: INTERACTIVE,
        ...(canScore
          ? {
              scores: async () => {
                const fitting = await fittingRows(engine, reference, scores.reference);
                if (!fitting) return null;
                fittedOn = fitting.part;
                const rows = await decided(engine, current, await scores.current());
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
      reference: await infoOf(engine, request.reference, reference, canScore ? scores.reference : null),
      current: await infoOf(engine, request.current, current, canScore ? scores.current : null),
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
    const found =
      known.get(side) ?? modelRows(engine, sides[side]).then((table) => engine.score(table, { signal }));
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
  // The first column goes at once.
  let sent = -Infinity;
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
  for (const { source } of [reference, current]) for (const name of source.names) names.add(name);
  return [...names].filter((name) => !left.has(name));
}

function targetName(engine: Engine, reference: SideRows, current: SideRows): string | null {
  if (!reference.target || !current.target) return null;
  return engine.manifest.columns.find(({ role }) => role === 'target')?.name ?? null;
}

/** The side's columns, its outcome, and its score that is computed when it is read. */
function withComputed(
  { source, target: labels }: SideRows,
  { score, target }: { score: string | null; target: string | null },
  scores: () => Promise<Float64Array>,
): TableSource {
  const computed = [target, score].filter((name) => name !== null);
  return {
    ...oneByOne(source),
    names: [...new Set([...source.names, ...computed])],
    read: async (name, range) => {
      if (name === score) return cut({ kind: 'number', values: await scores() }, range);
      if (name !== target || !labels) return source.read(name, range);
      return cut({ ...outcomeColumn(labels), written: 'truth' }, range);
    },
  };
}

/** The chosen columns that are there. @throws column-unknown when none is */
function chosenOf(wanted: readonly string[], all: readonly string[], file: string): string[] {
  const there = all.filter((name) => wanted.includes(name));
  if (there.length > 0) return there;
  const [column = ''] = wanted;
  throw new ScoredeskError('column-unknown', { column, nearest: nearestName(column, all), file });
}

/** Labelled rows to fit estimates on: the test part if there is one, else the reference side itself. */
async function fittingRows(
  engine: Engine,
  reference: SideRows,
  scores: () => Promise<Float64Array>,
): Promise<{ part: 'test' | 'reference'; rows: Scored } | null> {
  if (engine.manifest.data.test?.target) {
    const side = await sideRows(engine, { source: 'test' }, {});
    const probability = await engine.score(await modelRows(engine, side));
    return { part: 'test', rows: await decided(engine, side, probability) };
  }
  return reference.target
    ? { part: 'reference', rows: await decided(engine, reference, await scores()) }
    : null;
}

/** A side's scores with the decisions that the bundle's threshold makes of them. */
async function decided(engine: Engine, side: SideRows, probability: Float64Array): Promise<Scored> {
  const costs = costsOf(engine);
  return {
    probability,
    refused: refusals(probability, engine.manifest.decision),
    target: side.target,
    ...(costs.kind === 'amount' ? { amount: await amountsOf(side, costs.column) } : {}),
  };
}

/** NaN where the side has none: a row whose amount is not known has no cost. */
async function amountsOf({ source }: SideRows, name: string): Promise<Float64Array> {
  const column = await source.read(name);
  return column?.kind === 'number'
    ? Float64Array.from(column.values)
    : new Float64Array(source.rows).fill(NaN);
}

const costsOf = ({ manifest }: Engine): Costs => manifest.decision.costs ?? EVEN_COSTS;

async function infoOf(
  engine: Engine,
  { source }: Side,
  side: SideRows,
  scores: (() => Promise<Float64Array>) | null,
): Promise<SideInfo> {
  const probability = await scores?.();
  return {
    rows: side.source.rows,
    labelled: side.target !== null,
    absent: side.absent,
    repeatedIds: await countRepeats(side.source, engine.idColumn),
    unscored: probability?.reduce((count, p) => count + (Number.isNaN(p) ? 1 : 0), 0) ?? 0,
    ...(side.findings ? { findings: side.findings } : {}),
    note: engine.manifest.texts?.[source] ?? null,
  };
}
