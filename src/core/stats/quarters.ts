import { lowerBound, upperBound } from './search';

/** Quarter of a missing value. */
export const MISSING_QUARTER = 4;

/**
 * Quarter of each value among those that are there, 0 lowest to 3 highest, by its mean rank: equal values
 * share one. Missing values (NaN) have one of their own.
 */
export function quartersOf(values: ArrayLike<number>): Uint8Array {
  const sorted = Float64Array.from(values)
    .filter((value) => !Number.isNaN(value))
    .sort();
  return Uint8Array.from(values, (value) => {
    if (Number.isNaN(value)) return MISSING_QUARTER;
    const low = lowerBound(sorted, value);
    const last = upperBound(sorted, value, low);
    return Math.min(3, Math.floor((4 * (low + last)) / 2 / Math.max(1, sorted.length)));
  });
}
