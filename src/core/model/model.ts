import type { TreeEnsemble } from './trees';
import type { LinearModel } from './linear';
import type { FeatureSource } from './steps';

/**
 * A binary classifier as the app knows it.
 *
 * A row of the user's input columns goes through `features` (one source a predictor feature), the
 * predictor adds up a raw output, and `link` turns that into P(class 1).
 */
export interface Model {
  /** Number of input columns a row has, in the order of the bundle's `model.inputs`. */
  width: number;
  /** What each predictor feature is made of; `null` when predictor features are the input columns. */
  features: readonly FeatureSource[] | null;
  predictor: Predictor;
  /** `logistic`: raw output is a margin. `identity`: raw output is already the probability. */
  link: 'logistic' | 'identity';
}

export type Predictor = TreeEnsemble | LinearModel;

/** Unit of the contributions that explain this model: the unit of its raw output. */
export function explanationUnit(model: Model): 'margin' | 'probability' {
  return model.link === 'logistic' ? 'margin' : 'probability';
}

/** Input column of each predictor feature. */
export function featureInputs(model: Model): Int32Array {
  if (!model.features) return Int32Array.from({ length: model.width }, (_, i) => i);
  return Int32Array.from(model.features, (feature) => feature.input);
}

/** The same model with P(class 0) as its output: margins change sign, probabilities are 1 - p. */
export function complement(model: Model): Model {
  const shift = model.link === 'logistic' ? 0 : 1;
  const { predictor } = model;
  const base = shift - predictor.base;
  if (predictor.kind === 'linear')
    return { ...model, predictor: { ...predictor, base, weights: predictor.weights.map((w) => -w) } };
  return { ...model, predictor: { ...predictor, base, value: predictor.value.map((v) => -v) } };
}
