import { sigmoid } from '../numeric/functions';
import type { Model } from './model';
import { addLinear } from './linear';
import { applyFeatures } from './steps';
import { addTrees } from './leaves';

const CHUNK = 4096;

/**
 * Raw outputs (margins, or probabilities when the link is identity) of rows of input columns.
 *
 * @param inputs row-major float64 [rows, model.width]; numbers, category codes, NaN for missing
 * @returns float64 [rows]
 */
export function rawOutputs(model: Model, inputs: Float64Array, rows: number): Float64Array {
  const out = new Float64Array(rows);
  for (let start = 0; start < rows; start += CHUNK) {
    const count = Math.min(CHUNK, rows - start);
    const chunk = inputs.subarray(start * model.width, (start + count) * model.width);
    addOutputs(model, chunk, count, out.subarray(start, start + count));
  }
  return out;
}

function addOutputs(model: Model, inputs: Float64Array, rows: number, out: Float64Array): void {
  const features = featureRows(model, inputs, rows);
  const { predictor } = model;
  if (predictor.kind === 'linear') addLinear(predictor, features, rows, out);
  else addTrees(predictor, features, rows, model.features?.length ?? model.width, out);
}

/** The predictor's features of rows of input columns; the inputs themselves when there are no steps. */
export function featureRows(model: Model, inputs: Float64Array, rows: number): Float64Array {
  return model.features ? applyFeatures(model.features, inputs, rows, model.width) : inputs;
}

/** P(class 1) of raw outputs, in place. */
export function toProbabilities(model: Model, raw: Float64Array): Float64Array {
  if (model.link === 'logistic') for (let i = 0; i < raw.length; i++) raw[i] = sigmoid(raw[i]);
  return raw;
}

/** P(class 1) of rows of input columns, float64 [rows]. */
export function probabilities(model: Model, inputs: Float64Array, rows: number): Float64Array {
  return toProbabilities(model, rawOutputs(model, inputs, rows));
}
