import { ScoredeskError } from '../../core/errors';
import { EVEN_COSTS } from '../../core/decision/cost';
import type { Decision } from '../../core/decision/decision';
import { toPoints } from '../../core/explain/points';
import {
  compareModels,
  type ChallengeFigure,
  type Difference,
  type Side,
} from '../../core/metrics/challenge';
import { columnOf, takeRows, texts, type Table } from '../../core/table/table';
import type { PartName } from '../../bundle/schema';
import { absentInputs, ROWS_AT_ONCE, rowsFor } from '../tables';
import type { Engine } from '../engine';
import { pausing, type Task } from '../runtime';

/** A model beside another one over the same rows and clients: those of the first, the champion. */
export interface Challenge {
  /** Rows that figures are from, without a score or an outcome left out; null where no rows have both outcomes. */
  measured: {
    on: 'test' | 'reference';
    rows: number;
    figures: Record<ChallengeFigure, Difference>;
  } | null;
  /** Clients by what the champion and the challenger decide. */
  decided: Record<Decision, Record<Decision, number>>;
  clients: number;
  /** Clients that are decided otherwise, whose scores moved most. */
  changed: ChangedClient[];
}

export interface ChangedClient {
  id: string;
  before: number;
  after: number;
  from: Decision;
  to: Decision;
  /** The column whose contribution moved most, and by how many points; null where one of them can't be explained. */
  why: { column: string; points: number } | null;
}

const SAMPLES = 500;
const SEED = 29;
const BETA = 3;
const MOST_CHANGED = 12;

/** @throws challenger-columns where the champion's tables lack inputs of the challenger; stopped */
export async function challengeOf(champion: Engine, challenger: Engine, task: Task = {}): Promise<Challenge> {
  requireColumns(champion, challenger);
  const measured = await measuredOn(champion, challenger, task);
  const before = await champion.scores(task);
  const after = await scoresOf(champion, challenger, task);
  const decided = emptyCounts();
  const moved: number[] = [];
  before.forEach((p, row) => {
    const [from, to] = [champion.decide(p), challenger.decide(after[row])];
    decided[from][to]++;
    if (from !== to) moved.push(row);
  });
  const apart = (row: number) => Math.abs(after[row] - before[row]);
  const rows = moved.sort((a, b) => apart(b) - apart(a) || a - b).slice(0, MOST_CHANGED);
  const why = await reasonsOf(champion, challenger, Int32Array.from(rows));
  const changed = rows.map((row, i) => ({
    id: champion.clients.ids[row],
    before: before[row],
    after: after[row],
    from: champion.decide(before[row]),
    to: challenger.decide(after[row]),
    why: why?.[i] ?? null,
  }));
  return { measured, decided, clients: before.length, changed };
}

function requireColumns(champion: Engine, challenger: Engine): void {
  const absent = absentInputs(challenger, champion.clients.source.names);
  if (absent.length > 0)
    throw new ScoredeskError('challenger-columns', { column: absent[0], count: absent.length });
}

const DECISIONS: readonly Decision[] = ['accepted', 'review', 'refused', 'unscored'];
const emptyCounts = (): Challenge['decided'] =>
  Object.fromEntries(
    DECISIONS.map((from) => [from, Object.fromEntries(DECISIONS.map((to) => [to, 0]))]),
  ) as Challenge['decided'];

/** The champion's clients by the challenger. */
async function scoresOf(
  champion: Engine,
  challenger: Engine,
  { signal, progress }: Task,
): Promise<Float64Array> {
  const scores = new Float64Array(champion.clients.count);
  let done = 0;
  for await (const block of champion.clients.scan(champion.clients.source.names, ROWS_AT_ONCE)) {
    scores.set(
      await challenger.score(rowsFor(challenger, named(block, champion, challenger)).table, { signal }),
      done,
    );
    done += block.rows;
    progress?.({ done, total: scores.length, unit: 'rows' });
  }
  return scores;
}

