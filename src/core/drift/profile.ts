import { quantileSorted } from '../stats/quantile';
import { histogramSorted, linspace } from '../stats/bins';
import { momentsOf } from '../stats/moments';
import { present, type LevelPair, type NumberPair, type Pair } from './sample';

/** What a page draws of a column: aggregates only, no row's own value but the ends of the range. */
export type Profile = NumberProfile | LevelProfile;

export interface NumberProfile {
  kind: 'number';
  /** Edges of equal bins between the 0.5th and 99.5th percentile of both sides; the outer bins are open. */
  edges: Float64Array;
  /** Each bin is one whole number. */
  perValue: boolean;
  /** Shares of the values that are there. */
  reference: Float64Array;
  current: Float64Array;
  quantiles: { at: readonly number[]; reference: Float64Array; current: Float64Array };
  mean: { reference: number; current: number };
}

export interface LevelProfile {
  kind: 'level';
  /** The most frequent levels; what is left is `others`. */
  levels: readonly string[];
  reference: Float64Array;
  current: Float64Array;
  others: { count: number; reference: number; current: number };
}

const QUANTILES = [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1] as const;
const BINS = 24;
const LEVELS = 24;

export const profileOf = (pair: Pair): Profile =>
  pair.kind === 'number' ? numberProfile(pair) : levelProfile(pair);

function numberProfile({ reference, current }: NumberPair): NumberProfile {
  const [a, b] = [reference.sorted, current.sorted];
  const quantiles = (sorted: ArrayLike<number>) =>
    Float64Array.from(QUANTILES, (q) => quantileSorted(sorted, q));
  const { edges, perValue } = edgesOf(a, b);
  return {
    kind: 'number',
    edges,
    perValue,
    reference: openHistogram(a, edges),
    current: openHistogram(b, edges),
    quantiles: { at: QUANTILES, reference: quantiles(a), current: quantiles(b) },
    mean: { reference: momentsOf(a).mean, current: momentsOf(b).mean },
  };
}

function edgesOf(a: ArrayLike<number>, b: ArrayLike<number>): { edges: Float64Array; perValue: boolean } {
  const sides = [a, b].filter((sorted) => sorted.length > 0);
  if (sides.length === 0) return { edges: Float64Array.of(0, 1), perValue: false };
  const least = Math.min(...sides.map((sorted) => quantileSorted(sorted, 0.005)));
  const most = Math.max(...sides.map((sorted) => quantileSorted(sorted, 0.995)));
  if (most - least < BINS && sides.every(isWhole)) {
    const [first, last] = [Math.floor(least), Math.ceil(most)];
    return { edges: linspace(first - 0.5, last + 0.5, last - first + 1), perValue: true };
  }
  return { edges: linspace(least, most > least ? most : least + 1, BINS), perValue: false };
}

function isWhole(sorted: ArrayLike<number>): boolean {
  for (let i = 0; i < sorted.length; i++) if (!Number.isInteger(sorted[i])) return false;
  return true;
}

function openHistogram(sorted: ArrayLike<number>, edges: Float64Array): Float64Array {
  const open = edges.slice();
  open[0] = -Infinity;
  open[open.length - 1] = Infinity;
  return histogramSorted(sorted, open).map((count) => (sorted.length ? count / sorted.length : 0));
}

function levelProfile({ keys, reference, current }: LevelPair): LevelProfile {
  const [n, m] = [Math.max(1, present(reference)), Math.max(1, present(current))];
  const weight = (i: number) => reference.counts[i] / n + current.counts[i] / m;
  const order = keys.map((_, i) => i).sort((i, j) => weight(j) - weight(i) || i - j);
  const shown = order.slice(0, LEVELS);
  const left = order.slice(LEVELS);
  const sum = (counts: Float64Array, total: number) => left.reduce((all, i) => all + counts[i] / total, 0);
  return {
    kind: 'level',
    levels: shown.map((i) => keys[i]),
    reference: Float64Array.from(shown, (i) => reference.counts[i] / n),
    current: Float64Array.from(shown, (i) => current.counts[i] / m),
    others: { count: left.length, reference: sum(reference.counts, n), current: sum(current.counts, m) },
  };
}
