import { ln } from '../numeric/functions';

/**
 * Jensen-Shannon distance, the root of the divergence (scipy.spatial.distance.jensenshannon): 0 to
 * sqrt(ln 2) in natural units, to 1 in base 2. Shares are made to add up to 1 first.
 */
export function jensenShannon(p: Float64Array, q: Float64Array, base?: 2): number {
  const [sumP, sumQ] = [sumOf(p), sumOf(q)];
  let left = 0;
  let right = 0;
  for (let i = 0; i < p.length; i++) {
    const a = p[i] / sumP;
    const b = q[i] / sumQ;
    const middle = (a + b) / 2;
    if (a > 0) left += a * ln(a / middle);
    if (b > 0) right += b * ln(b / middle);
  }
  const divergence = (left + right) / 2 / (base === 2 ? Math.LN2 : 1);
  return Math.sqrt(Math.max(0, divergence));
}

/** Hellinger distance of shares, 0 to 1: the Euclidean distance of their roots over sqrt(2). */
export function hellinger(p: Float64Array, q: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < p.length; i++) sum += squared(Math.sqrt(p[i]) - Math.sqrt(q[i]));
  return Math.sqrt(sum) / Math.SQRT2;
}

/** Largest difference of two shares, 0 to 1. */
export function lInfinity(p: Float64Array, q: Float64Array): number {
  let most = 0;
  for (let i = 0; i < p.length; i++) most = Math.max(most, Math.abs(p[i] - q[i]));
  return most;
}

/** What each bin adds to the population stability index, (p - q) ln(p / q); shares must be above 0. */
export function stabilityParts(p: Float64Array, q: Float64Array): Float64Array {
  return p.map((share, i) => (share - q[i]) * ln(share / q[i]));
}

/** How far two empirical distribution functions lie apart. */
export interface Apart {
  /** The largest difference: Kolmogorov-Smirnov's D. */
  most: number;
  /** The area between them, in the values' unit: the first Wasserstein distance (scipy.stats.wasserstein_distance). */
  area: number;
}

/** Walks once through two sorted samples. */
export function apart(a: ArrayLike<number>, b: ArrayLike<number>): Apart {
  let [most, area] = [0, 0];
  let [i, j] = [0, 0];
  let gap = 0;
  let last = Math.min(a[0], b[0]);
  while (i < a.length || j < b.length) {
    const next = j >= b.length || (i < a.length && a[i] <= b[j]) ? a[i] : b[j];
    area += gap * (next - last);
    last = next;
    while (i < a.length && a[i] === next) i++;
    while (j < b.length && b[j] === next) j++;
    gap = Math.abs(i / a.length - j / b.length);
    if (gap > most) most = gap;
  }
  return { most, area };
}

const squared = (x: number): number => x * x;
const sumOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);
