import { featureRows } from '../model/evaluate';
import { featureInputs, type Model } from '../model/model';

/** Contributions of rows: base + sum over a row of `values` is the model's raw output for it. */
export interface Contributions {
  base: number;
  /** Base of each row, where each has its own (LIME's intercepts). */
  bases?: Float64Array;
  rows: number;
  width: number;
  /** Row-major [rows, width]: one contribution for each of the user's input columns. */
  values: Float64Array;
}

/** An algorithm that explains one row of predictor features after the other. */
export interface RowExplainer {
  readonly base: number;
  addRow(features: Float64Array, offset: number, out: Float64Array, outOffset: number): void;
}

/** One that explains many rows [rows, features] together. */
export interface TableExplainer {
  readonly base: number;
  addRows(features: Float64Array, rows: number, out: Float64Array): void;
}

export type FeatureExplainer = RowExplainer | TableExplainer;

/**
 * Explains rows of input columns, through the model's preprocessing back to the user's columns:
 * the contributions of all predictor features made from a column are added up.
 *
 * @param inputs row-major float64 [rows, model.width]
 */
export function explainRows(
  model: Model,
  explainer: FeatureExplainer,
  inputs: Float64Array,
  rows: number,
): Contributions {
  const features = featureRows(model, inputs, rows);
  const columnOf = featureInputs(model);
  const own = contributionsOf(explainer, features, rows, columnOf.length);
  const { base } = explainer;
  if (!model.features) return { base, rows, width: model.width, values: own };
  const values = new Float64Array(rows * model.width);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columnOf.length; j++)
      values[i * model.width + columnOf[j]] += own[i * columnOf.length + j];
  return { base, rows, width: model.width, values };
}

function contributionsOf(
  explainer: FeatureExplainer,
  features: Float64Array,
  rows: number,
  width: number,
): Float64Array {
  const out = new Float64Array(rows * width);
  if ('addRows' in explainer) explainer.addRows(features, rows, out);
  else for (let i = 0; i < rows; i++) explainer.addRow(features, i * width, out, i * width);
  return out;
}
