import { ScoredeskError } from '../../errors';
import type { Step } from '../../model/steps';
import type { Call, Value } from '../value';
import { binary } from './elementwise';
import { matrixOf, withSteps } from './shared';

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

/** 1 - p of one class is the other class. */
function otherClass(value: Value | undefined, by: Value | undefined): Value | null {
  const one = by?.kind === 'constant' && by.numbers.length === 1 && by.numbers[0] === 1;
  if (!one || value?.kind !== 'probabilities' || value.only === undefined) return null;
  return { ...value, only: value.only === 1 ? 0 : 1 };
}

function constants(numbers: readonly number[], columns: number, refuse: () => Error): (j: number) => number {
  if ((numbers.length !== 1 && numbers.length !== columns) || !numbers.every(Number.isFinite)) throw refuse();
  return (j) => numbers[numbers.length === 1 ? 0 : j];
}

type Margin = Extract<Value, { kind: 'margin' }>;

/** Raw scores of trees, shifted or scaled: their leaves and base are. */
function shifted(raw: NonNullable<Margin['raw']>, operator: string, by: number): Margin {
  const { predictor } = raw.model;
  const factor = operator === 'Mul' ? by : operator === 'Div' ? 1 / by : 1;
  const base = predictor.base * factor + (operator === 'Add' ? by : operator === 'Sub' ? -by : 0);
  const scaled =
    predictor.kind === 'linear'
      ? { ...predictor, base, weights: predictor.weights.map((weight) => weight * factor) }
      : { ...predictor, base, value: predictor.value.map((value) => value * factor) };
  return { kind: 'margin', raw: { ...raw, model: { ...raw.model, predictor: scaled } } };
}

type Mix = Extract<Value, { kind: 'mix' }>;

function mixed(mix: Mix, operator: string, by: (k: number) => number): Mix {
  const factor = (k: number) => (operator === 'Mul' ? by(k) : operator === 'Div' ? 1 / by(k) : 1);
  const shift = (k: number) => (operator === 'Add' ? by(k) : operator === 'Sub' ? -by(k) : 0);
  return {
    ...mix,
    weights: mix.weights.map((weights, k) => weights.map((weight) => weight * factor(k))),
    offsets: mix.offsets.map((offset, k) => offset * factor(k) + shift(k)),
  };
}

/** MatMul of columns by a constant [n, k]: a projection, as PCA. */
export function matMul(call: Call): readonly Value[] {
  const [value, matrix] = call.inputs;
  const refuse = () => new ScoredeskError('onnx-operator', { operator: 'MatMul', node: call.name });
  if (value?.kind !== 'columns' || matrix?.kind !== 'constant') throw refuse();
  const rows = value.columns.length;
  const columns = matrix.numbers.length / rows;
  if (matrix.dims.length !== 2 || matrix.dims[0] !== rows || !Number.isInteger(columns)) throw refuse();
  if (!matrix.numbers.every(Number.isFinite)) throw refuse();
  const weights = Array.from({ length: columns }, (_, k) =>
    Float64Array.from({ length: rows }, (_, j) => matrix.numbers[j * columns + k]),
  );
  return [{ kind: 'mix', columns: value.columns, weights, offsets: new Float64Array(columns) }];
}
