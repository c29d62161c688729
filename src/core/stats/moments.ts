/** Skewness of a sample, population form (the mean of ((x - mean) / sd)³); NaN when all values are equal. */
export function skewnessOf(values: ArrayLike<number>): number {
  const { mean, sd } = momentsOf(values);
  if (!(sd > 0)) return NaN;
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const z = (values[i] - mean) / sd;
    sum += z * z * z;
  }
  return sum / values.length;
}

/** Mean and population standard deviation (numpy.std, ddof 0), in two passes. */
export function momentsOf(values: ArrayLike<number>): { mean: number; sd: number } {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  const mean = sum / values.length;
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i] - mean) * (values[i] - mean);
  return { mean, sd: Math.sqrt(squares / values.length) };
}
