import { checkStopped } from '../../core/errors';
import { leafOrder } from '../../core/stats/cluster';
import { correlation, correlations } from '../../core/stats/correlation';
import { evenRows } from '../../core/stats/evenRows';
import { quantileSorted } from '../../core/stats/quantile';
import { sortValues } from '../../core/stats/sort';
import { columnOf, takeRows, type Column, type Table } from '../../core/table/table';
import type { Task } from '../runtime';
import { rateOf, type Rate } from './outcome';

/** How the numbers of a table go together (Pearson). */
export interface Correlations {
  /** In an order in which columns that go together stand together. */
  names: string[];
  /** Row by row, names.length squared. */
  matrix: Float64Array;
  /** Pairs by their coefficient, in equal bins from -1 to 1. */
  counts: Float64Array;
  /** The strongest pairs. */
  strongest: { a: string; b: string; value: number }[];
  /** Rows that it was computed on. */
  rows: number;
  /** Numbers that do not vary, or that are more than can be shown. */
  leftOut: number;
}

const MOST_ROWS = 10_000;
const MOST_COLUMNS = 400;
const BINS = 40;
const STRONGEST = 25;

/** @throws stopped */
export async function correlationsOf(sample: Table, { signal, progress }: Task): Promise<Correlations> {
  const table = takeRows(sample, evenRows(sample.rows, MOST_ROWS));
  const numbers = [...table.columns].flatMap(([name, column]) =>
    column.kind === 'number' ? [{ name, values: column.values }] : [],
  );
  const varied = numbers.filter(({ values }) => varies(values)).slice(0, MOST_COLUMNS);
  const found = await correlations(
    varied.map(({ values }) => values),
    async (done) => {
      checkStopped(signal);
      progress?.({ done: done * done, total: varied.length * varied.length, unit: 'rows' });
      if (done % 16 === 0) await new Promise((resolve) => setTimeout(resolve));
    },
  );
  const width = varied.length;
  const order = leafOrder(
    found.map((r) => (Number.isNaN(r) ? 1 : 1 - Math.abs(r))),
    width,
  );
  const names = order.map((j) => varied[j].name);
  const matrix = new Float64Array(width * width);
  order.forEach((j, a) => order.forEach((k, b) => (matrix[a * width + b] = found[j * width + k])));
  return {
    names,
    matrix,
    ...pairsOf(names, matrix),
    rows: table.rows,
    leftOut: numbers.length - width,
  };
}

function varies(values: ArrayLike<number>): boolean {
  let first = NaN;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) continue;
    if (Number.isNaN(first)) first = values[i];
    else if (values[i] !== first) return true;
  }
  return false;
}

function pairsOf(
  names: readonly string[],
  matrix: Float64Array,
): { counts: Float64Array; strongest: Correlations['strongest'] } {
  const counts = new Float64Array(BINS);
  const pairs: Correlations['strongest'] = [];
  for (let a = 1; a < names.length; a++)
    for (let b = 0; b < a; b++) {
      const value = matrix[a * names.length + b];
      if (Number.isNaN(value)) continue;
      counts[Math.min(BINS - 1, Math.floor(((value + 1) / 2) * BINS))]++;
      pairs.push({ a: names[a], b: names[b], value });
    }
  pairs.sort((x, y) => Math.abs(y.value) - Math.abs(x.value));
  return { counts, strongest: pairs.slice(0, STRONGEST) };
}

/** Two columns against each other. */
export type PairView = NumbersTogether | NumberByLevel | LevelsTogether;

export interface NumbersTogether {
  kind: 'numbers';
  x: string;
  y: string;
  /** Of all rows of the sample that have both. */
  correlation: number;
  rows: number;
  /** Some of them. */
  at: { x: Float64Array; y: Float64Array; defaulted: Uint8Array };
  /** 1st and 99th percentile: where nearly all lies. */
  ends: { x: [number, number]; y: [number, number] };
}

export interface NumberByLevel {
  kind: 'numberByLevel';
  number: string;
  level: string;
  groups: { level: string | null; rows: number; quantiles: Float64Array; rate: Rate | null }[];
  others: number;
}

export interface LevelsTogether {
  kind: 'levels';
  x: string;
  y: string;
  xs: (string | null)[];
  ys: (string | null)[];
  /** Rows, by y and then x. */
  counts: Float64Array;
  /** Share of default of each cell; NaN without a known outcome; null without outcomes. */
  shares: Float64Array | null;
  others: number;
}

const DOTS = 2000;
const GROUPS = 12;
const FIVE = [0.05, 0.25, 0.5, 0.75, 0.95] as const;

/** @throws column-unknown */
export function pairView(sample: Table, x: string, y: string, outcomes: Int8Array | null): PairView {
  const [a, b] = [x, y].map((name) => withFewAsLevels(columnOf(sample, name)));
  if (a.kind === 'number' && b.kind === 'number') return numbers(x, y, [a.values, b.values], outcomes);
  if (a.kind === 'number') return byLevel(x, a.values, y, b as TextColumn, outcomes);
  if (b.kind === 'number') return byLevel(y, b.values, x, a, outcomes);
  return levels(x, y, [a, b], outcomes);
}

