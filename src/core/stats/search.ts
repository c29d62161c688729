/** First position at or after `from` whose value is not below `x`. */
export function lowerBound(sorted: ArrayLike<number>, x: number, from = 0): number {
  let high = sorted.length;
  while (from < high) {
    const middle = (from + high) >>> 1;
    if (sorted[middle] < x) from = middle + 1;
    else high = middle;
  }
  return from;
}

/** First position at or after `from` whose value is above `x`. */
export function upperBound(sorted: ArrayLike<number>, x: number, from = 0): number {
  let high = sorted.length;
  while (from < high) {
    const middle = (from + high) >>> 1;
    if (sorted[middle] <= x) from = middle + 1;
    else high = middle;
  }
  return from;
}
