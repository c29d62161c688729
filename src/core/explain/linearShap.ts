import type { LinearModel } from '../model/linear';

/**
 * SHAP of a linear model over a background of independent features, exact: weight · (x - mean).
 * The base is the output at the background's mean (Štrumbelj & Kononenko 2014; shap.LinearExplainer).
 */
export class LinearShap {
  readonly #weights: Float64Array;
  readonly #means: Float64Array;
  readonly base: number;

  /** @param background row-major float32 features [rows, weights.length] */
  constructor(model: LinearModel, background: Float64Array, rows: number) {
    const width = model.weights.length;
    this.#weights = model.weights;
    this.#means = columnMeans(background, rows, width);
    this.base = this.#means.reduce((sum, mean, j) => sum + mean * model.weights[j], model.base);
  }

  /** Adds the contributions of one row of features at `offset` into `out[outOffset + feature]`. */
  addRow(features: Float64Array, offset: number, out: Float64Array, outOffset: number): void {
    const weights = this.#weights;
    for (let j = 0; j < weights.length; j++)
      out[outOffset + j] += weights[j] * (features[offset + j] - this.#means[j]);
  }
}

/** Means of the finite values: a gap or an infinity in the background says nothing about its average. */
function columnMeans(values: Float64Array, rows: number, width: number): Float64Array {
  const sums = new Float64Array(width);
  const counts = new Uint32Array(width);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < width; j++) {
      const value = values[i * width + j];
      if (!Number.isFinite(value)) continue;
      sums[j] += value;
      counts[j]++;
    }
  return sums.map((sum, j) => (counts[j] ? sum / counts[j] : 0));
}
