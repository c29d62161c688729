import type { Model } from '../model/model';
import type { FeatureSource } from '../model/steps';
import type { Attributes } from './parse';

/** What a name in the graph stands for, once the graph is read symbolically for any row. */
export type Value =
  /** A matrix whose columns are the user's columns, selected and changed. */
  | { kind: 'columns'; columns: readonly FeatureSource[] }
  /** Class probabilities [n, 2] of the model, its P(class 1) oriented as in the file. */
  | {
      kind: 'probabilities';
      model: Pick<Model, 'predictor' | 'link' | 'features'>;
      labels: readonly string[];
    }
  | { kind: 'label' }
  /** Raw scores that are not probabilities. */
  | { kind: 'margin' }
  | { kind: 'constant'; numbers: readonly number[] };

/** One node to be read: its attributes and the values of its inputs. */
export interface Call {
  operator: string;
  name: string;
  attributes: Attributes;
  inputs: readonly Value[];
}

/** Reads one kind of node: the values of its outputs, in their order. */
export type Operator = (call: Call) => readonly Value[];
