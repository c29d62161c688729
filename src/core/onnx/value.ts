import type { Model } from '../model/model';
import type { FeatureSource } from '../model/steps';
import type { Attributes } from './parse';

/** A user's column on its way to the predictor. */
export interface SourceColumn extends FeatureSource {
  /** Texts of the codes of a text input, until a step has turned them into numbers. */
  texts?: readonly string[] | undefined;
  /** The text that stands for a missing or unknown one. */
  absent?: string | undefined;
  /** Where what the encoders of a text input know is noted. */
  words?: Set<string> | undefined;
  /** float32 from here on: each operation rounds. */
  single?: boolean | undefined;
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
  | Probabilities
  | { kind: 'label' }
  /** Raw scores that are not probabilities; `raw` when they are one column that a sigmoid makes one. */
  | { kind: 'margin'; raw?: Omit<Probabilities, 'kind' | 'only' | 'labels'> }
  | { kind: 'constant'; numbers: readonly number[]; dims: readonly number[] };

/** Class probabilities of the model, its P(class 1) oriented as in the file. */
export interface Probabilities {
  kind: 'probabilities';
  model: Pick<Model, 'predictor' | 'link' | 'features'>;
  /** The class whose probabilities alone the value holds, [n, 1] or [n]; both classes', [n, 2], when absent. */
  only?: 0 | 1 | undefined;
  labels: readonly string[];
  /** What the model's library weighs its nodes by. */
  covers: 'rows' | 'hessian';
  /** The library's own covers, where the file carries them. */
  given: Float64Array | null;
}

/** One node to be read: its attributes and the values of its inputs. */
export interface Call {
  operator: string;
  name: string;
  attributes: Attributes;
  inputs: readonly Value[];
  /** Numbers of a constant of the graph by its name; none where there is none. */
  constant: (name: string) => readonly number[];
}

/** Reads one kind of node: the values of its outputs, in their order. */
export type Operator = (call: Call) => readonly Value[];
