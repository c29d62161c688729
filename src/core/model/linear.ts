/** base + weights · x, over the predictor's features. */
export interface LinearModel {
  kind: 'linear';
  weights: Float64Array;
  base: number;
}

/** Raw outputs of rows of features [rows, weights.length], added into `out` in float64. */
export function addLinear(model: LinearModel, features: Float64Array, rows: number, out: Float64Array): void {
  const { weights, base } = model;
  const width = weights.length;
  for (let i = 0; i < rows; i++) {
    let sum = base;
    for (let j = 0; j < width; j++) sum += weights[j] * features[i * width + j];
    out[i] += sum;
  }
}
