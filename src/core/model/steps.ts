import { exp, ln } from '../numeric/functions';

/**
 * Preprocessing between the user's columns and the predictor's features, in double. Where a graph computes in float32 a
 * `round` follows each operation: a scaler in double would move rows across tree thresholds that the file does not move.
 */

/** One predictor feature: an input column, changed by `steps` in their order. */
export interface FeatureSource {
  input: number;
  steps: readonly Step[];
}

export type Step =
  /** `missing` (NaN matches NaN) becomes `value`. */
  | { kind: 'impute'; missing: number; value: number }
  | { kind: 'add'; by: number }
  | { kind: 'multiply'; by: number }
  | { kind: 'divide'; by: number }
  /** One operation on the value itself. */
  | { kind: 'unary'; op: UnaryOp }
  /** Two ways of the same value, put together. */
  | { kind: 'combine'; op: BinaryOp; left: readonly Step[]; right: readonly Step[] }
  /** One of two ways of the same value. */
  | { kind: 'choose'; when: readonly Step[]; yes: readonly Step[]; no: readonly Step[] }
  /** To the nearest float32. */
  | { kind: 'round' }
  /** A code or a number looked up: `otherwise` for one that is not listed, `missing` for NaN. */
  | { kind: 'map'; to: ReadonlyMap<number, number>; otherwise: number; missing: number };

export type UnaryOp = keyof typeof UNARY;
export type BinaryOp = keyof typeof BINARY;

/** Elementwise operators of ONNX; truth is 1, as a cast makes it. */
export const UNARY = {
  Neg: (x: number) => -x,
  Abs: Math.abs,
  Sqrt: Math.sqrt,
  Exp: exp,
  Log: ln,
  Sign: Math.sign,
  Not: (x: number) => (x === 0 ? 1 : 0),
  IsNaN: (x: number) => (x !== x ? 1 : 0),
  Floor: Math.floor,
} as const;

export const BINARY = {
  Add: (x: number, y: number) => x + y,
  Sub: (x: number, y: number) => x - y,
  Mul: (x: number, y: number) => x * y,
  Div: (x: number, y: number) => x / y,
  Pow: power,
  Less: (x: number, y: number) => (x < y ? 1 : 0),
  LessOrEqual: (x: number, y: number) => (x <= y ? 1 : 0),
  Greater: (x: number, y: number) => (x > y ? 1 : 0),
  GreaterOrEqual: (x: number, y: number) => (x >= y ? 1 : 0),
  Equal: (x: number, y: number) => (x === y ? 1 : 0),
  And: (x: number, y: number) => (x !== 0 && y !== 0 ? 1 : 0),
  Or: (x: number, y: number) => (x !== 0 || y !== 0 ? 1 : 0),
} as const;

/** x to a power y by exp and ln, the same bits on every engine; NaN where x is negative and y no whole number. */
function power(x: number, y: number): number {
  if (y === 0) return 1;
  if (x === 0) return y > 0 ? 0 : Infinity;
  if (x > 0) return exp(y * ln(x));
  if (!Number.isInteger(y)) return NaN;
  const size = exp(y * ln(-x));
  return y % 2 === 0 ? size : -size;
}

/** Operations that a list of steps makes on one value: shared parts count each time. */
export function stepsSize(steps: readonly Step[]): number {
  let size = 0;
  for (const step of steps) size += 1 + waysOf(step).reduce((sum, way) => sum + stepsSize(way), 0);
  return size;
}

const waysOf = (step: Step): readonly (readonly Step[])[] =>
  step.kind === 'combine'
    ? [step.left, step.right]
    : step.kind === 'choose'
      ? [step.when, step.yes, step.no]
      : [];

/** One value through the steps of its feature. */
export const applyStepsTo = ({ steps }: FeatureSource, x: number): number => applySteps(steps, x);

function applySteps(steps: readonly Step[], x: number): number {
  for (const step of steps) x = applyStep(step, x);
  return x;
}

function applyStep(step: Step, x: number): number {
  switch (step.kind) {
    case 'impute':
      return x === step.missing || (Number.isNaN(step.missing) && Number.isNaN(x)) ? step.value : x;
    case 'add':
      return x + step.by;
    case 'multiply':
      return x * step.by;
    case 'divide':
      return x / step.by;
    case 'unary':
      return UNARY[step.op](x);
    case 'combine':
      return BINARY[step.op](applySteps(step.left, x), applySteps(step.right, x));
    case 'choose':
      return applySteps(applySteps(step.when, x) !== 0 ? step.yes : step.no, x);
    case 'round':
      return Math.fround(x);
    case 'map':
      return Number.isNaN(x) ? step.missing : (step.to.get(x) ?? step.otherwise);
  }
}

/** The most usual: a float32 input, as it is. */
const isRoundedInput = ({ input, steps }: FeatureSource, j: number): boolean =>
  input === j && steps.length === 1 && steps[0].kind === 'round';

/** Predictor features of `rows` rows: [rows, width] row-major float64 in, [rows, features] out. */
export function applyFeatures(
  features: readonly FeatureSource[],
  inputs: Float64Array,
  rows: number,
  width: number,
): Float64Array {
  if (features.length === width && features.every(isRoundedInput))
    return new Float64Array(new Float32Array(inputs.subarray(0, rows * width)));
  const out = new Float64Array(rows * features.length);
  features.forEach(({ input, steps }, j) => {
    for (let i = 0; i < rows; i++)
      out[i * features.length + j] = applySteps(steps, inputs[i * width + input]);
  });
  return out;
}
