/** Rows that have a value, in their order: a score, a number. Missing is NaN. */
export const presentRows = (values: ArrayLike<number>): Int32Array =>
  Int32Array.from({ length: values.length }, (_, row) => row).filter((row) => !Number.isNaN(values[row]));

/** Mean of the values that are there; NaN when there is none. */
export function presentMean(values: ArrayLike<number>): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) continue;
    sum += values[i];
    count++;
  }
  return sum / count;
}
