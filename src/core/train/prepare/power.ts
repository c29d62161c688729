import { exp, ln } from '../../numeric/functions';
import type { Step } from '../../model/steps';

/** Exponents between which the likeliest is looked for. */
const LEAST = -6;
const MOST = 8;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * Yeo and Johnson's power transform (2000) with the exponent that makes the values most nearly normal, then mean 0 and standard
 * deviation 1: scikit-learn's PowerTransformer.
 *
 * @param values finite ones
 * @returns null where there is nothing to transform
 */
export function powerSteps(values: Float64Array): readonly Step[] | null {
  if (values.length === 0) return null;
  const lambda = likeliest(values);
  const moved = values.map((x) => yeoJohnson(x, lambda));
  const mean = moved.reduce((sum, y) => sum + y, 0) / moved.length;
  const width = Math.sqrt(varianceOf(moved, mean));
  return [
    {
      kind: 'choose',
      when: [{ kind: 'combine', op: 'Less', left: [], right: [{ kind: 'unary', op: 'Abs' }] }],
      yes: [{ kind: 'unary', op: 'Neg' }, ...raised(2 - lambda), { kind: 'unary', op: 'Neg' }],
      no: raised(lambda),
    },
    { kind: 'add', by: -mean },
    { kind: 'divide', by: width > 0 ? width : 1 },
  ];
}

/** ((x + 1)^power - 1) / power, for x from 0 on. */
function raised(power: number): readonly Step[] {
  const logarithm: Step[] = [
    { kind: 'add', by: 1 },
    { kind: 'unary', op: 'Log' },
  ];
  if (power === 0) return logarithm;
  return [
    ...logarithm,
    { kind: 'multiply', by: power },
    { kind: 'unary', op: 'Exp' },
    { kind: 'add', by: -1 },
    { kind: 'divide', by: power },
  ];
}

function yeoJohnson(x: number, lambda: number): number {
  const power = x >= 0 ? lambda : 2 - lambda;
  const logarithm = ln(Math.abs(x) + 1);
  const size = power === 0 ? logarithm : (exp(power * logarithm) - 1) / power;
  return x >= 0 ? size : -size;
}

const varianceOf = (values: Float64Array, mean: number): number =>
  values.reduce((sum, y) => sum + (y - mean) * (y - mean), 0) / values.length;

/** The exponent of the largest likelihood, by golden section: it has one maximum. */
function likeliest(values: Float64Array): number {
  const signs = values.reduce((sum, x) => sum + Math.sign(x) * ln(Math.abs(x) + 1), 0);
  const likelihood = (lambda: number): number => {
    const moved = values.map((x) => yeoJohnson(x, lambda));
    const mean = moved.reduce((sum, y) => sum + y, 0) / moved.length;
    return (-values.length / 2) * ln(varianceOf(moved, mean)) + (lambda - 1) * signs;
  };
  let [low, high] = [LEAST, MOST];
  let [a, b] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)];
  let [fa, fb] = [likelihood(a), likelihood(b)];
  while (high - low > 1e-9) {
    // What is not a number (a variance of 0, an overflow) is no maximum.
    if (fa > fb || Number.isNaN(fb)) {
      [high, b, fb] = [b, a, fa];
      a = high - GOLDEN * (high - low);
      fa = likelihood(a);
    } else {
      [low, a, fa] = [a, b, fb];
      b = low + GOLDEN * (high - low);
      fb = likelihood(b);
    }
  }
  return (low + high) / 2;
}
