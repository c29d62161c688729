/**
 * Solves A x = b for a symmetric positive definite A [n, n] by Cholesky. A pivot that rounding alone makes
 * (dependent columns) leaves its unknown at 0.
 *
 * @returns float64 [n]; `a` is overwritten
 */
export function solveSymmetric(a: Float64Array, b: Float64Array): Float64Array {
  const n = b.length;
  factorize(a, n);
  const x = Float64Array.from(b);
  for (let i = 0; i < n; i++) {
    let sum = x[i];
    for (let k = 0; k < i; k++) sum -= a[i * n + k] * x[k];
    x[i] = a[i * n + i] > 0 ? sum / a[i * n + i] : 0;
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = x[i];
    for (let k = i + 1; k < n; k++) sum -= a[k * n + i] * x[k];
    x[i] = a[i * n + i] > 0 ? sum / a[i * n + i] : 0;
  }
  return x;
}

/** Smallest pivot, relative to its diagonal, that is more than rounding. */
const LEAST_PIVOT = 1e-12;

/** The lower triangle of A becomes L with A = L L'; a dependent column becomes 0. */
function factorize(a: Float64Array, n: number): void {
  for (let j = 0; j < n; j++) {
    const diagonal = a[j * n + j];
    let pivot = diagonal;
    for (let k = 0; k < j; k++) pivot -= a[j * n + k] * a[j * n + k];
    const root = pivot > LEAST_PIVOT * diagonal ? Math.sqrt(pivot) : 0;
    a[j * n + j] = root;
    for (let i = j + 1; i < n; i++) {
      let sum = a[i * n + j];
      for (let k = 0; k < j; k++) sum -= a[i * n + k] * a[j * n + k];
      a[i * n + j] = root > 0 ? sum / root : 0;
    }
  }
}

/** Weighted ridge regression without intercept: argmin sum w (y - x'c)² + alpha |c|², x rows of [rows, width]. */
export function ridge(
  x: Float64Array,
  y: Float64Array,
  weights: Float64Array,
  width: number,
  alpha: number,
): Float64Array {
  const gram = new Float64Array(width * width);
  const moment = new Float64Array(width);
  for (let i = 0; i < y.length; i++) {
    const row = i * width;
    for (let j = 0; j < width; j++) {
      const weighted = weights[i] * x[row + j];
      if (weighted === 0) continue;
      moment[j] += weighted * y[i];
      for (let k = 0; k <= j; k++) gram[j * width + k] += weighted * x[row + k];
    }
  }
  for (let j = 0; j < width; j++) gram[j * width + j] += alpha;
  return solveSymmetric(gram, moment);
}
