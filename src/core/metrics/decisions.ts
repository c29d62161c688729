import type { Mistakes } from '../decision/thresholds';

/** Figures of a rule's decisions, a refusal being the finding of a default. NaN where there is nothing to take a share of. */
export interface DecisionFigures {
  /** Share that is not refused. */
  approved: number;
  /** Share that defaults, whatever is decided. */
  defaulted: number;
  /** Share of the refused that default. */
  precision: number;
  /** Share of the defaults that are refused. */
  recall: number;
  /** Share of the repaid that are refused. */
  falsePositiveRate: number;
  f1: number;
  accuracy: number;
  /** Mean of the shares of defaults and of repaid that are decided right. */
  balancedAccuracy: number;
}

/** As scikit-learn defines them, but for a share of nothing, which it calls 0. */
export function decisionFigures(of: Mistakes): DecisionFigures {
  const { truePositive: caught, falsePositive: spoiled, falseNegative: missed, trueNegative: spared } = of;
  const rows = caught + spoiled + missed + spared;
  const recall = caught / (caught + missed);
  const specificity = spared / (spared + spoiled);
  return {
    approved: (missed + spared) / rows,
    defaulted: (caught + missed) / rows,
    precision: caught / (caught + spoiled),
    recall,
    falsePositiveRate: 1 - specificity,
    f1: (2 * caught) / (2 * caught + spoiled + missed),
    accuracy: (caught + spared) / rows,
    balancedAccuracy: (recall + specificity) / 2,
  };
}
