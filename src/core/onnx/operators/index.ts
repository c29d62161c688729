import type { Operator } from '../value';
import { arrayFeatureExtractor, concat, imputer, scaler } from './columns';
import { linearClassifier } from './linearClassifier';
import { cast, mul, normalizer, passThrough } from './outputs';
import { treeEnsembleClassifier } from './treeEnsembleClassifier';

/** Every operator that can be read into a model. A new family is one file beside these and one line here. */
export const OPERATORS: Readonly<Record<string, Operator>> = {
  ArrayFeatureExtractor: arrayFeatureExtractor,
  Cast: cast,
  Concat: concat,
  FeatureVectorizer: concat,
  Identity: passThrough,
  Imputer: imputer,
  LinearClassifier: linearClassifier,
  Mul: mul,
  Normalizer: normalizer,
  Scaler: scaler,
  TreeEnsembleClassifier: treeEnsembleClassifier,
  ZipMap: passThrough,
};
