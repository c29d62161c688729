import { exp, ln } from '../numeric/functions';

/**
 * p-values of the two-sample Kolmogorov-Smirnov test, two-sided, as scipy.stats.ks_2samp gives them (1.10 and
 * later, method "auto"): exact while neither sample has more than 10,000 rows, else from the one-sample
 * distribution for n m / (n + m) rows.
 */
export function ksPValue(n1: number, n2: number, d: number): number {
  if (Math.max(n1, n2) <= MOST_EXACT) {
    const p = exactP(n1, n2, d);
    if (p >= 0 && p <= 1) return p;
  }
  const [m, n] = [Math.max(n1, n2), Math.min(n1, n2)];
  return clip(kolmogorovTail(roundHalfEven((m * n) / (m + n)), d));
}

const MOST_EXACT = 10_000;
const MOST_STEPS = 2147483647;

/** NaN where the exact count overflows or its grid is too fine; the asymptotic value stands in then. */
function exactP(n1: number, n2: number, d: number): number {
  const divisor = greatestCommonDivisor(n1, n2);
  if (n1 / divisor >= MOST_STEPS / (n2 / divisor)) return NaN;
  const steps = roundHalfEven(d * (n1 / divisor) * n2);
  if (steps === 0) return 1;
  return n1 === n2 ? outsideSquare(n1, steps) : outsideInner(n1, n2, divisor, steps);
}

/** Share of lattice paths that leave |x - y| < h, equal samples (Hodges 1957; scipy's Horner form). */
function outsideSquare(n: number, h: number): number {
  let p = 0;
  for (let k = Math.floor(n / h); k >= 0; k--) {
    let term = 1;
    for (let j = 0; j < h; j++) term = ((n - k * h - j) * term) / (n + k * h + j + 1);
    p = term * (1 - p);
  }
  return 2 * p;
}

/**
 * The same for samples of different sizes: share of the paths that ever step on or over the band,
 * counted column by column (Hodges 1957, "the inside method"; scipy's _compute_outer_prob_inside_method).
 */
function outsideInner(first: number, second: number, divisor: number, h: number): number {
  const [n, m] = first < second ? [first, second] : [second, first];
  const [mg, ng] = [m / divisor, n / divisor];
  let low = 0;
  let high = Math.min(Math.ceil(h / mg), n + 1);
  const outside = new Float64Array(Math.min(2 * high + 2, n + 1)).fill(1);
  outside.fill(0, 0, high);
  for (let i = 1; i <= m; i++) {
    const [lastLow, lastLength] = [low, high - low];
    low = Math.min(Math.max(Math.floor((ng * i - h) / mg) + 1, 0), n);
    high = Math.min(Math.ceil((ng * i + h) / mg), n + 1);
    if (high <= low) return 1;
    const length = high - low;
    let value = low === 0 ? 0 : 1;
    for (let k = 0; k < length; k++) {
      value = (outside[k + low - lastLow] * i + value * (k + low)) / (i + k + low);
      outside[k] = value;
    }
    if (lastLength > length) outside.fill(1, length, lastLength);
  }
  return outside[high - low - 1];
}

/**
 * P(D_n >= d) of the one-sample statistic (scipy.stats.kstwo.sf; Simard & L'Ecuyer 2011): the Durbin matrix where
 * it is cheap, twice the one-sided tail where that is exact to double precision, Pelz and Good between.
 */
export function kolmogorovTail(n: number, d: number): number {
  if (n <= 0 || Number.isNaN(d)) return NaN;
  if (d >= 1) return 0;
  if (d <= 0) return 1;
  const t = n * d;
  if (t <= 0.5) return 1;
  if (t <= 1) return 1 - rubenGambino(n, t);
  if (t >= n - 1) return 2 * power(1 - d, n);
  if (d >= 0.5) return 2 * oneSidedTail(n, d);
  const spread = t * d;
  if (n <= 140) return spread <= 4 ? 1 - durbin(n, d) : 2 * oneSidedTail(n, d);
  if (spread >= 370) return 0;
  if (spread >= 2.2) return 2 * oneSidedTail(n, d);
  if (n <= 100_000 && n * d * Math.sqrt(d) <= 1.4) return 1 - durbin(n, d);
  return 1 - pelzGood(n, d);
}

/** P(D_n <= t / n) for 1/2 < t <= 1: n! ((2 t - 1) / n)^n. */
function rubenGambino(n: number, t: number): number {
  let log = n * ln(2 * t - 1);
  for (let i = 1; i <= n; i++) log += ln(i / n);
  return exp(log);
}

/** P(D_n+ >= d), Smirnov's sum: d Σ C(n, j) (1 - d - j/n)^(n-j) (d + j/n)^(j-1). */
function oneSidedTail(n: number, d: number): number {
  let sum = 0;
  let logChoose = 0;
  const last = Math.floor(n * (1 - d));
  for (let j = 0; j <= last; j++) {
    if (j > 0) logChoose += ln((n - j + 1) / j);
    const rest = 1 - d - j / n;
    if (rest > 0) sum += exp(logChoose + (n - j) * ln(rest) + (j - 1) * ln(d + j / n));
    else if (n === j) sum += exp(logChoose + (j - 1) * ln(d + j / n));
  }
  return d * sum;
}

const SCALE = 140;

