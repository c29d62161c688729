import type { Column, NumberColumn } from '../table/table';
import { apart, type Apart } from '../stats/distances';
import { sortValues } from '../stats/sort';

/** The values of a column that can be compared: finite numbers, sorted. */
export interface NumberSample {
  rows: number;
  missing: number;
  /** Values of -Infinity and of Infinity: not compared by most measures. */
  lowest: number;
  highest: number;
  sorted: Float64Array | Float32Array;
}

/** Counts of the levels of a column, by the keys that both sides share. */
export interface LevelSample {
  rows: number;
  missing: number;
  counts: Float64Array;
}

/** A column of both sides, ready to compare. */
export type Pair =
  | { kind: 'number'; reference: NumberSample; current: NumberSample; apart?: Apart }
  | { kind: 'level'; keys: readonly string[]; reference: LevelSample; current: LevelSample };

export type NumberPair = Extract<Pair, { kind: 'number' }>;
export type LevelPair = Extract<Pair, { kind: 'level' }>;

/** Rows of a sample that have a value to compare: neither missing nor infinite. */
export const present = (sample: NumberSample | LevelSample): number =>
  'sorted' in sample ? sample.sorted.length : sample.rows - sample.missing;

export const numberSample = ({ values }: NumberColumn): NumberSample => ({
  rows: values.length,
  ...sortValues(values),
});

const numberPair = (reference: NumberColumn, current: NumberColumn): NumberPair => ({
  kind: 'number',
  reference: numberSample(reference),
  current: numberSample(current),
});

/** How often each level of a column occurs; a number is a level by its text, infinities are none. */
export interface LevelCounts {
  rows: number;
  missing: number;
  byLevel: ReadonlyMap<string, number>;
}

export function countLevels(column: Column): LevelCounts {
  const counts = new Map<string, number>();
  const add = (level: string, count: number) => counts.set(level, (counts.get(level) ?? 0) + count);
  let there = 0;
  if (column.kind === 'number') {
    for (const value of column.values)
      if (value - value === 0) {
        add(String(value), 1);
        there++;
      }
    return { rows: column.values.length, missing: column.values.length - there, byLevel: counts };
  }
  const byCode = new Float64Array(column.dictionary.length);
  for (const code of column.codes)
    if (code >= 0) {
      byCode[code]++;
      there++;
    }
  byCode.forEach((count, code) => count > 0 && add(column.dictionary[code], count));
  return { rows: column.codes.length, missing: column.codes.length - there, byLevel: counts };
}

/** Levels of both sides: the reference's first, then those that only the current rows have. */
export function pairCounts(reference: LevelCounts, current: LevelCounts): LevelPair {
  const keys = [...new Set([...reference.byLevel.keys(), ...current.byLevel.keys()])];
  const side = ({ rows, missing, byLevel }: LevelCounts): LevelSample => ({
    rows,
    missing,
    counts: Float64Array.from(keys, (key) => byLevel.get(key) ?? 0),
  });
  return { kind: 'level', keys, reference: side(reference), current: side(current) };
}

/** The reference's side of a pair, as it was counted. */
export const countsOfLevels = ({ keys, reference: { rows, missing, counts } }: LevelPair): LevelCounts => ({
  rows,
  missing,
  byLevel: new Map(keys.map((key, i) => [key, counts[i]] as const).filter(([, count]) => count > 0)),
});

/** Numbers as levels: each distinct value one, in increasing order. */
export function asLevels({ reference, current }: NumberPair): LevelPair {
  const keys = distinctOf(reference.sorted, current.sorted);
  const side = (sample: NumberSample): LevelSample => ({
    rows: sample.rows,
    missing: sample.missing + sample.lowest + sample.highest,
    counts: countsOf(sample.sorted, keys),
  });
  return {
    kind: 'level',
    keys: Array.from(keys, String),
    reference: side(reference),
    current: side(current),
  };
}

function countsOf(sorted: ArrayLike<number>, keys: Float64Array): Float64Array {
  const counts = new Float64Array(keys.length);
  let at = 0;
  for (let i = 0; i < sorted.length; i++) {
    while (keys[at] !== sorted[i]) at++;
    counts[at]++;
  }
  return counts;
}

/** The distinct values of two sorted samples, in increasing order. */
function distinctOf(a: ArrayLike<number>, b: ArrayLike<number>): Float64Array {
  const out: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const value = j >= b.length || a[i] <= b[j] ? a[i] : b[j];
    out.push(value);
    while (i < a.length && a[i] === value) i++;
    while (j < b.length && b[j] === value) j++;
  }
  return Float64Array.from(out);
}

/** How many distinct values a sorted sample has; counting stops above `limit`. */
export function countDistinct(sorted: ArrayLike<number>, limit = Infinity): number {
  let count = 0;
  for (let i = 0; i < sorted.length && count <= limit; i++)
    if (i === 0 || sorted[i] !== sorted[i - 1]) count++;
  return count;
}

/** How many distinct values two sorted samples have together; counting stops above `limit`. */
export function countDistinctBoth(a: ArrayLike<number>, b: ArrayLike<number>, limit = Infinity): number {
  let count = 0;
  let i = 0;
  let j = 0;
  while ((i < a.length || j < b.length) && count <= limit) {
    const value = j >= b.length || a[i] <= b[j] ? a[i] : b[j];
    count++;
    while (i < a.length && a[i] === value) i++;
    while (j < b.length && b[j] === value) j++;
  }
  return count;
}

/** How far the distribution functions of a pair lie apart; walked through once. */
export const apartOf = (pair: NumberPair): Apart =>
  (pair.apart ??= apart(pair.reference.sorted, pair.current.sorted));

/** A pair of columns of one kind; null when one holds numbers and the other texts. */
export function pairOf(reference: Column, current: Column): Pair | null {
  if (reference.kind === 'number' && current.kind === 'number') return numberPair(reference, current);
  if (reference.kind === 'text' && current.kind === 'text')
    return pairCounts(countLevels(reference), countLevels(current));
  return null;
}
