import { ln } from '../../core/numeric/functions';
import { histogramSorted, linspace } from '../../core/stats/bins';
import { informationValue } from '../../core/stats/information';
import { momentsOf } from '../../core/stats/moments';
import { binBetween, quantileEdges, quantileSorted } from '../../core/stats/quantile';
import { sortValues } from '../../core/stats/sort';
import { columnOf, type Column, type NumberColumn, type Table } from '../../core/table/table';
import { rateOf, type Rate } from './outcome';

/** One column of a sample: how its values are spread, and how often rows with them default. */
export type ColumnView = NumberView | LevelsView;

interface Common {
  column: string;
  rows: number;
  missing: number;
  /** Null where there is no outcome to go by. */
  informationValue: number | null;
}

export interface NumberView extends Common {
  kind: 'number';
  /** Edges of bins from the .5th to the 99.5th percentile, equal in width, or in ratio where `log`. */
  edges: Float64Array;
  /** Each bin holds one whole number. */
  perValue: boolean;
  log: boolean;
  /** Values are above 0 and reach over two tens: equal ratios would show more. */
  wide: boolean;
  /** Values by bin, those beyond the edges in the outer ones. */
  counts: Float64Array;
  /** The same of the rows that repaid and that defaulted; null without an outcome. */
  byOutcome: { repaid: Float64Array; defaulted: Float64Array } | null;
  infinite: number;
  mean: number;
  deviation: number;
  quantiles: { at: readonly number[]; values: Float64Array };
  /** By tenths of the values: above `from`, up to `to`. */
  rates: (Rate & { from: number; to: number })[];
  missingRate: Rate | null;
}

export interface LevelsView extends Common {
  kind: 'levels';
  levels: { level: string; rows: number; rate: Rate | null }[];
  /** Levels that are not among these. */
  others: { levels: number; rows: number; rate: Rate | null };
  missingRate: Rate | null;
}

const QUANTILES = [0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1] as const;
const BINS = 40;
const LEVELS = 30;
const TENTHS = 10;
/** A text of more is a name or a note: what it seems to tell is of these rows alone. */
const MOST_LEVELS = 200;

/** @param outcomes 1 default, 0 repaid, -1 unknown; null where there are none @throws column-unknown */
export function columnView(
  sample: Table,
  name: string,
  outcomes: Int8Array | null,
  log: boolean,
): ColumnView {
  const column = columnOf(sample, name);
  return column.kind === 'number'
    ? numberView(name, column, outcomes, log)
    : levelsView(name, column, outcomes);
}

function numberView(
  column: string,
  { values }: NumberColumn,
  outcomes: Int8Array | null,
  asked: boolean,
): NumberView {
  const { sorted, missing, lowest, highest } = sortValues(values);
  const least = quantileSorted(sorted, 0.005);
  const most = quantileSorted(sorted, 0.995);
  const wide = least > 0 && most / least > 100;
  const log = asked && wide;
  const { edges, perValue } = edgesOf(sorted, [least, most], log);
  const of = (outcome: number): Float64Array =>
    openHistogram(sortValues(values.filter((_, row) => outcomes?.[row] === outcome)).sorted, edges);
  const { mean, sd } = momentsOf(sorted);
  const { rates, missingRate, information } = ratesOf(values, sorted, outcomes);
  return {
    kind: 'number',
    column,
    rows: values.length,
    missing,
    informationValue: information,
    edges,
    perValue,
    log,
    wide,
    counts: openHistogram(sorted, edges),
    byOutcome: outcomes && { repaid: of(0), defaulted: of(1) },
    infinite: lowest + highest,
    mean,
    deviation: sd,
    quantiles: { at: QUANTILES, values: Float64Array.from(QUANTILES, (q) => quantileSorted(sorted, q)) },
    rates,
    missingRate,
  };
}

/** Whole numbers of a small range have a bin each. */
function edgesOf(
  sorted: ArrayLike<number>,
  [least, most]: readonly [number, number],
  log: boolean,
): Pick<NumberView, 'edges' | 'perValue'> {
  if (sorted.length === 0) return { edges: Float64Array.of(0, 1), perValue: false };
  if (most - least < BINS && Array.prototype.every.call(sorted, Number.isInteger)) {
    const [first, last] = [Math.floor(least), Math.ceil(most)];
    return { edges: linspace(first - 0.5, last + 0.5, last - first + 1), perValue: true };
  }
  if (!log) return { edges: linspace(least, most > least ? most : least + 1, BINS), perValue: false };
  // From one edge to the next the same ratio: its BINS-th power is the whole.
  const ratio = rootOf(most / least, BINS);
  const edges = new Float64Array(BINS + 1);
  for (let i = 0, at = least; i <= BINS; i++, at *= ratio) edges[i] = i === BINS ? most : at;
  return { edges, perValue: false };
}

