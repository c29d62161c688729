import { ScoredeskError } from '../../errors';
import { stepsSize, type Step } from '../../model/steps';
import type { Attributes } from '../parse';
import type { Call, SourceColumn, Value } from '../value';

/** The labels a classifier node names, in the order of its probabilities. */
export function classLabels(attributes: Attributes): readonly string[] {
  const ints = [...attributes.ints('classlabels_int64s'), ...attributes.ints('classlabels_ints')];
  return ints.length ? ints.map(String) : attributes.strings('classlabels_strings');
}

/** A way of using an operator that can't be read into a model; the runtime may still run it. */
export function notRead({ operator, name }: Pick<Call, 'operator' | 'name'>, of = ''): ScoredeskError {
  return new ScoredeskError('onnx-operator', {
    operator: of ? `${operator} of ${of}` : operator.slice(0, 60),
    node: name.slice(0, 60),
  });
}

/** The number columns an input stands for. @throws onnx-operator when it is something else, or text. */
export function columnsOf(call: Call, input: number): readonly SourceColumn[] {
  const columns = anyColumnsOf(call, input);
  if (columns.some((column) => column.texts)) throw notRead(call, 'text');
  return columns;
}

/** The columns an input stands for, text among them. @throws onnx-operator when it is something else; onnx-graph when there is nothing */
export function anyColumnsOf(call: Call, input: number): readonly SourceColumn[] {
  const value = call.inputs[input];
  if (!value) throw new ScoredeskError('onnx-graph', { reason: `${call.operator} reads nothing` });
  if (value.kind !== 'columns') throw notRead(call, value.kind);
  return value.columns;
}

/** Operations on one value, or columns of one matrix and of all inputs, beyond these are no preprocessing that people use. */
const MOST_OPERATIONS = 400;
export const MOST_COLUMNS = 100_000;

const ROUND: Step = { kind: 'round' };
/** These give what they were given, or what the file holds. */
const EXACT: ReadonlySet<Step['kind']> = new Set(['impute', 'map', 'round', 'choose']);

/** Columns with one more operation each, numbers from here on. @throws onnx-operator where steps grow without end */
export function withSteps(
  call: Call,
  columns: readonly SourceColumn[],
  step: (column: number) => Step,
): SourceColumn[] {
  return columns.map(({ input, steps: before, single }, j) => {
    const own = step(j);
    const steps = single && !EXACT.has(own.kind) ? [...before, own, ROUND] : [...before, own];
    if (stepsSize(steps) > MOST_OPERATIONS) throw notRead(call, `${MOST_OPERATIONS} steps`);
    return { input, steps, single };
  });
}

/** Columns as float32: what the operators of ai.onnx.ml before version 5 make of any number. */
export const asSingle = (columns: readonly SourceColumn[]): SourceColumn[] =>
  columns.map((column) =>
    column.single || column.texts ? column : { ...column, single: true, steps: [...column.steps, ROUND] },
  );

/** A matrix of columns. @throws onnx-operator where it grows without end */
export function matrixOf(call: Call, columns: readonly SourceColumn[]): readonly Value[] {
  if (columns.length > MOST_COLUMNS) throw notRead(call, `${columns.length} columns`);
  return [{ kind: 'columns', columns }];
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
