import { ln } from '../numeric/functions';

/**
 * Area under the ROC curve: share of (default, repaid) pairs that are ranked right, ties half
 * (Mann-Whitney U; scikit-learn roc_auc_score). NaN without both classes.
 *
 * @param target 0 or 1 a row
 * @param score larger is riskier
 */
export function auc(target: ArrayLike<number>, score: ArrayLike<number>): number {
  const order = Uint32Array.from({ length: score.length }, (_, i) => i).sort((a, b) => score[a] - score[b]);
  let positives = 0;
  let rankSum = 0;
  for (let i = 0; i < order.length;) {
    let j = i;
    while (j < order.length && (j === i || score[order[j]] === score[order[i]])) j++;
    const rank = (i + j + 1) / 2;
    for (; i < j; i++) {
      if (target[order[i]] !== 1) continue;
      positives++;
      rankSum += rank;
    }
  }
  const negatives = order.length - positives;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

/** Mean negative log-likelihood, probabilities clipped to float64's epsilon (scikit-learn log_loss). */
export function logLoss(target: ArrayLike<number>, probability: ArrayLike<number>): number {
  const least = Number.EPSILON;
  let sum = 0;
  for (let i = 0; i < target.length; i++) {
    const p = Math.min(Math.max(probability[i], least), 1 - least);
    sum -= ln(target[i] === 1 ? p : 1 - p);
  }
  return sum / target.length;
}

/** Mean squared difference of probability and outcome (scikit-learn brier_score_loss). */
export function brier(target: ArrayLike<number>, probability: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < target.length; i++) sum += square(probability[i] - target[i]);
  return sum / target.length;
}

const square = (x: number): number => x * x;
