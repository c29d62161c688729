import { lowerBound, upperBound } from './search';

/** Share of the sorted values below x, and half of those equal: scipy's `percentileofscore(kind="mean") / 100`; 0 of none. */
export function midRank(sorted: ArrayLike<number>, x: number): number {
  if (sorted.length === 0) return 0;
  return (lowerBound(sorted, x) + upperBound(sorted, x)) / 2 / sorted.length;
}
