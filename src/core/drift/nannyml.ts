import { binEdges, histogramSorted, linspace } from '../stats/bins';
import { skewnessOf } from '../stats/moments';
import { lowerBound, upperBound } from '../stats/search';
import { apart, hellinger, jensenShannon, lInfinity, type Apart } from '../stats/distances';
import { present, type LevelPair, type NumberPair, type NumberSample, type Pair } from './sample';
import { chiSquareContingency } from '../stats/tests';

/** NannyML's names of its univariate methods. */
export type NannymlMethod =
  'jensen_shannon' | 'kolmogorov_smirnov' | 'wasserstein' | 'hellinger' | 'chi2' | 'l_infinity';

const NUMBER_METHODS = ['jensen_shannon', 'kolmogorov_smirnov', 'wasserstein', 'hellinger'] as const;
const LEVEL_METHODS = ['jensen_shannon', 'hellinger', 'chi2', 'l_infinity'] as const;

/** From this many rows on NannyML estimates Kolmogorov-Smirnov and Wasserstein on 10,000 equal bins. */
const MANY_ROWS = 10_000;
const MANY_BINS = 10_000;

/** A method's value for one chunk; NaN when the chunk has no value. `p` where the alert goes by it. */
export interface NannymlValue {
  method: NannymlMethod;
  value: number;
  p?: number;
}

/** What a reference column is fitted to once, for all chunks (NannyML 0.13, drift/univariate/methods.py). */
interface NumberFit {
  sorted: ArrayLike<number>;
  /** Edges by `doane`, and the reference's shares between them. */
  edges: Float64Array;
  shares: Float64Array;
  /** Edges and cumulative shares of the estimates; null below 10,000 rows. */
  estimate: { edges: Float64Array; cumulative: Float64Array } | null;
}

/** The fit of a reference's numbers, made once. */
function fitOf(reference: NumberSample): NumberFit {
  const known = fits.get(reference) ?? fitNumbers(reference.sorted);
  fits.set(reference, known);
  return known;
}

const fits = new WeakMap<NumberSample, NumberFit>();

function fitNumbers(sorted: Float64Array | Float32Array): NumberFit {
  const edges = binEdges('doane', {
    count: sorted.length,
    least: sorted[0],
    most: sorted[sorted.length - 1],
    skewness: skewnessOf(sorted),
  });
  const shares = histogramSorted(sorted, edges).map((count) => count / sorted.length);
  if (sorted.length < MANY_ROWS) return { sorted, edges, shares, estimate: null };
  const many = linspace(...rangeOf(sorted), MANY_BINS);
  return { sorted, edges, shares, estimate: { edges: many, cumulative: cumulativeShares(sorted, many) } };
}

function rangeOf(sorted: ArrayLike<number>): [number, number] {
  const [least, most] = [sorted[0], sorted[sorted.length - 1]];
  return least === most ? [least - 0.5, most + 0.5] : [least, most];
}

function cumulativeShares(sorted: ArrayLike<number>, edges: Float64Array): Float64Array {
  const counts = histogramSorted(sorted, edges);
  let sum = 0;
  return counts.map((count) => (sum += count / sorted.length));
}

/** All values of a chunk of numbers against the reference. @param sorted the chunk's values, in increasing order */
function numberValues(
  fit: NumberFit,
  sorted: ArrayLike<number>,
): Record<(typeof NUMBER_METHODS)[number], number> {
  if (sorted.length === 0)
    return { jensen_shannon: NaN, kolmogorov_smirnov: NaN, wasserstein: NaN, hellinger: NaN };
  const counts = histogramSorted(sorted, fit.edges);
  const { most, area } = fit.estimate ? estimatedApart(fit.estimate, sorted) : apart(fit.sorted, sorted);
  return {
    jensen_shannon: withLeftover(fit.shares, counts, sorted.length, (p, q) => jensenShannon(p, q, 2)),
    kolmogorov_smirnov: most,
    wasserstein: area,
    hellinger: withLeftover(fit.shares, counts, sorted.length, hellinger),
  };
}

