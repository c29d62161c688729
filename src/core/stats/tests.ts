import { chiSquaredTail, normalShare } from '../numeric/special';

/** A statistic and how likely it is, or a larger one, without a difference. */
export interface TestResult {
  statistic: number;
  p: number;
}

/**
 * Chi-squared of counts against the counts that the reference's shares would give (scipy.stats.chisquare, as
 * Evidently calls it). A level that the reference lacks makes the statistic infinite: p = 0.
 */
export function chiSquareGoodness(reference: Float64Array, current: Float64Array): TestResult {
  const ratio = total(current) / total(reference);
  let statistic = 0;
  for (let i = 0; i < reference.length; i++) {
    const expected = reference[i] * ratio;
    statistic += squared(current[i] - expected) / expected;
  }
  return { statistic, p: chiSquaredTail(statistic, reference.length - 1) };
}

/**
 * Chi-squared of a 2 x k table of counts, with Yates' correction for two levels
 * (scipy.stats.chi2_contingency, as NannyML calls it). One level alone: statistic 0, p = 1.
 */
export function chiSquareContingency(a: Float64Array, b: Float64Array): TestResult {
  const [sumA, sumB] = [total(a), total(b)];
  const degrees = a.length - 1;
  let statistic = 0;
  for (let i = 0; i < a.length && degrees > 0; i++)
    for (const [count, sum] of [
      [a[i], sumA],
      [b[i], sumB],
    ]) {
      const expected = ((a[i] + b[i]) * sum) / (sumA + sumB);
      const gap = Math.abs(count - expected);
      statistic += squared(degrees === 1 ? gap - Math.min(0.5, gap) : gap) / expected;
    }
  return { statistic, p: chiSquaredTail(statistic, degrees) };
}

/**
 * Z test of two shares, pooled (Evidently's z_stattest): 2 (1 - Φ(|z|)), whose smallest value above 0 is 2.2e-16.
 *
 * @param a count of the event among `ofA`
 */
export function proportionsZ(a: number, ofA: number, b: number, ofB: number): TestResult {
  const pooled = (a + b) / (ofA + ofB);
  const statistic = (a / ofA - b / ofB) / Math.sqrt(pooled * (1 - pooled) * (1 / ofA + 1 / ofB));
  return { statistic, p: 2 * (1 - normalShare(Math.abs(statistic))) };
}

/**
 * p-values adjusted so that among the rejected the expected share of false ones stays below the level
 * (Benjamini & Hochberg 1995; scipy.stats.false_discovery_control). NaN stays NaN and is not counted.
 */
export function adjustedForMany(p: ArrayLike<number>): Float64Array {
  const order = Array.from({ length: p.length }, (_, i) => i).filter((i) => !Number.isNaN(p[i]));
  order.sort((a, b) => p[b] - p[a]);
  const out = new Float64Array(p.length).fill(NaN);
  let least = 1;
  order.forEach((i, rank) => {
    least = Math.min(least, (p[i] * order.length) / (order.length - rank));
    out[i] = least;
  });
  return out;
}

const squared = (x: number): number => x * x;
const total = (counts: Float64Array): number => counts.reduce((sum, count) => sum + count, 0);
