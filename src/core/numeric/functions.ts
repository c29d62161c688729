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

const scratch = new DataView(new ArrayBuffer(4));

/** The largest float32 below `x` (a float32): `value < x` is `value <= previousFloat32(x)` for float32 values. */
export function previousFloat32(x: number): number {
  if (Number.isNaN(x) || x === -Infinity) return NaN;
  if (x === 0) return -1.401298464324817e-45;
  scratch.setFloat32(0, x);
  const bits = scratch.getInt32(0);
  scratch.setInt32(0, x > 0 ? bits - 1 : bits + 1);
  return scratch.getFloat32(0);
}
