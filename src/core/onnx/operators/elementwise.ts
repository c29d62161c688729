import { BINARY, UNARY, type BinaryOp, type Step, type UnaryOp } from '../../model/steps';
import type { Call, SourceColumn, Value } from '../value';
import { columnsOf, matrixOf, notRead, withSteps } from './shared';

/** Neg, Abs, Log … of columns. */
export function unary(call: Call): readonly Value[] {
  const op = call.operator as UnaryOp;
  if (!Object.hasOwn(UNARY, op)) throw notRead(call);
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
  const along = left?.kind === 'columns' ? left.columns : right?.kind === 'columns' ? right.columns : null;
  if (!along || !Object.hasOwn(BINARY, op)) throw notRead(call, left?.kind);
  const columns = along.map(({ input }, j): SourceColumn => {
    const way = (value: Value | undefined) => wayOf(call, value, input, j, along.length);
    const step: Step = { kind: 'combine', op, left: way(left), right: way(right) };
    return withSteps(call, [{ input, steps: [] }], () => step)[0];
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
    const column = value.columns[j];
    if (value.columns.length !== width || column.input !== input || column.texts)
      throw notRead(call, 'columns of others');
    return column.steps;
  }
  if (value?.kind !== 'constant' || (value.numbers.length !== 1 && value.numbers.length !== width))
    throw notRead(call, value?.kind);
  const by = value.numbers[value.numbers.length === 1 ? 0 : j];
  return [{ kind: 'map', to: new Map(), otherwise: by, missing: by }];
}
