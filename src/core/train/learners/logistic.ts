import { logit, sigmoid, exp, ln } from '../../numeric/functions';
import { ScoredeskError } from '../../errors';

export interface LogisticParams {
  /** Inverse of the penalty's strength, as scikit-learn's C. */
  c: number;
  /** Share of the penalty that is |w|, the rest is w^2 / 2. */
  l1Share: number;
  maxSteps: number;
  /** Largest step of a weight that counts as none. */
  tolerance: number;
}

export const LOGISTIC_DEFAULTS: LogisticParams = { c: 1, l1Share: 0, maxSteps: 100, tolerance: 1e-9 };

export interface Logistic {
  weights: Float64Array;
  base: number;
  /** Newton steps taken. */
  steps: number;
}

/** Columns to learn from, all of them finite. */
interface Rows {
  columns: readonly Float64Array[];
  target: Uint8Array;
  weights: Float64Array | null;
}

/**
 * Logistic regression with an elastic net (Zou and Hastie 2005), as scikit-learn defines its loss: C * sum of log losses +
 * l1Share * |w| + (1 - l1Share) * w^2 / 2; the intercept is not penalised. Proximal Newton: each step solves its quadratic
 * by coordinate descent on the Gram matrix (Friedman, Hastie and Tibshirani 2010) and is halved until the loss falls.
 *
 * @throws train-diverged where the classes are apart and nothing holds the weights
 */
export function fitLogistic(rows: Rows, params: Partial<LogisticParams> = {}): Logistic {
  const { c, l1Share, maxSteps, tolerance } = { ...LOGISTIC_DEFAULTS, ...params };
  const width = rows.columns.length;
  const state = new Newton(rows, c, l1Share);
  for (let step = 1; step <= maxSteps; step++) {
    const moved = state.step(tolerance);
    if (moved <= tolerance)
      return { weights: state.beta.slice(0, width), base: state.beta[width], steps: step };
    if (!Number.isFinite(moved)) break;
  }
  throw new ScoredeskError('train-diverged', { steps: maxSteps });
}

/** The intercept is the last weight, of a column of ones. */
class Newton {
  readonly beta: Float64Array;
  readonly #rows: Rows;
  readonly #c: number;
  readonly #l1: number;
  readonly #l2: number;
  readonly #margins: Float64Array;

  constructor(rows: Rows, c: number, l1Share: number) {
    this.#rows = rows;
    this.#c = c;
    this.#l1 = l1Share;
    this.#l2 = 1 - l1Share;
    const { target, weights, columns } = rows;
    let [bad, all] = [0, 0];
    for (let i = 0; i < target.length; i++) {
      const weight = weights ? weights[i] : 1;
      all += weight;
      bad += weight * target[i];
    }
    this.beta = new Float64Array(columns.length + 1);
    this.beta[columns.length] = logit(bad / all);
    this.#margins = new Float64Array(target.length).fill(this.beta[columns.length]);
  }

  /** @returns the largest change of a weight */
  step(tolerance: number): number {
    const { gradient, gram } = this.#quadratic();
    const delta = this.#descend(gradient, gram, tolerance);
    const before = this.#loss(this.beta, this.#margins);
    const shift = this.#shiftOf(delta);
    for (let size = 1; size > 1e-10; size /= 2) {
      const beta = this.beta.map((w, j) => w + size * delta[j]);
      const margins = this.#margins.map((m, i) => m + size * shift[i]);
      // At the bottom rounding is all that is left of a gain.
      if (this.#loss(beta, margins) > before + 1e-12 * Math.abs(before)) continue;
      this.beta.set(beta);
      this.#margins.set(margins);
      return size * delta.reduce((most, d) => Math.max(most, Math.abs(d)), 0);
    }
    return 0;
  }

  /** C times gradient and Hessian of the log loss, the Hessian row-major. */
  #quadratic(): { gradient: Float64Array; gram: Float64Array } {
    const { columns, target, weights } = this.#rows;
    const rows = target.length;
    const width = columns.length + 1;
    const [first, second] = [new Float64Array(rows), new Float64Array(rows)];
    for (let i = 0; i < rows; i++) {
      const p = sigmoid(this.#margins[i]);
      const weight = this.#c * (weights ? weights[i] : 1);
      first[i] = weight * (p - target[i]);
      second[i] = weight * p * (1 - p);
    }
    const gradient = new Float64Array(width);
    const gram = new Float64Array(width * width);
    const scaled = new Float64Array(rows);
    for (let j = 0; j < width; j++) {
      const own = j < columns.length ? columns[j] : null;
      let sum = 0;
      for (let i = 0; i < rows; i++) {
        const x = own ? own[i] : 1;
        sum += first[i] * x;
        scaled[i] = second[i] * x;
      }
      gradient[j] = sum;
      for (let k = 0; k <= j; k++) {
        const product = k < columns.length ? dot(scaled, columns[k]) : total(scaled);
        gram[j * width + k] = gram[k * width + j] = product;
      }
    }
    return { gradient, gram };
  }

  /** The step that makes quadratic and penalty least, weight after weight. */
  #descend(gradient: Float64Array, gram: Float64Array, tolerance: number): Float64Array {
    const width = gradient.length;
    const delta = new Float64Array(width);
    // Of the quadratic at delta: gradient + gram * delta.
    const slope = gradient.slice();
    for (let round = 0; round < MOST_ROUNDS; round++) {
      let most = 0;
      for (let j = 0; j < width; j++) {
        const isIntercept = j === width - 1;
        const curve = gram[j * width + j] + (isIntercept ? 0 : this.#l2);
        if (!(curve > 0)) continue;
        const now = this.beta[j] + delta[j];
        const wanted = curve * now - slope[j] - (isIntercept ? 0 : this.#l2 * now);
        const next = isIntercept ? wanted / curve : shrunk(wanted, this.#l1) / curve;
        const change = next - now;
        if (change === 0) continue;
        delta[j] += change;
        for (let k = 0; k < width; k++) slope[k] += change * gram[j * width + k];
        most = Math.max(most, Math.abs(change));
      }
      if (most <= tolerance / 10) break;
    }
    return delta;
  }

  #shiftOf(delta: Float64Array): Float64Array {
    const { columns } = this.#rows;
    const shift = new Float64Array(this.#margins.length).fill(delta[columns.length]);
    columns.forEach((column, j) => {
      if (delta[j] !== 0) for (let i = 0; i < shift.length; i++) shift[i] += delta[j] * column[i];
    });
    return shift;
  }

  #loss(beta: Float64Array, margins: Float64Array): number {
    const { target, weights, columns } = this.#rows;
    let loss = 0;
    for (let i = 0; i < margins.length; i++)
      loss += (weights ? weights[i] : 1) * softplus(target[i] === 1 ? -margins[i] : margins[i]);
    let penalty = 0;
    for (let j = 0; j < columns.length; j++)
      penalty += this.#l1 * Math.abs(beta[j]) + (this.#l2 * beta[j] * beta[j]) / 2;
    return this.#c * loss + penalty;
  }
}

const MOST_ROUNDS = 10_000;

/** ln(1 + e^x). */
const softplus = (x: number): number => (x > 0 ? x + ln(1 + exp(-x)) : ln(1 + exp(x)));

const shrunk = (x: number, by: number): number => Math.sign(x) * Math.max(Math.abs(x) - by, 0);

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function total(a: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i];
  return sum;
}
