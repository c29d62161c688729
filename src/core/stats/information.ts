import { ln } from '../numeric/functions';

/** Added to each count, so that a bin of one outcome has a weight. */
const HALF = 0.5;

/**
 * Information value: sum over bins of (share of the repaid - share of the defaults) * weight of evidence (Siddiqi 2006). Below
 * .02 a column says nothing, from .5 on more than one would believe.
 *
 * @param good repaid rows by bin @param bad defaults by bin; bins without a row count for nothing
 */
export function informationValue(good: ArrayLike<number>, bad: ArrayLike<number>): number {
  const used = Array.from({ length: good.length }, (_, bin) => bin).filter((bin) => good[bin] + bad[bin] > 0);
  const all = (counts: ArrayLike<number>): number => used.reduce((sum, bin) => sum + counts[bin] + HALF, 0);
  const [goods, bads] = [all(good), all(bad)];
  return used.reduce((sum, bin) => {
    const [g, b] = [(good[bin] + HALF) / goods, (bad[bin] + HALF) / bads];
    return sum + (g - b) * ln(g / b);
  }, 0);
}
