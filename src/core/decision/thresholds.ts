import type { Ranked } from '../metrics/ranked';
import { sigmoid } from '../numeric/functions';
import { bootstrapIntervals, type Drawn } from '../stats/bootstrap';
import { lowerBound } from '../stats/search';
import { unitCosts, type Costs } from './cost';
import type { DecisionRule } from './decision';

/** How a rule divides scores. */
export interface Zones {
  accepted: number;
  review: number;
  refused: number;
  /** Weight of the defaults among those who are accepted. */
  acceptedDefaults: number;
}

export function zonesAt(
  { scores, defaults }: Ranked,
  { threshold, reviewFrom = threshold }: DecisionRule,
): Zones {
  const refusedFrom = lowerBound(scores, threshold);
  const reviewedFrom = Math.min(refusedFrom, lowerBound(scores, reviewFrom));
  return {
    accepted: reviewedFrom,
    review: refusedFrom - reviewedFrom,
    refused: scores.length - refusedFrom,
    acceptedDefaults: defaults[reviewedFrom],
  };
}

/** Weights of the four kinds of decision where all from a threshold on are refused: a review accepts. */
export interface Mistakes {
  /** Defaults that are not refused. */
  falseNegative: number;
  /** Repayers who are refused. */
  falsePositive: number;
  truePositive: number;
  trueNegative: number;
}

export const mistakesAt = (of: Ranked, threshold: number): Mistakes =>
  mistakesFrom(of, lowerBound(of.scores, threshold), {
    falseNegative: 0,
    falsePositive: 0,
    truePositive: 0,
    trueNegative: 0,
  });

/** Where the first `kept` rows are not refused. @param into written to: no allocation in a loop over all rows */
function mistakesFrom({ scores, defaults, repaid }: Ranked, kept: number, into: Mistakes): Mistakes {
  const last = scores.length;
  into.falseNegative = defaults[kept];
  into.trueNegative = repaid[kept];
  into.truePositive = defaults[last] - defaults[kept];
  into.falsePositive = repaid[last] - repaid[kept];
  return into;
}

/** What a threshold is chosen by: the cost of its mistakes, or F-beta, in which a default caught counts beta times a repayer spared. */
export type Objective = { kind: 'cost'; costs: Costs } | { kind: 'fBeta'; beta: number };

/** Column that weighs an objective's mistakes; "" where all count alike. */
export const amountOf = (objective: Objective): string =>
  objective.kind === 'cost' && objective.costs.kind === 'amount' ? objective.costs.column : '';

/** Cost a row: lower is better. */
export function costOf({ falseNegative, falsePositive }: Mistakes, costs: Costs, rows: number): number {
  const unit = unitCosts(costs);
  return (unit.falseNegative * falseNegative + unit.falsePositive * falsePositive) / rows;
}

/** F-beta of the refusals as finders of defaults (scikit-learn fbeta_score); 0 where nothing is found. */
export function fBetaOf({ truePositive, falsePositive, falseNegative }: Mistakes, beta: number): number {
  const square = beta * beta;
  const whole = (1 + square) * truePositive + square * falseNegative + falsePositive;
  return whole === 0 ? 0 : ((1 + square) * truePositive) / whole;
}

/** The objective's value at a threshold: a cost a row, or F-beta. */
export const objectiveAt = (of: Ranked, objective: Objective, threshold: number): number =>
  valueOf(mistakesAt(of, threshold), objective, of.scores.length);

/**
 * The objective along a log-odds axis.
 *
 * @param domain log-odds of both ends
 * @returns values at `points` places, 0 to 1 of the axis
 */
export function objectiveCurve(
  of: Ranked,
  objective: Objective,
  [low, high]: readonly [number, number],
  points: number,
): { at: number; value: number }[] {
  return Array.from({ length: points }, (_, i) => {
    const at = i / (points - 1);
    return { at, value: objectiveAt(of, objective, sigmoid(low + at * (high - low))) };
  });
}

const valueOf = (mistakes: Mistakes, objective: Objective, rows: number): number =>
  objective.kind === 'cost' ? costOf(mistakes, objective.costs, rows) : fBetaOf(mistakes, objective.beta);

