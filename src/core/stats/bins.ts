import { ln } from '../numeric/functions';
import { lowerBound, upperBound } from './search';

/** numpy's rules for the edges of equal bins (numpy.histogram_bin_edges, 2.x). */
export type BinRule = 'sturges' | 'doane';

/** What a rule needs to know of a sample. */
export interface Spread {
  count: number;
  least: number;
  most: number;
  /** Only `doane` asks. */
  skewness?: number;
  /** Values are whole numbers in the tool's eyes too: no bin is narrower than 1 (numpy from 2.0). */
  whole?: boolean;
}

/**
 * Edges of equal bins, at most `MOST_BINS`.
 *
 * @returns edges in increasing order; numpy's linspace, to the bit
 */
export function binEdges(rule: BinRule, spread: Spread): Float64Array {
  let { least, most } = spread;
  if (least === most) {
    least -= 0.5;
    most += 0.5;
  }
  let width = (spread.most - spread.least) / partsOf(rule, spread);
  if (spread.whole && width > 0 && width < 1) width = 1;
  const bins = width > 0 ? Math.min(Math.ceil((most - least) / width), MOST_BINS) : 1;
  return linspace(least, most, bins);
}

const MOST_BINS = 100_000;

function partsOf(rule: BinRule, { count, skewness = NaN }: Spread): number {
  if (rule === 'sturges') return log2(count) + 1;
  if (count <= 2 || Number.isNaN(skewness)) return Infinity;
  const sigma = Math.sqrt((6 * (count - 2)) / ((count + 1) * (count + 3)));
  return 1 + log2(count) + log2(1 + Math.abs(skewness) / sigma);
}

/** Base-2 logarithm, exact for powers of two. */
function log2(x: number): number {
  const value = ln(x) / Math.LN2;
  const nearest = Math.round(value);
  return Math.abs(value - nearest) < 1e-9 && 2 * (1 << (nearest - 1)) === x ? nearest : value;
}

/** `bins` + 1 numbers from `least` to `most` (numpy.linspace). */
export function linspace(least: number, most: number, bins: number): Float64Array {
  const step = (most - least) / bins;
  const out = Float64Array.from({ length: bins + 1 }, (_, i) => i * step + least);
  out[bins] = most;
  return out;
}

/** How many of a sorted sample lie in each bin [edge, next), the last one closed (numpy.histogram). */
export function histogramSorted(sorted: ArrayLike<number>, edges: ArrayLike<number>): Float64Array {
  const bins = edges.length - 1;
  const counts = new Float64Array(bins);
  if (bins > sorted.length / DENSE) return countWalking(sorted, edges, counts);
  let from = lowerBound(sorted, edges[0], 0);
  for (let bin = 0; bin < bins; bin++) {
    const to =
      bin < bins - 1 ? lowerBound(sorted, edges[bin + 1], from) : upperBound(sorted, edges[bins], from);
    counts[bin] = to - from;
    from = to;
  }
  return counts;
}

/** Where bins are about as many as values, a walk through both is faster than a search for each edge. */
const DENSE = 12;

function countWalking(
  sorted: ArrayLike<number>,
  edges: ArrayLike<number>,
  counts: Float64Array,
): Float64Array {
  const last = counts.length - 1;
  let at = lowerBound(sorted, edges[0]);
  for (let bin = 0; bin <= last && at < sorted.length; bin++) {
    const from = at;
    const edge = edges[bin + 1];
    while (at < sorted.length && sorted[at] < edge) at++;
    if (bin === last) while (at < sorted.length && sorted[at] === edge) at++;
    counts[bin] = at - from;
  }
  return counts;
}
