import { isotonicAt, type Isotonic } from '../metrics/isotonic';
import { rawOutputs, toProbabilities } from '../model/evaluate';
import type { Model } from '../model/model';
import { applyFeatures, type FeatureSource } from '../model/steps';
import { applyJoint, widthAfter, type Joint } from './joint/joint';

/** Columns each for itself, then all of a row together. */
export interface Stage {
  features: readonly FeatureSource[];
  joint: Joint;
}

/** From the user's columns to the probability: what a `Model` can hold, and around it what none can. */
export interface Pipeline {
  /** Columns of a row. */
  width: number;
  stages: readonly Stage[];
  /** Of what the last stage gives; of the user's columns without stages. */
  model: Model;
  /** Raw outputs to probabilities, in place of the model's link. */
  isotonic: Isotonic | null;
}

/** A model alone. */
export const pipelineOf = (model: Model): Pipeline => ({
  width: model.width,
  stages: [],
  model,
  isotonic: null,
});

/** Raw outputs of rows of the user's columns, row-major float64 [rows, width]. */
export function pipelineOutputs(
  { width, stages, model }: Pipeline,
  inputs: Float64Array,
  rows: number,
): Float64Array {
  let [values, wide] = [inputs, width];
  for (const { features, joint } of stages) {
    values = applyJoint(joint, applyFeatures(features, values, rows, wide), rows, features.length);
    wide = widthAfter(joint, features.length);
  }
  return rawOutputs(model, values, rows);
}

/** P(class 1) of raw outputs, which may be overwritten. */
export const pipelineProbabilities = ({ model, isotonic }: Pipeline, raw: Float64Array): Float64Array =>
  isotonic ? isotonicAt(isotonic, raw) : toProbabilities(model, raw);
