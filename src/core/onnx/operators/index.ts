import type { Operator } from '../value';
import { arithmetic, matMul } from './arithmetic';
import { arrayFeatureExtractor, concat, imputer, scaler, slice } from './columns';
import { linearClassifier } from './linearClassifier';
import { labelEncoder, oneHotEncoder, reshape } from './encoders';
import { cast, normalizer, passThrough, sigmoid } from './outputs';
import { treeEnsemble, treeEnsembleRegressor } from './treeEnsemble';
import { treeEnsembleClassifier } from './treeEnsembleClassifier';

/** Every operator that can be read into a model. A new family is one file beside these and one line here. */
export const OPERATORS: Readonly<Record<string, Operator>> = {
  Add: arithmetic,
  ArrayFeatureExtractor: arrayFeatureExtractor,
  Cast: cast,
  Concat: concat,
  Div: arithmetic,
  FeatureVectorizer: concat,
  Flatten: reshape,
  Gather: arrayFeatureExtractor,
  Identity: passThrough,
  Imputer: imputer,
  LabelEncoder: labelEncoder,
  LinearClassifier: linearClassifier,
  MatMul: matMul,
  Mul: arithmetic,
  Normalizer: normalizer,
  OneHotEncoder: oneHotEncoder,
  Reshape: reshape,
  Scaler: scaler,
  Sigmoid: sigmoid,
  Slice: slice,
  Squeeze: reshape,
  Sub: arithmetic,
  TreeEnsemble: treeEnsemble,
  TreeEnsembleClassifier: treeEnsembleClassifier,
  TreeEnsembleRegressor: treeEnsembleRegressor,
  ZipMap: passThrough,
};