/** The n-th root, by Newton's steps from what the logarithm says. */
function rootOf(value: number, n: number): number {
  let root = 1 + ln(value) / n;
  for (let step = 0; step < 40; step++) {
    let power = 1;
    for (let i = 1; i < n; i++) power *= root;
    root -= (power * root - value) / (n * power);
  }
  return root;
}

function openHistogram(sorted: ArrayLike<number>, edges: Float64Array): Float64Array {
  const open = edges.slice();
  open[0] = -Infinity;
  open[open.length - 1] = Infinity;
  return histogramSorted(sorted, open);
}

function ratesOf(
  values: NumberColumn['values'],
  sorted: ArrayLike<number>,
  outcomes: Int8Array | null,
): { rates: NumberView['rates']; missingRate: Rate | null; information: number | null } {
  if (!outcomes) return { rates: [], missingRate: null, information: null };
  const edges = quantileEdges(sorted, TENTHS);
  const gap = edges.length + 1;
  const { rows, defaults } = counted(gap + 1, outcomes, (row) =>
    values[row] !== values[row] ? gap : binBetween(edges, values[row]),
  );
  const ends = [sorted[0], ...edges, sorted[sorted.length - 1]];
  const rates = Array.from({ length: gap }, (_, bin) => ({
    from: ends[bin],
    to: ends[bin + 1],
    ...rateOf(rows[bin], defaults[bin]),
  })).filter((rate) => rate.rows > 0);
  return {
    rates,
    missingRate: rows[gap] ? rateOf(rows[gap], defaults[gap]) : null,
    information: informationIn(rows, defaults),
  };
}

function levelsView(
  column: string,
  own: Extract<Column, { kind: 'text' }>,
  outcomes: Int8Array | null,
): LevelsView {
  const { codes, dictionary } = own;
  const width = dictionary.length + 1;
  const all = new Float64Array(width);
  for (const code of codes) all[code < 0 ? dictionary.length : code]++;
  const known =
    outcomes && counted(width, outcomes, (row) => (codes[row] < 0 ? dictionary.length : codes[row]));
  const order = Array.from(dictionary.keys())
    .filter((code) => all[code] > 0)
    .sort((a, b) => all[b] - all[a]);
  const rate = (some: readonly number[]): Rate | null =>
    known && rateOf(total(known.rows, some), total(known.defaults, some));
  const [shown, others] = [order.slice(0, LEVELS), order.slice(LEVELS)];
  return {
    kind: 'levels',
    column,
    rows: codes.length,
    missing: all[dictionary.length],
    informationValue: known && order.length <= MOST_LEVELS ? informationIn(known.rows, known.defaults) : null,
    levels: shown.map((code) => ({ level: dictionary[code], rows: all[code], rate: rate([code]) })),
    others: { levels: others.length, rows: total(all, others), rate: others.length ? rate(others) : null },
    missingRate: all[dictionary.length] > 0 ? rate([dictionary.length]) : null,
  };
}

const total = (counts: Float64Array, of: readonly number[]): number =>
  of.reduce((sum, i) => sum + counts[i], 0);

function counted(
  bins: number,
  outcomes: Int8Array,
  binOf: (row: number) => number,
): { rows: Float64Array; defaults: Float64Array } {
  const rows = new Float64Array(bins);
  const defaults = new Float64Array(bins);
  outcomes.forEach((outcome, row) => {
    if (outcome < 0) return;
    const bin = binOf(row);
    rows[bin]++;
    defaults[bin] += outcome;
  });
  return { rows, defaults };
}

function informationIn(rows: Float64Array, defaults: Float64Array): number | null {
  const bads = defaults.reduce((sum, count) => sum + count, 0);
  const all = rows.reduce((sum, count) => sum + count, 0);
  if (bads === 0 || bads === all) return null;
  return informationValue(
    rows.map((count, bin) => count - defaults[bin]),
    defaults,
  );
}

/** How much each column tells of the outcome, the strongest first; the outcome itself is left out. */
export function bondsOf(
  sample: Table,
  outcomes: Int8Array,
  target: string,
): { column: string; informationValue: number }[] {
  const found = [...sample.columns.keys()].flatMap((column) => {
    if (column === target) return [];
    const value = informationOf(columnOf(sample, column), outcomes);
    return value === null ? [] : [{ column, informationValue: value }];
  });
  return found.sort((a, b) => b.informationValue - a.informationValue);
}

function informationOf(column: Column, outcomes: Int8Array): number | null {
  if (column.kind === 'number') {
    const { sorted } = sortValues(column.values);
    return ratesOf(column.values, sorted, outcomes).information;
  }
  const { codes, dictionary } = column;
  if (dictionary.length > MOST_LEVELS) return null;
  const { rows, defaults } = counted(dictionary.length + 1, outcomes, (row) =>
    codes[row] < 0 ? dictionary.length : codes[row],
  );
  return informationIn(rows, defaults);
}
