import type { Operator } from '../value';
import { arithmetic, matMul, reduceSum } from './arithmetic';
import { arrayFeatureExtractor, concat, imputer, scaler, slice } from './columns';
import { linearClassifier } from './linearClassifier';
import { binary, unary, where } from './elementwise';
import { labelEncoder, oneHotEncoder, reshape } from './encoders';
import { cast, normalizer, passThrough, sigmoid } from './outputs';
import { treeEnsemble, treeEnsembleRegressor } from './treeEnsemble';
import { treeEnsembleClassifier } from './treeEnsembleClassifier';

/** Every operator that can be read into a model. A new family is one file beside these and one line here. */
export const OPERATORS: Readonly<Record<string, Operator>> = {
  Abs: unary,
  Add: arithmetic,
  And: binary,
  ArrayFeatureExtractor: arrayFeatureExtractor,
  Cast: cast,
  Concat: concat,
  Div: arithmetic,
  Equal: binary,
  Exp: unary,
  FeatureVectorizer: concat,
  Flatten: reshape,
  Floor: unary,
  Gather: arrayFeatureExtractor,
  Greater: binary,
  GreaterOrEqual: binary,
  Identity: passThrough,
  Imputer: imputer,
  IsNaN: unary,
  LabelEncoder: labelEncoder,
  Less: binary,
  LessOrEqual: binary,
  LinearClassifier: linearClassifier,
  Log: unary,
  MatMul: matMul,
  Mul: arithmetic,
  Neg: unary,
  Normalizer: normalizer,
  Not: unary,
  OneHotEncoder: oneHotEncoder,
  Or: binary,
  Pow: binary,
  ReduceSum: reduceSum,
  Reshape: reshape,
  Scaler: scaler,
  Sigmoid: sigmoid,
  Sign: unary,
  Slice: slice,
  Sqrt: unary,
  Squeeze: reshape,
  Sub: arithmetic,
  TreeEnsemble: treeEnsemble,
  TreeEnsembleClassifier: treeEnsembleClassifier,
  TreeEnsembleRegressor: treeEnsembleRegressor,
  Where: where,
  ZipMap: passThrough,
};
