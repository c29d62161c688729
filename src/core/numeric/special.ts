import stdlibErfc from '@stdlib/math-base-special-erfc';
import stdlibGammainc from '@stdlib/math-base-special-gammainc';

/** P(X >= x) of a chi-squared variable (scipy.stats.chi2.sf); 0 at infinity, 1 without a degree of freedom. */
export function chiSquaredTail(x: number, degrees: number): number {
  if (degrees <= 0 || x <= 0) return 1;
  return x === Infinity ? 0 : stdlibGammainc(x / 2, degrees / 2, true, true);
}

/** P(X <= x) of a standard normal variable (scipy.stats.norm.cdf). */
export const normalShare = (x: number): number => stdlibErfc(-x / Math.SQRT2) / 2;
