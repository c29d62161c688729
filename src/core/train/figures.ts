import type { Costs } from '../decision/cost';
import { auc } from '../metrics/binary';
import { sampledFigures } from '../metrics/validation';

/** A model's figures on some rows, by the names that run.json has. */
export interface RunFigures {
  auc: number;
  gini: number;
  ks: number;
  logLoss: number;
  brier: number;
  accuracy: number;
  balancedAccuracy: number;
  precision: number;
  recall: number;
  f1: number;
  /** Mean cost a row. */
  cost: number;
}

/** @param amounts of the rows, where the costs are shares of one */
export function runFigures(
  target: Uint8Array,
  score: Float64Array,
  { threshold, costs, amounts }: { threshold: number; costs: Costs; amounts?: Float64Array | undefined },
): RunFigures {
  const money = amounts ? { amounts } : {};
  const { figures } = sampledFigures(target, score, { threshold, costs, beta: 1, ...money });
  const all = figures(new Uint32Array(target.length).fill(1));
  const area = auc(target, score);
  const { ks, logLoss, brier, accuracy, balancedAccuracy, precision, recall, f1, cost } = all;
  return {
    auc: area,
    gini: 2 * area - 1,
    ks,
    logLoss,
    brier,
    accuracy,
    balancedAccuracy,
    precision,
    recall,
    f1,
    cost,
  };
}