const isBetter = (a: number, b: number, { kind }: Objective): boolean => (kind === 'cost' ? a < b : a > b);

export interface Best {
  /** Refused from here on; 1 where refusing nobody is best. */
  threshold: number;
  value: number;
}

/**
 * The threshold with the best value of all that divide these rows otherwise; the highest of equal ones, which refuses the
 * fewest. It lies half-way between the scores on its sides: any other between them divides these rows the same.
 */
export function bestThreshold(of: Ranked, objective: Objective): Best {
  const { scores } = of;
  const rows = scores.length;
  const mistakes = mistakesAt(of, 1);
  let best: Best = { threshold: 1, value: valueOf(mistakes, objective, rows) };
  for (let kept = rows - 1; kept >= 0; kept--) {
    if (kept > 0 && scores[kept - 1] === scores[kept]) continue;
    const value = valueOf(mistakesFrom(of, kept, mistakes), objective, rows);
    if (!isBetter(value, best.value, objective)) continue;
    best = { threshold: kept > 0 ? between(scores[kept - 1], scores[kept]) : 0, value };
  }
  return best;
}

/** As few decimals as divide the rows the same. */
export function plainest({ scores }: Pick<Ranked, 'scores'>, threshold: number): number {
  const kept = lowerBound(scores, threshold);
  for (let scale = 1000; scale <= 1e9; scale *= 10) {
    const rounded = Math.round(scale * threshold) / scale;
    if (lowerBound(scores, rounded) === kept) return rounded;
  }
  return threshold;
}

/** Half-way; of neighbours without a number between, the greater: the less is not refused. */
function between(less: number, greater: number): number {
  const middle = (less + greater) / 2;
  return middle > less ? middle : greater;
}

/**
 * Bounds between which the best threshold lies in 95 % of samples drawn from these rows with replacement (percentile bootstrap,
 * Efron 1979). Seeded: the same rows give the same bounds.
 */
export async function bestInterval(
  of: Ranked,
  objective: Objective,
  drawn: Drawn,
): Promise<[number, number] | null> {
  const rows = of.scores.length;
  const sample: Ranked = { ...of, defaults: new Float64Array(rows + 1), repaid: new Float64Array(rows + 1) };
  const [interval] = await bootstrapIntervals(
    rows,
    (times) => {
      for (let i = 0; i < rows; i++) {
        sample.defaults[i + 1] = sample.defaults[i] + times[i] * (of.defaults[i + 1] - of.defaults[i]);
        sample.repaid[i + 1] = sample.repaid[i] + times[i] * (of.repaid[i + 1] - of.repaid[i]);
      }
      return [bestThreshold(sample, objective).threshold];
    },
    drawn,
  );
  return interval;
}

/** Clients by what they are under the rule in force and under a proposed one: [in force][proposed], accepted, review, refused. */
export type SwapSet = [number[], number[], number[]];

/** Whoever changes lies between a bound of one rule and the same bound of the other. */
export function swapSet(
  { scores }: Pick<Ranked, 'scores'>,
  inForce: DecisionRule,
  proposed: DecisionRule,
): SwapSet {
  const [before, after] = [inForce, proposed].map(({ threshold, reviewFrom = threshold }) => {
    const refused = lowerBound(scores, threshold);
    return [0, Math.min(refused, lowerBound(scores, reviewFrom)), refused, scores.length];
  });
  return [0, 1, 2].map((from) =>
    [0, 1, 2].map((to) =>
      Math.max(0, Math.min(before[from + 1], after[to + 1]) - Math.max(before[from], after[to])),
    ),
  ) as SwapSet;
}

/** Scores that a proposed rule decides otherwise, each range from its first up to below its second. */
export function swapRanges(inForce: DecisionRule, proposed: DecisionRule): [number, number][] {
  const bounds = ({ threshold, reviewFrom = threshold }: DecisionRule) => [
    Math.min(reviewFrom, threshold),
    threshold,
  ];
  const [before, after] = [bounds(inForce), bounds(proposed)];
  return before.flatMap((bound, i): [number, number][] =>
    bound === after[i] ? [] : [[Math.min(bound, after[i]), Math.max(bound, after[i])]],
  );
}
