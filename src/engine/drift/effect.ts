import { refusals } from '../../core/decision/decision';
import { presentMean, presentRows } from '../../core/stats/present';
import { countDistinct } from '../../core/drift/sample';
import { seededRandom, sampleRows } from '../../core/numeric/random';
import {
  columnOf,
  takeRows,
  type Column,
  type NumberColumn,
  type Table,
  type TextColumn,
} from '../../core/table/table';
import { modelRows, sideRows, type Supplies } from './sides';
import type { DriftRequest } from '../../core/drift/request';
import type { Engine } from '../engine';
import type { Task } from '../runtime';

/** What one column's change alone does to the scores of the current rows. */
export interface ColumnEffect {
  rows: number;
  /** Share refused, and mean P(default): as the rows are, and with this column as in the reference. */
  refused: { now: number; asReference: number };
  mean: { now: number; asReference: number };
}

const ROWS = 2000;
const SEED = 1;

/**
 * Scores current rows again with one column brought back to the reference's distribution: numbers keep their rank
 * (quantile matching), levels and gaps are exchanged, seeded, only as far as shares differ. All else stays, so
 * the difference is this column's alone and not what goes with it.
 *
 * @returns null where the rows can't be scored or the column is no input of the model
 */
export async function columnEffect(
  engine: Engine,
  request: DriftRequest,
  column: string,
  supplies: Supplies,
  task: Task = {},
): Promise<ColumnEffect | null> {
  if (!engine.columns.some(({ name }) => name === column)) return null;
  const reference = await sideRows(engine, request.reference, supplies);
  const current = await sideRows(engine, request.current, supplies);
  if (reference.absent.length || current.absent.length) return null;
  const rows = await modelRows(engine, current);
  const sample = takeRows(rows, sampleRows(rows.rows, ROWS, SEED));
  const before = await reference.source.read(column);
  const matched = before && matchedColumn(before, columnOf(sample, column));
  if (!matched) return null;
  const now = await engine.score(sample, task);
  const back = await engine.score(withColumn(sample, column, matched), task);
  return { rows: sample.rows, ...both(engine, now, back) };
}

const withColumn = (table: Table, name: string, column: Column): Table => ({
  ...table,
  columns: new Map(table.columns).set(name, column),
});

function both({ manifest }: Engine, now: Float64Array, back: Float64Array) {
  // Of the rows that have a score.
  const refused = (scores: Float64Array) => {
    const there = presentRows(scores).length;
    return there === 0 ? 0 : refusals(scores, manifest.decision).reduce((sum, one) => sum + one, 0) / there;
  };
  return {
    refused: { now: refused(now), asReference: refused(back) },
    mean: { now: presentMean(now), asReference: presentMean(back) },
  };
}

/** The current column with the reference's distribution; null for columns of two kinds. */
export function matchedColumn(reference: Column, current: Column): Column | null {
  if (reference.kind === 'number' && current.kind === 'number') return matchedNumbers(reference, current);
  if (reference.kind === 'text' && current.kind === 'text') return matchedLevels(reference, current);
  return null;
}

const FEW_VALUES = 20;

/**
 * Gaps are exchanged only as far as their share differs; then values take those of their rank, ties in row order. Few
 * distinct values go as levels.
 */
function matchedNumbers(reference: NumberColumn, current: NumberColumn): NumberColumn {
  const target = Float64Array.from(reference.values.filter((value) => !Number.isNaN(value))).sort();
  if (countDistinct(target, FEW_VALUES) <= FEW_VALUES)
    return { kind: 'number', values: exchanged(reference.values, current.values, NaN) };
  const filled = (values: ArrayLike<number>) =>
    Float64Array.from(values, (value) => (Number.isNaN(value) ? NaN : 1));
  const there = exchanged(filled(reference.values), filled(current.values), NaN);
  const random = seededRandom(SEED);
  // A gap that is filled stands anywhere among the ranks.
  const place = Float64Array.from(current.values, (value, row) =>
    Number.isNaN(value) && there[row] === 1 ? target[Math.floor(random() * target.length)] : value,
  );
  const rows = Int32Array.from(place, (_, row) => row).filter((row) => there[row] === 1);
  rows.sort((a, b) => place[a] - place[b] || a - b);
  const values = new Float64Array(place.length).fill(NaN);
  rows.forEach(
    (row, rank) => (values[row] = target[Math.floor(((rank + 0.5) / rows.length) * target.length)]),
  );
  return { kind: 'number', values };
}

function matchedLevels(reference: TextColumn, current: TextColumn): TextColumn {
  const codes = new Map(current.dictionary.map((level, code) => [level, code]));
  const dictionary = [...current.dictionary];
  const codeOf = (level: string): number => {
    const known = codes.get(level);
    if (known !== undefined) return known;
    codes.set(level, dictionary.length);
    return dictionary.push(level) - 1;
  };
  const wanted = Float64Array.from(reference.codes, (code) =>
    code < 0 ? -1 : codeOf(reference.dictionary[code]),
  );
  return { kind: 'text', codes: Int32Array.from(exchanged(wanted, current.codes, -1)), dictionary };
}

/** Values whose shares are those of `wanted`: rows of a level there is too much of take one there is too little of. */
function exchanged(wanted: ArrayLike<number>, current: ArrayLike<number>, gap: number): Float64Array {
  const key = (value: number) => (Number.isNaN(value) ? 'gap' : String(value));
  const surplus = new Map<string, { value: number; count: number }>();
  const add = (value: number, count: number) => {
    const entry = surplus.get(key(value)) ?? { value: Number.isNaN(value) ? gap : value, count: 0 };
    entry.count += count;
    surplus.set(key(value), entry);
  };
  for (let i = 0; i < current.length; i++) add(current[i], 1);
  for (let i = 0; i < wanted.length; i++) add(wanted[i], -current.length / wanted.length);
  const missing = [...surplus.values()].filter(({ count }) => count < 0);
  const total = missing.reduce((sum, { count }) => sum - count, 0);
  const random = seededRandom(SEED);
  const seen = new Map<string, number>();
  for (let i = 0; i < current.length; i++) seen.set(key(current[i]), (seen.get(key(current[i])) ?? 0) + 1);
  return Float64Array.from(current, (value) => {
    const left = surplus.get(key(value))?.count ?? 0;
    if (left <= 0 || random() >= left / (seen.get(key(value)) ?? 1)) return value;
    let at = random() * total;
    for (const { value: other, count } of missing) if ((at += count) < 0) return other;
    return missing.at(-1)?.value ?? value;
  });
}
