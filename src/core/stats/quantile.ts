/**
 * Quantile of values sorted in increasing order, linear between the two nearest ranks
 * (Hyndman & Fan 1996, type 7; numpy's default). NaN when there is none.
 */
export function quantileSorted(sorted: ArrayLike<number>, q: number): number {
  if (sorted.length === 0) return NaN;
  const at = (sorted.length - 1) * q;
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  if (below === at || sorted[below] === sorted[above]) return sorted[below];
  return sorted[below] + (sorted[above] - sorted[below]) * (at - below);
}

/** Median of the values that are not missing; NaN when there is none. */
export function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values)
    .filter((value) => !Number.isNaN(value))
    .sort();
  return quantileSorted(sorted, 0.5);
}

/** Ends of `bins` bins of about as many values each, the last one's left out; fewer where values are equal. */
export const quantileEdges = (sorted: ArrayLike<number>, bins: number): number[] =>
  sorted.length === 0
    ? []
    : [...new Set(Array.from({ length: bins - 1 }, (_, i) => quantileSorted(sorted, (i + 1) / bins)))];

/** The bin that a value lies in, by the ends of bins: values equal to one lie below it. */
export function binBetween(edges: readonly number[], value: number): number {
  let bin = 0;
  while (bin < edges.length && value > edges[bin]) bin++;
  return bin;
}