/** The same rows under the challenger's name for the id. */
function named(table: Table, champion: Engine, challenger: Engine): Table {
  if (table.columns.has(challenger.idColumn)) return table;
  const columns = new Map(table.columns).set(challenger.idColumn, columnOf(table, champion.idColumn));
  return { ...table, columns };
}

async function measuredOn(
  champion: Engine,
  challenger: Engine,
  { signal }: Task,
): Promise<Challenge['measured']> {
  const test = await champion.test();
  const on: PartName = test?.rows ? 'test' : 'reference';
  const table = test?.rows ? test : await champion.reference();
  const outcome = table?.columns.get(champion.manifest.data[on]?.target ?? '');
  if (!table || outcome?.kind !== 'number') return null;
  const { values } = outcome;
  const before = await champion.score(table, { signal });
  const after = await challenger.score(rowsFor(challenger, withIds(table, champion, challenger)).table, {
    signal,
  });
  const known = Int32Array.from(before.keys()).filter(
    (row) => !Number.isNaN(before[row] + after[row] + values[row]),
  );
  const target = Uint8Array.from(known, (row) => values[row]);
  const defaults = target.reduce((sum, outcomeOf) => sum + outcomeOf, 0);
  if (defaults === 0 || defaults === target.length) return null;
  const rows = takeRows(table, known);
  const side = (engine: Engine, scores: Float64Array): Side => ({
    score: Float64Array.from(known, (row) => scores[row]),
    threshold: engine.manifest.decision.threshold,
    beta: BETA,
    ...costsOf(champion, rows),
  });
  const drawn = { samples: SAMPLES, seed: SEED, pause: pausing(signal) };
  const figures = await compareModels(target, side(champion, before), side(challenger, after), drawn);
  return { on, rows: known.length, figures };
}

/** Both are judged by the champion's costs. */
function costsOf({ manifest }: Engine, rows: Table): Pick<Side, 'costs' | 'amounts'> {
  const { costs = EVEN_COSTS } = manifest.decision;
  if (costs.kind === 'count') return { costs };
  const amounts = rows.columns.get(costs.column);
  return {
    costs,
    amounts: amounts?.kind === 'number' ? amounts.values : new Float64Array(rows.rows).fill(NaN),
  };
}

/** Rows of a part may have no ids: they are counted. */
function withIds(table: Table, champion: Engine, challenger: Engine): Table {
  if (table.columns.has(champion.idColumn)) return named(table, champion, challenger);
  const values = Float64Array.from({ length: table.rows }, (_, row) => row + 1);
  return { ...table, columns: new Map(table.columns).set(challenger.idColumn, { kind: 'number', values }) };
}

async function reasonsOf(
  champion: Engine,
  challenger: Engine,
  rows: Int32Array,
): Promise<ChangedClient['why'][] | null> {
  if (!champion.onnx.model || !challenger.onnx.model || rows.length === 0) return null;
  if (champion.unit !== challenger.unit) return null;
  const table = await champion.clients.rows(rows);
  const other = rowsFor(challenger, named(table, champion, challenger)).table;
  const before = await champion.explain(table);
  const after = await challenger.explain(other);
  const columns = [...new Set([...champion.inputs, ...challenger.inputs])];
  const place = (engine: Engine) => columns.map((name) => engine.inputs.indexOf(name));
  const [own, others] = [place(champion), place(challenger)];
  return texts(columnOf(table, champion.idColumn)).map((_, i) => {
    const moved = columns.map((_name, k) => {
      const then = own[k] < 0 ? 0 : before.values[i * before.width + own[k]];
      const now = others[k] < 0 ? 0 : after.values[i * after.width + others[k]];
      return now - then;
    });
    const most = moved.reduce((best, by, k) => (Math.abs(by) > Math.abs(moved[best]) ? k : best), 0);
    return { column: columns[most], points: toPoints(moved[most], champion.unit) };
  });
}
