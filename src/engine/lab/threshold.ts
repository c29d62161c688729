import type { Costs } from '../../core/decision/cost';
import {
  bestInterval,
  bestThreshold,
  objectiveAt,
  plainest,
  type Objective,
} from '../../core/decision/thresholds';
import { ranked } from '../../core/metrics/ranked';
import type { Recipe } from './recipe';

/** Where to refuse and where to look, chosen on scores of rows that the scoring model never saw. */
export interface ChosenThreshold {
  threshold: number;
  reviewFrom: number;
  /** 95 % of resampled rows have their best threshold in here; null where too few have one. */
  interval: [number, number] | null;
  /** What the threshold costs or reaches. */
  value: number;
  /** No refusal is worth its cost: the threshold is the greatest that a bundle may have. */
  refusesNobody: boolean;
}

const SAMPLES = 200;
/** Steps in which the review zone is looked for. */
const STEP = 0.005;

export const objectiveOf = ({ fBeta }: Recipe['threshold'], costs: Costs): Objective =>
  fBeta === undefined ? { kind: 'cost', costs } : { kind: 'fBeta', beta: fBeta };

export async function chooseThreshold(
  target: Uint8Array,
  scores: Float64Array,
  task: {
    objective: Objective;
    reviewMargin: number;
    amounts?: Float64Array | undefined;
    seed: number;
    pause: () => Promise<void>;
  },
): Promise<ChosenThreshold> {
  const { objective, reviewMargin, amounts, seed, pause } = task;
  const rows = ranked(scores, target, amounts);
  const best = bestThreshold(rows, objective);
  const threshold = inside(plainest(rows, best.threshold));
  const interval = await bestInterval(rows, objective, { samples: SAMPLES, seed, pause });
  const enough = (at: number): boolean => {
    const value = objectiveAt(rows, objective, at);
    return objective.kind === 'cost'
      ? value <= best.value * (1 + reviewMargin)
      : value >= best.value * (1 - reviewMargin);
  };
  let reviewFrom = threshold;
  while (reviewFrom > 2 * STEP && enough(reviewFrom - STEP)) reviewFrom -= STEP;
  return {
    threshold,
    reviewFrom: Math.round(1000 * reviewFrom) / 1000,
    // The threshold is told in as few decimals as divide the rows the same: its bounds outwards.
    interval: interval && [
      inside(Math.floor(1000 * interval[0]) / 1000),
      inside(Math.ceil(1000 * interval[1]) / 1000),
    ],
    value: best.value,
    refusesNobody: best.threshold === 1,
  };
}

/** A threshold that refuses everybody or nobody is no threshold: the nearest that a bundle may have. */
const inside = (threshold: number): number => Math.min(0.999, Math.max(0.001, threshold));
