/** The least of the values that occur most often, as scikit-learn's imputer has it; NaN of none. @param sorted ascending */
export function mostFrequent(sorted: ArrayLike<number>): number {
  let [best, most] = [NaN, 0];
  for (let i = 0; i < sorted.length;) {
    let end = i;
    while (end < sorted.length && sorted[end] === sorted[i]) end++;
    if (end - i > most) [best, most] = [sorted[i], end - i];
    i = end;
  }
  return best;
}