type TextColumn = Extract<Column, { kind: 'text' }>;
type Numbers = ArrayLike<number>;

function numbers(
  x: string,
  y: string,
  [a, b]: readonly [Numbers, Numbers],
  outcomes: Int8Array | null,
): NumbersTogether {
  const there = Array.from({ length: a.length }, (_, row) => row).filter(
    (row) => Number.isFinite(a[row]) && Number.isFinite(b[row]),
  );
  const some = Array.from(evenRows(there.length, DOTS), (i) => there[i]);
  const ends = (values: Numbers): [number, number] => {
    const { sorted } = sortValues(Float64Array.from(there, (row) => values[row]));
    return [quantileSorted(sorted, 0.01), quantileSorted(sorted, 0.99)];
  };
  return {
    kind: 'numbers',
    x,
    y,
    correlation: correlation(a, b),
    rows: there.length,
    at: {
      x: Float64Array.from(some, (row) => a[row]),
      y: Float64Array.from(some, (row) => b[row]),
      defaulted: Uint8Array.from(some, (row) => Number(outcomes?.[row] === 1)),
    },
    ends: { x: ends(a), y: ends(b) },
  };
}

/**
 * A number of few values is levels in their order: its dots would lie on each other. In the order of its dictionary, which
 * `isOrdered` tells.
 */
function withFewAsLevels(column: Column): Column & { isOrdered?: boolean } {
  if (column.kind === 'text') return column;
  const values = new Set<number>();
  for (const value of column.values) {
    if (value === value) values.add(value);
    if (values.size > GROUPS) return column;
  }
  const ordered = [...values].sort((p, q) => p - q);
  const places = new Map(ordered.map((value, code) => [value, code]));
  return {
    kind: 'text',
    codes: Int32Array.from(column.values, (value) => places.get(value) ?? -1),
    dictionary: ordered.map(String),
    isOrdered: true,
  };
}

/** Codes of the levels that occur, the most frequent first, or in their own order; a gap among them as -1. */
function frequent({ codes, isOrdered }: TextColumn & { isOrdered?: boolean }): number[] {
  const counts = new Map<number, number>();
  for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1);
  const found = [...counts.keys()];
  if (isOrdered) return found.sort((p, q) => (p < 0 ? 1 : q < 0 ? -1 : p - q));
  return found.sort((p, q) => (counts.get(q) as number) - (counts.get(p) as number));
}

const named = ({ dictionary }: TextColumn, code: number): string | null =>
  code < 0 ? null : dictionary[code];

function byLevel(
  number: string,
  values: Numbers,
  level: string,
  of: TextColumn,
  outcomes: Int8Array | null,
): NumberByLevel {
  const order = frequent(of);
  const groups = order.slice(0, GROUPS).map((code) => {
    const rows = Array.from(of.codes.keys()).filter((row) => of.codes[row] === code);
    const { sorted } = sortValues(Float64Array.from(rows, (row) => values[row]));
    const known = outcomes ? rows.filter((row) => outcomes[row] >= 0) : [];
    return {
      level: named(of, code),
      rows: rows.length,
      quantiles: Float64Array.from(FIVE, (q) => quantileSorted(sorted, q)),
      rate: outcomes && rateOf(known.length, known.filter((row) => outcomes[row] === 1).length),
    };
  });
  return { kind: 'numberByLevel', number, level, groups, others: Math.max(0, order.length - GROUPS) };
}

function levels(
  x: string,
  y: string,
  [a, b]: readonly [TextColumn, TextColumn],
  outcomes: Int8Array | null,
): LevelsTogether {
  const [across, down] = [frequent(a), frequent(b)];
  const xs = across.slice(0, GROUPS);
  const ys = down.slice(0, GROUPS);
  const placeX = new Map(xs.map((code, i) => [code, i]));
  const placeY = new Map(ys.map((code, i) => [code, i]));
  const counts = new Float64Array(xs.length * ys.length);
  const known = new Float64Array(counts.length);
  const defaults = new Float64Array(counts.length);
  for (let row = 0; row < a.codes.length; row++) {
    const [i, j] = [placeX.get(a.codes[row]), placeY.get(b.codes[row])];
    if (i === undefined || j === undefined) continue;
    counts[j * xs.length + i]++;
    if (!outcomes || outcomes[row] < 0) continue;
    known[j * xs.length + i]++;
    defaults[j * xs.length + i] += outcomes[row];
  }
  return {
    kind: 'levels',
    x,
    y,
    xs: xs.map((code) => named(a, code)),
    ys: ys.map((code) => named(b, code)),
    counts,
    shares: outcomes && defaults.map((count, i) => (known[i] ? count / known[i] : NaN)),
    others: across.length + down.length - xs.length - ys.length,
  };
}