/** P(D_n <= d) by Durbin's matrix (Marsaglia, Tsang & Wang 2003). */
function durbin(n: number, d: number): number {
  const k = Math.ceil(n * d);
  const size = 2 * k - 1;
  const { matrix, scale } = matrixPower(durbinMatrix(size, k - n * d), size, n);
  let p = matrix[(k - 1) * size + k - 1];
  let exponent = scale;
  for (let i = 1; i <= n; i++) {
    p = (p * i) / n;
    if (p < 1e-140) {
      p *= 1e140;
      exponent -= SCALE;
    }
  }
  return p * exp(exponent * Math.LN10);
}

function durbinMatrix(size: number, h: number): Float64Array {
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) matrix[i * size + j] = i - j + 1 < 0 ? 0 : 1;
  for (let i = 0; i < size; i++) {
    matrix[i * size] -= power(h, i + 1);
    matrix[(size - 1) * size + i] -= power(h, size - i);
  }
  matrix[(size - 1) * size] += 2 * h - 1 > 0 ? power(2 * h - 1, size) : 0;
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) for (let g = 2; g <= i - j + 1; g++) matrix[i * size + j] /= g;
  return matrix;
}

function matrixPower(base: Float64Array, size: number, n: number): { matrix: Float64Array; scale: number } {
  if (n === 1) return { matrix: base, scale: 0 };
  const half = matrixPower(base, size, n >>> 1);
  let matrix = multiply(half.matrix, half.matrix, size);
  let scale = 2 * half.scale;
  if (n % 2) matrix = multiply(base, matrix, size);
  const middle = (size >> 1) * size + (size >> 1);
  if (matrix[middle] > 1e140) {
    matrix = matrix.map((value) => value * 1e-140);
    scale += SCALE;
  }
  return { matrix, scale };
}

function multiply(a: Float64Array, b: Float64Array, size: number): Float64Array {
  const out = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let k = 0; k < size; k++) {
      const factor = a[i * size + k];
      if (factor !== 0) for (let j = 0; j < size; j++) out[i * size + j] += factor * b[k * size + j];
    }
  return out;
}

/**
 * P(D_n >= d) by Pelz and Good's expansion, and by the limit law 2 e^(-2 n d²) where that leaves no digit: to read, not
 * to agree with a tool to the last digit.
 */
export function pelzGoodTail(n: number, d: number): number {
  if (!(d > 0)) return Number.isNaN(d) ? NaN : 1;
  const spread = n * d * d;
  return clip(spread > 7 ? 2 * exp(-2 * spread) : 1 - pelzGood(n, d));
}

/** P(D_n <= d) for large n, the expansion of Pelz & Good (1976) as scipy evaluates it. */
function pelzGood(n: number, d: number): number {
  const z = Math.sqrt(n) * d;
  const [z2, z4] = [z * z, z * z * z * z];
  const z6 = z4 * z2;
  const pi2 = Math.PI * Math.PI;
  const logQ = -pi2 / 8 / z2;
  if (logQ < -708) return 0;
  const [pi4, pi6] = [pi2 * pi2, pi2 * pi2 * pi2];
  const terms = [0, 0, 0, 0];
  const most = Math.ceil((16 * z) / Math.PI);
  for (let k = most; k >= 1; k--) {
    const m = 2 * k - 1;
    const [m2, m4] = [m * m, m * m * m * m];
    const weight = exp(logQ * m2);
    terms[0] += weight;
    terms[1] += weight * (-z2 + (pi2 / 4) * m2);
    terms[2] +=
      weight * (6 * z6 + 2 * z4 + (((2 * z4 - 5 * z2) * pi2) / 4) * m2 + ((pi4 * (1 - 2 * z2)) / 16) * m4);
    terms[3] +=
      weight *
      (-30 * z6 -
        90 * z6 * z2 +
        ((pi2 * (135 * z4 - 96 * z6)) / 4) * m2 +
        ((pi4 * (-60 * z2 + 212 * z4)) / 16) * m4 +
        ((pi6 * (5 - 30 * z2)) / 64) * m4 * m2);
  }
  const root = Math.sqrt(2 * Math.PI);
  const scales = [z, 6 * z4, 72 * z6 * z, 6480 * z6 * z4];
  const sums = terms.map((term, i) => (term * root) / scales[i]);
  for (let k = most; k >= 1; k--) {
    const weight = k * k * exp(-(pi2 / 2 / z2) * k * k);
    sums[2] -= (weight * pi2 * root) / (36 * z2 * z);
    sums[3] += (weight * (3 * z2 - pi2 * k * k) * pi2 * root) / (216 * z6);
  }
  const rootN = Math.sqrt(n);
  return sums[0] + sums[1] / rootN + sums[2] / n + sums[3] / (n * rootN);
}

function power(base: number, exponent: number): number {
  let result = 1;
  for (let e = exponent, b = base; e > 0; e >>>= 1, b *= b) if (e & 1) result *= b;
  return result;
}

function greatestCommonDivisor(a: number, b: number): number {
  while (b) [a, b] = [b, a % b];
  return a;
}

/** To the nearest whole number, halves to the even one, as numpy rounds. */
function roundHalfEven(x: number): number {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below % 2 === 0 ? below : below + 1;
}

const clip = (p: number): number => Math.min(1, Math.max(0, p));
