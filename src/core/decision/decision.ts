/** Refused from `threshold` on; `reviewFrom` <= threshold opens a review zone below it. */
export interface DecisionRule {
  threshold: number;
  reviewFrom?: number | undefined;
}

export type Decision = 'accepted' | 'review' | 'refused' | 'unscored';

/** The decision on an unrounded probability; NaN is not scored. */
export function decide(probability: number, rule: DecisionRule): Decision {
  if (Number.isNaN(probability)) return 'unscored';
  if (probability >= rule.threshold) return 'refused';
  return probability >= (rule.reviewFrom ?? rule.threshold) ? 'review' : 'accepted';
}

export const isRefused = (probability: number, rule: DecisionRule): boolean =>
  decide(probability, rule) === 'refused';

/** 1 where a score is refused, 0 elsewhere; what is not scored is not refused. */
export const refusals = (probabilities: Float64Array, rule: DecisionRule): Uint8Array =>
  Uint8Array.from(probabilities, (p) => (isRefused(p, rule) ? 1 : 0));
