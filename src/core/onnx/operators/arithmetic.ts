import { ScoredeskError } from '../../errors';
import type { Step } from '../../model/steps';
import type { Call, SourceColumn, Value } from '../value';
import { binary } from './elementwise';
import { mixed, mixedTogether, otherClass, shifted, summed, sumOf, throughMix } from './scores';
import { columnsOf, matrixOf, notRead, withSteps } from './shared';

/** Add, Sub, Mul and Div of columns by constants, one for all or one each. */
type Rule = (by: number) => Step;

const RULES: Readonly<Record<string, Rule>> = {
  Add: (by) => ({ kind: 'add', by }),
  Sub: (by) => ({ kind: 'add', by: -by }),
  Mul: (by) => ({ kind: 'multiply', by }),
  Div: (by) => ({ kind: 'divide', by }),
};

/**
 * Columns changed by a constant in float32, or put together with another way of themselves. Probabilities
 * times one pass, as onnxmltools ends LightGBM graphs.
 */
export function arithmetic(call: Call): readonly Value[] {
  const { operator, inputs } = call;
  if (inputs[0]?.kind === 'columns' && inputs[1]?.kind === 'columns') return binary(call);
  const from = inputs[0]?.kind === 'constant' && inputs[1]?.kind === 'columns';
  if (from && (operator === 'Sub' || operator === 'Div')) return binary(call);
  const refuse = () => new ScoredeskError('onnx-operator', { operator, node: call.name });
  const turned = inputs[0]?.kind === 'constant';
  if (turned && operator === 'Sub') {
    const other = otherClass(inputs[1], inputs[0]);
    if (other) return [other];
  }
  const together = sumOrDifference(operator, inputs);
  if (together) return [together];
  if (turned && (operator === 'Sub' || operator === 'Div')) throw refuse();
  const [value, by] = turned ? [inputs[1], inputs[0]] : inputs;
  if (by?.kind !== 'constant' || !value) throw refuse();
  if (value.kind === 'probabilities' && operator === 'Mul' && by.numbers.every((n) => n === 1))
    return [value];
  if (value.kind === 'margin' && value.raw && by.numbers.length === 1)
    return [shifted(value.raw, operator, constants(by.numbers, 1, refuse)(0))];
  if (value.kind === 'mix')
    return [mixed(value, operator, constants(by.numbers, value.weights.length, refuse))];
  if (value.kind !== 'columns' || value.columns.some((column) => column.texts)) throw refuse();
  const number = constants(by.numbers, value.columns.length, refuse);
  const rule = RULES[operator];
  return matrixOf(
    call,
    withSteps(call, value.columns, (j) => rule(number(j))),
  );
}

function constants(numbers: readonly number[], columns: number, refuse: () => Error): (j: number) => number {
  if ((numbers.length !== 1 && numbers.length !== columns) || !numbers.every(Number.isFinite)) throw refuse();
  return (j) => numbers[numbers.length === 1 ? 0 : j];
}

/** Two ensembles, or two lists of weighted sums of columns, put together. */
function sumOrDifference(operator: string, [left, right]: readonly Value[]): Value | null {
  if (operator === 'Add') return summed(left, right) ?? mixedTogether(left, right, 1);
  return operator === 'Sub' ? mixedTogether(left, right, -1) : null;
}

/** MatMul of columns, or of weighted sums of columns, by a constant [n, k]: a projection, as PCA. */
export function matMul(call: Call): readonly Value[] {
  const [value, matrix] = call.inputs;
  const refuse = () => new ScoredeskError('onnx-operator', { operator: 'MatMul', node: call.name });
  if ((value?.kind !== 'columns' && value?.kind !== 'mix') || matrix?.kind !== 'constant') throw refuse();
  const rows = value.kind === 'columns' ? value.columns.length : value.weights.length;
  const columns = matrix.numbers.length / rows;
  if (matrix.dims.length !== 2 || matrix.dims[0] !== rows || !Number.isInteger(columns)) throw refuse();
  if (!matrix.numbers.every(Number.isFinite)) throw refuse();
  const weights = Array.from({ length: columns }, (_, k) =>
    Float64Array.from({ length: rows }, (_, j) => matrix.numbers[j * columns + k]),
  );
  if (value.kind === 'columns')
    return [{ kind: 'mix', columns: value.columns, weights, offsets: new Float64Array(columns) }];
  const through = weights.map((row) => throughMix({ kind: 'linear', weights: row, base: 0 }, value));
  return [
    {
      kind: 'mix',
      columns: value.columns,
      weights: through.map((row) => row.weights),
      offsets: Float64Array.from(through, ({ base }) => base),
    },
  ];
}

/** ReduceSum along the columns: of one column's own values, as bins are counted, or a sum of columns. */
export function reduceSum(call: Call): readonly Value[] {
  const axes = call.inputs[1];
  const along = axes?.kind === 'constant' ? axes.numbers : call.attributes.ints('axes');
  const kept = call.attributes.int('keepdims', 1) === 1;
  if (along.length !== 1 || Math.abs(along[0]) !== 1 || !kept) throw notRead(call, 'rows');
  const columns = columnsOf(call, 0);
  const own = columns.every(({ input }) => input === columns[0].input);
  if (!own) return [sumOf(columns)];
  const [first, ...rest] = columns;
  const sum = rest.reduce<SourceColumn>(
    (total, column) =>
      withSteps(call, [{ ...total, steps: [] }], () => ({
        kind: 'combine',
        op: 'Add',
        left: total.steps,
        right: column.steps,
      }))[0],
    first,
  );
  return [{ kind: 'columns', columns: [sum] }];
}