/** Values outside the reference's bins are one more bin, which the reference leaves empty. */
function withLeftover(
  reference: Float64Array,
  counts: Float64Array,
  total: number,
  distance: (p: Float64Array, q: Float64Array) => number,
): number {
  const inside = counts.reduce((sum, count) => sum + count, 0);
  const q = counts.map((count) => count / total);
  if (inside === total) return distance(reference, q);
  return distance(Float64Array.from([...reference, 0]), Float64Array.from([...q, 1 - inside / total]));
}

type Estimate = NonNullable<NumberFit['estimate']>;

/**
 * Largest difference and area between the distribution functions on equal bins; the area beyond them exactly.
 * NannyML counts the edge itself as one more value of each part outside: the term `+ 1` is its.
 */
function estimatedApart({ edges, cumulative }: Estimate, sorted: ArrayLike<number>): Apart {
  const n = sorted.length;
  const below = lowerBound(sorted, edges[0]);
  const own = cumulativeShares(sorted, edges);
  const [start, shift] = [below / n, below > 0 ? (below + 1) / n : 0];
  let [most, within] = [0, 0];
  for (let i = 0; i < own.length; i++) {
    const gap = cumulative[i] - own[i];
    most = Math.max(most, Math.abs(gap - start));
    within += Math.abs(gap - shift);
  }
  return { most, area: within * (edges[1] - edges[0]) + areaOutside(edges, sorted, below) };
}

function areaOutside(edges: Float64Array, sorted: ArrayLike<number>, below: number): number {
  const [least, most] = [edges[0], edges[edges.length - 1]];
  const n = sorted.length;
  const above = n - upperBound(sorted, most);
  let area = 0;
  for (let i = 0; i < below; i++)
    area += ((i + 1) * ((i + 1 < below ? sorted[i + 1] : least) - sorted[i])) / n;
  for (let i = n - above; i < n; i++)
    area += ((n - i) * (sorted[i] - (i > n - above ? sorted[i - 1] : most))) / n;
  return area;
}

/** A chunk of levels against the reference, both counted by the same keys. */
function levelValue(
  method: (typeof LEVEL_METHODS)[number],
  { reference, current }: LevelPair,
): { value: number; p?: number } {
  const [n, m] = [present(reference), present(current)];
  if (m === 0) return { value: NaN };
  if (method === 'chi2') {
    const used = (counts: Float64Array) =>
      counts.filter((_, i) => reference.counts[i] + current.counts[i] > 0);
    const { statistic, p } = chiSquareContingency(used(reference.counts), used(current.counts));
    return { value: statistic, p };
  }
  const p = reference.counts.map((count) => count / n);
  const q = current.counts.map((count) => count / m);
  if (method === 'l_infinity') return { value: lInfinity(p, q) };
  // Levels that the reference lacks are one bin together.
  const known = p.map((share) => (share > 0 ? 1 : 0));
  const counts = current.counts.filter((_, i) => known[i] === 1);
  const shares = p.filter((share) => share > 0);
  const distance =
    method === 'hellinger' ? hellinger : (a: Float64Array, b: Float64Array) => jensenShannon(a, b, 2);
  return { value: withLeftover(shares, counts, m, distance) };
}

/** What a method is limited to: Kolmogorov-Smirnov's D ends at 1. */
export const mostOf = (method: NannymlMethod): number | null => (method === 'kolmogorov_smirnov' ? 1 : null);

export const methodsOf = (pair: Pair): readonly NannymlMethod[] =>
  pair.kind === 'number' ? NUMBER_METHODS : LEVEL_METHODS;

/** All of a chunk's values of a column against the whole reference. */
export function nannymlValues(pair: NumberPair | LevelPair): NannymlValue[] {
  if (pair.kind === 'level') return LEVEL_METHODS.map((method) => ({ method, ...levelValue(method, pair) }));
  const values = numberValues(fitOf(pair.reference), pair.current.sorted);
  return NUMBER_METHODS.map((method) => ({ method, value: values[method] }));
}
