import { quantileSorted } from '../stats/quantile';
import type { Scorer } from './agnostic';

/**
 * Values of a column to try: evenly spaced quantiles between its 5th and 95th percentile, each once, ascending;
 * every value where there are no more than `points`. Missing and infinite values are left out.
 */
export function gridOf(values: ArrayLike<number>, points: number): Float64Array {
  const sorted = Float64Array.from(values).filter(Number.isFinite).sort();
  const distinct = sorted.filter((value, i) => i === 0 || value !== sorted[i - 1]);
  if (distinct.length <= points) return distinct;
  const quantiles = Float64Array.from({ length: points }, (_, k) =>
    quantileSorted(sorted, 0.05 + (0.9 * k) / (points - 1)),
  );
  return quantiles.filter((value, i) => i === 0 || value !== quantiles[i - 1]);
}

/**
 * Partial dependence (Friedman 2001; sklearn.inspection.partial_dependence, brute): the mean output over the rows
 * when all of them have the grid's value in one column.
 *
 * @param inputs row-major [rows, width]
 * @returns one mean a grid value
 */
export async function partialDependence(
  score: Scorer,
  inputs: Float64Array,
  rows: number,
  column: number,
  grid: ArrayLike<number>,
): Promise<Float64Array> {
  const width = inputs.length / rows;
  const changed = Float64Array.from(inputs);
  const out = new Float64Array(grid.length);
  for (let k = 0; k < grid.length; k++) {
    for (let i = 0; i < rows; i++) changed[i * width + column] = grid[k];
    const outputs = await score(changed, rows);
    for (const output of outputs) out[k] += output / rows;
  }
  return out;
}
