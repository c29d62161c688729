import { momentsOf } from './moments';

/** Pearson's r of the rows where both are finite; NaN where one of them does not vary. */
export function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [rows, meanA, meanB, varA, varB, together] = [0, 0, 0, 0, 0, 0];
  // One pass, updated row by row (Welford 1962): sums of squares would lose small spreads of large numbers.
  for (let i = 0; i < a.length; i++) {
    if (!Number.isFinite(a[i]) || !Number.isFinite(b[i])) continue;
    rows++;
    const [da, db] = [a[i] - meanA, b[i] - meanB];
    meanA += da / rows;
    meanB += db / rows;
    varA += da * (a[i] - meanA);
    varB += db * (b[i] - meanB);
    together += da * (b[i] - meanB);
  }
  return together / Math.sqrt(varA * varB);
}

/** Fewer rows where both are there say nothing. */
const LEAST_ROWS = 3;

/**
 * Pearson's r of every two columns, each pair of the rows where both are finite (pandas' `DataFrame.corr`).
 *
 * @param columns of equal length
 * @param done called with the columns whose pairs are all known
 * @returns row by row, columns.length squared; NaN where one of the two does not vary
 */
export async function correlations(
  columns: readonly ArrayLike<number>[],
  done: (columns: number) => Promise<void>,
): Promise<Float64Array> {
  const width = columns.length;
  // Of deviation 1 in all their rows, sums of squares lose nothing.
  const scaled = columns.map(standardised);
  const out = new Float64Array(width * width);
  for (let j = 0; j < width; j++) {
    out[j * width + j] = pairOf(scaled[j], scaled[j]);
    for (let k = 0; k < j; k++) out[j * width + k] = out[k * width + j] = pairOf(scaled[j], scaled[k]);
    await done(j + 1);
  }
  return out;
}

function standardised(values: ArrayLike<number>): Float64Array {
  const finite = Float64Array.from(values).filter(Number.isFinite);
  const { mean, sd } = momentsOf(finite);
  const scale = sd || 1;
  return Float64Array.from(values, (x) => (Number.isFinite(x) ? (x - mean) / scale : NaN));
}

function pairOf(a: Float64Array, b: Float64Array): number {
  let [rows, sumA, sumB, squareA, squareB, product] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i], b[i]];
    const xy = x * y;
    if (xy !== xy) continue;
    rows++;
    sumA += x;
    sumB += y;
    squareA += x * x;
    squareB += y * y;
    product += xy;
  }
  if (rows < LEAST_ROWS) return NaN;
  const [varA, varB] = [squareA - (sumA * sumA) / rows, squareB - (sumB * sumB) / rows];
  // What is left of a column that does not vary is rounding.
  if (!(varA > 1e-12 * squareA) || !(varB > 1e-12 * squareB)) return NaN;
  return Math.max(-1, Math.min(1, (product - (sumA * sumB) / rows) / Math.sqrt(varA * varB)));
}
