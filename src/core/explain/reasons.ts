import { logit } from '../numeric/functions';
import { roundToTotal, toPoints, toProbability } from './points';

/** One input column's contribution, ready to be shown. */
export interface Reason {
  /** Position among the model's input columns. */
  input: number;
  contribution: number;
  /** Whole points (percentage points for forests), rounded together with the others that are shown. */
  points: number;
}

export interface Reasons {
  unit: 'margin' | 'probability';
  /** Raise the risk, strongest first. */
  against: Reason[];
  /** Lower the risk, strongest first. */
  inFavour: Reason[];
  /** The rest, taken together; and each of them, strongest first, in points that are not rounded. */
  others: { count: number; contribution: number; points: number; each: Reason[] };
  /** Difference from the base value; the points above add up to it. */
  total: { contribution: number; points: number };
}

const MOST = 11;
const LEAST_POINTS = 1;

/**
 * The strongest reasons whatever their side, at most 11 and of at least one point, by side; and the others as one: none of
 * them weighs more than one that is shown. Points are rounded together, so that the rows add up to the total. Equal contributions keep the
 * order of the columns: the same input always gives the same text.
 */
export function reasonsOf(contributions: Float64Array, unit: 'margin' | 'probability'): Reasons {
  const all = Array.from(contributions, (contribution, input) => ({
    input,
    contribution,
    points: toPoints(contribution, unit),
  }));
  all.sort((a, b) => Math.abs(b.points) - Math.abs(a.points) || a.input - b.input);
  const strong = all.slice(0, MOST).filter(({ points }) => Math.abs(points) >= LEAST_POINTS);
  const against = strong.filter(({ points }) => points > 0);
  const inFavour = strong.filter(({ points }) => points < 0);
  const each = all.slice(strong.length);
  const shown = [...against, ...inFavour];
  const inputs = shown.map(({ input }) => input);
  const { points, others, total } = pointsTogether(contributions, inputs, unit);
  shown.forEach((reason, i) => (reason.points = points[i]));
  return { unit, against, inFavour, others: { ...others, count: each.length, each }, total };
}

/** Points of some inputs and of all others as one, rounded together so that they add up to the total. */
export interface PointsTogether {
  points: number[];
  others: { contribution: number; points: number };
  total: { contribution: number; points: number };
}

export function pointsTogether(
  contributions: Float64Array,
  inputs: readonly number[],
  unit: 'margin' | 'probability',
): PointsTogether {
  const sum = contributions.reduce((total, contribution) => total + contribution, 0);
  const rest = sum - inputs.reduce((total, input) => total + contributions[input], 0);
  const exact = [...inputs.map((input) => contributions[input]), rest];
  const rounded = roundToTotal(exact.map((contribution) => toPoints(contribution, unit)));
  return {
    points: rounded.slice(0, -1),
    others: { contribution: rest, points: rounded[inputs.length] },
    total: { contribution: sum, points: rounded.reduce((total, points) => total + points, 0) },
  };
}

/** Reasons of margins as steps of the probability, in percentage points. */
export interface ReasonSteps {
  /** Of those against and then those in favour, in their order. */
  shown: number[];
  others: number;
  total: number;
  /** Decimals that the steps are rounded to. */
  digits: number;
}

/** Below this or that near to 1 a probability is read with two decimals. */
const SMALL = 0.01;

/**
 * How far each reason moves the probability, one after the other as they are shown, from the average to the client's: the
 * same margin moves it more in the middle than at an end, so a step depends on those before it. Rounded so that they add
 * up to the difference of both ends as they are read.
 *
 * @param base probability of the average client
 */
export function reasonSteps({ against, inFavour, others }: Reasons, base: number): ReasonSteps {
  const contributions = [...against, ...inFavour, others].map(({ contribution }) => contribution);
  const probabilities = [base];
  let margin = logit(base);
  for (const contribution of contributions) {
    margin += contribution;
    probabilities.push(toProbability(margin, 'margin'));
  }
  const result = probabilities[contributions.length];
  const isSmall = Math.max(base, result) < SMALL || Math.min(base, result) > 1 - SMALL;
  const digits = isSmall ? 2 : 1;
  const whole = isSmall ? 100 : 10;
  const scale = 100 * whole;
  const steps = contributions.map((_, i) => scale * (probabilities[i + 1] - probabilities[i]));
  const total = Math.round(scale * result) - Math.round(scale * base);
  const rounded = roundToTotal(steps, total).map((step) => step / whole);
  return {
    shown: rounded.slice(0, -1),
    others: rounded[rounded.length - 1],
    total: total / whole,
    digits,
  };
}
