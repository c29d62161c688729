import { ScoredeskError } from '../../errors';
import type { FeatureSource, Step } from '../../model/steps';
import type { Attributes } from '../parse';
import type { Call } from '../value';

/** Number of classes a classifier node names. */
export function classCount(attributes: Attributes): number {
  const ints = attributes.ints('classlabels_int64s').length || attributes.ints('classlabels_ints').length;
  return ints || attributes.strings('classlabels_strings').length;
}

/** The columns an input stands for. @throws onnx-graph when it is something else. */
export function columnsOf(call: Call, input: number): readonly FeatureSource[] {
  const value = call.inputs[input];
  if (value?.kind !== 'columns')
    throw new ScoredeskError('onnx-graph', { reason: `${call.operator} reads ${value?.kind ?? 'nothing'}` });
  return value.columns;
}

/** Columns with one more step each. */
export function withSteps(
  columns: readonly FeatureSource[],
  step: (column: number) => Step,
): FeatureSource[] {
  return columns.map((column, j) => ({ input: column.input, steps: [...column.steps, step(j)] }));
}

/** One number a column from an attribute that holds one for all, or one each. */
export function perColumn(
  attributes: Attributes,
  name: string,
  columns: number,
  fallback: number,
): (j: number) => number {
  const values = attributes.floats(name);
  if (values.length !== 0 && values.length !== 1 && values.length !== columns)
    throw attributes.refuse(name, `${values.length} values for ${columns} columns`);
  return (j) => (values.length === 0 ? fallback : values.length === 1 ? values[0] : values[j]);
}
