import stdlibExp from '@stdlib/math-base-special-exp';
import stdlibLn from '@stdlib/math-base-special-ln';

/**
 * Elementary functions with the same bits on every JavaScript engine: `Math.exp` and `Math.log`
 * differ between V8 releases, so core never calls them (a lint rule holds it).
 */
export const exp: (x: number) => number = stdlibExp;
export const ln: (x: number) => number = stdlibLn;

/** Probability of a margin (natural log-odds): 1 / (1 + e^-margin), in [0, 1]; NaN stays NaN. */
export function sigmoid(margin: number): number {
  if (margin >= 0) return 1 / (1 + exp(-margin));
  const e = exp(margin);
  return e / (1 + e);
}

/** Margin of a probability: ln(p / (1 - p)); -Infinity at 0, Infinity at 1. */
export function logit(probability: number): number {
  return ln(probability / (1 - probability));
}

const scratch = new DataView(new ArrayBuffer(8));

/** The largest double below `x`: `value < x` is `value <= previousDouble(x)`. NaN for NaN and -Infinity: there is none. */
export function previousDouble(x: number): number {
  if (Number.isNaN(x) || x === -Infinity) return NaN;
  if (x === 0) return -Number.MIN_VALUE;
  scratch.setFloat64(0, x);
  const bits = scratch.getBigInt64(0);
  scratch.setBigInt64(0, x > 0 ? bits - 1n : bits + 1n);
  return scratch.getFloat64(0);
}
