import type { Model } from '../model/model';
import type { FeatureSource } from '../model/steps';
import type { Attributes } from './parse';

/** A user's column on its way to the predictor. */
export interface SourceColumn extends FeatureSource {
  /** Texts of the codes of a text input, until a step has turned them into numbers. */
  texts?: readonly string[] | undefined;
}

/** What a name in the graph stands for, once the graph is read symbolically for any row. */
export type Value =
  /** A matrix whose columns are the user's columns, selected and changed. */
  | { kind: 'columns'; columns: readonly SourceColumn[] }
  /** A matrix whose column k is offsets[k] + the sum of weights[k][j] * columns[j]: a projection, as PCA. */
  | {
      kind: 'mix';
      columns: readonly SourceColumn[];
      weights: readonly Float64Array[];
      offsets: Float64Array;
    }
  /** Class probabilities [n, 2] of the model, its P(class 1) oriented as in the file. */
  | {
      kind: 'probabilities';
      model: Pick<Model, 'predictor' | 'link' | 'features'>;
      labels: readonly string[];
      /** What the model's library weighs its nodes by. */
      covers: 'rows' | 'hessian';
    }
  | { kind: 'label' }
  /** Raw scores that are not probabilities. */
  | { kind: 'margin' }
  | { kind: 'constant'; numbers: readonly number[]; dims: readonly number[] };

/** One node to be read: its attributes and the values of its inputs. */
export interface Call {
  operator: string;
  name: string;
  attributes: Attributes;
  inputs: readonly Value[];
}

/** Reads one kind of node: the values of its outputs, in their order. */
export type Operator = (call: Call) => readonly Value[];
