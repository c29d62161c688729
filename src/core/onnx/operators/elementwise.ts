import { BINARY, UNARY, type BinaryOp, type Step, type UnaryOp } from '../../model/steps';
import type { Call, SourceColumn, Value } from '../value';
import { mixed, shifted } from './scores';
import { columnsOf, matrixOf, MOST_COLUMNS, notRead, withSteps } from './shared';

/** Neg, Abs, Log … of columns. */
export function unary(call: Call): readonly Value[] {
  const op = call.operator as UnaryOp;
  if (!Object.hasOwn(UNARY, op)) throw notRead(call);
  const [value] = call.inputs;
  if (op === 'Neg' && value?.kind === 'mix') return [mixed(value, 'Mul', () => -1)];
  if (op === 'Neg' && value?.kind === 'margin' && value.raw) return [shifted(value.raw, 'Mul', -1)];
  return matrixOf(
    call,
    withSteps(call, columnsOf(call, 0), () => ({ kind: 'unary', op })),
  );
}

/**
 * Two matrices of the same columns, each changed in its own way, put together column by column: as power transforms
 * are written. Constants stand for a way of their own.
 */
export function binary(call: Call): readonly Value[] {
  const op = call.operator as BinaryOp;
  const [left, right] = call.inputs;
  if (!Object.hasOwn(BINARY, op)) throw notRead(call);
  return together(call, [left, right], ([first, second]) => ({
    kind: 'combine',
    op,
    left: first,
    right: second,
  }));
}

/** One of two ways, column by column. */
export const where = (call: Call): readonly Value[] =>
  together(call, call.inputs.slice(0, 3), ([when, yes, no]) => ({ kind: 'choose', when, yes, no }));

/** Matrices of the same columns and constants put together; one column meets each of a list of constants. */
function together(
  call: Call,
  values: readonly (Value | undefined)[],
  step: (ways: readonly (readonly Step[])[]) => Step,
): readonly Value[] {
  const widths = values.map((value) =>
    value?.kind === 'columns' ? value.columns.length : value?.kind === 'constant' ? value.numbers.length : 0,
  );
  const width = Math.max(...widths);
  const matrices = values.filter((value) => value?.kind === 'columns');
  if (matrices.length === 0) throw notRead(call, values[0]?.kind);
  if (width > MOST_COLUMNS) throw notRead(call, `${width} columns`);
  const columns = Array.from({ length: width }, (_, j): SourceColumn => {
    const [first] = matrices;
    const { input } = first.columns[first.columns.length === 1 ? 0 : j];
    const single = matrices.some((matrix) => matrix.columns.some((column) => column.single));
    const ways = values.map((value) => wayOf(call, value, input, j, width));
    return withSteps(call, [{ input, steps: [], single }], () => step(ways))[0];
  });
  return matrixOf(call, columns);
}

/** How one side makes its value of column `j` out of the input; a constant makes it of nothing. */
function wayOf(
  call: Call,
  value: Value | undefined,
  input: number,
  j: number,
  width: number,
): readonly Step[] {
  if (value?.kind === 'columns') {
    const { length } = value.columns;
    if (length !== width && length !== 1) throw notRead(call, 'columns of others');
    const column = value.columns[length === 1 ? 0 : j];
    if (column.input !== input || column.texts) throw notRead(call, 'columns of others');
    return column.steps;
  }
  if (value?.kind !== 'constant' || (value.numbers.length !== 1 && value.numbers.length !== width))
    throw notRead(call, value?.kind);
  const by = value.numbers[value.numbers.length === 1 ? 0 : j];
  return [{ kind: 'map', to: new Map(), otherwise: by, missing: by }];
}
