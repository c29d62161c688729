/** Refused defaults, refused repayers, accepted defaults, accepted repayers: counts, or expected counts. */
export interface Confusion {
  tp: number;
  fp: number;
  fn: number;
  tn: number;
}

/**
 * Counts decisions against outcomes.
 *
 * @param refused 1 refused, 0 not
 * @param defaults P(default) or the outcome, 0 to 1: a share counts for both outcomes in its proportion
 */
export function confusionOf(refused: ArrayLike<number>, defaults: ArrayLike<number>): Confusion {
  const out = { tp: 0, fp: 0, fn: 0, tn: 0 };
  for (let i = 0; i < defaults.length; i++) {
    const p = defaults[i];
    if (refused[i]) {
      out.tp += p;
      out.fp += 1 - p;
    } else {
      out.fn += p;
      out.tn += 1 - p;
    }
  }
  return out;
}

export type ConfusionMetric = 'f1' | 'precision' | 'recall' | 'specificity' | 'accuracy';

/** A metric of counts as scikit-learn defines it; 0 where its whole is empty (zero_division=0). */
export function confusionMetric(metric: ConfusionMetric, { tp, fp, fn, tn }: Confusion): number {
  const share = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);
  switch (metric) {
    case 'f1':
      return share(tp, tp + (fp + fn) / 2);
    case 'precision':
      return share(tp, tp + fp);
    case 'recall':
      return share(tp, tp + fn);
    case 'specificity':
      return share(tn, tn + fp);
    case 'accuracy':
      return share(tp + tn, tp + fp + fn + tn);
  }
}
