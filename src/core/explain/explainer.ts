import { featureRows } from '../model/evaluate';
import { featureInputs, type Model } from '../model/model';

/** Contributions of rows: base + sum over a row of `values` is the model's raw output for it. */
export interface Contributions {
  base: number;
  rows: number;
  width: number;
  /** Row-major [rows, width]: one contribution for each of the user's input columns. */
  values: Float64Array;
}

/** An algorithm that explains rows of predictor features. */
export interface FeatureExplainer {
  readonly base: number;
  addRow(features: Float32Array, offset: number, out: Float64Array, outOffset: number): void;
}

/**
 * Explains rows of input columns, through the model's preprocessing back to the user's columns:
 * the contributions of all predictor features made from a column are added up.
 *
 * @param inputs row-major float32 [rows, model.width]
 */
export function explainRows(
  model: Model,
  explainer: FeatureExplainer,
  inputs: Float32Array,
  rows: number,
): Contributions {
  const features = featureRows(model, inputs, rows);
  const columnOf = featureInputs(model);
  const values = new Float64Array(rows * model.width);
  const row = new Float64Array(columnOf.length);
  for (let i = 0; i < rows; i++) {
    row.fill(0);
    explainer.addRow(features, i * columnOf.length, row, 0);
    for (let j = 0; j < row.length; j++) values[i * model.width + columnOf[j]] += row[j];
  }
  return { base: explainer.base, rows, width: model.width, values };
}
