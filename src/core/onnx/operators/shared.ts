import { ScoredeskError } from '../../errors';
import type { FeatureSource, Step } from '../../model/steps';
import type { Attributes } from '../parse';
import type { Call, SourceColumn } from '../value';

/** The labels a classifier node names, in the order of its probabilities. */
export function classLabels(attributes: Attributes): readonly string[] {
  const ints = [...attributes.ints('classlabels_int64s'), ...attributes.ints('classlabels_ints')];
  return ints.length ? ints.map(String) : attributes.strings('classlabels_strings');
}

/** The number columns an input stands for. @throws onnx-graph when it is something else, or text. */
export function columnsOf(call: Call, input: number): readonly SourceColumn[] {
  const columns = anyColumnsOf(call, input);
  if (columns.some((column) => column.texts))
    throw new ScoredeskError('onnx-graph', { reason: `${call.operator} reads text` });
  return columns;
}

/** The columns an input stands for, text among them. @throws onnx-graph when it is something else. */
export function anyColumnsOf(call: Call, input: number): readonly SourceColumn[] {
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
