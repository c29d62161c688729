import { roundToTotal, toPoints } from './points';

/** One input column's contribution, ready to be shown. */
export interface Reason {
  /** Position among the model's input columns. */
  input: number;
  contribution: number;
  /** Whole points (percentage points for forests). */
  points: number;
}

export interface Reasons {
  unit: 'margin' | 'probability';
  /** Raise the risk, strongest first. */
  against: Reason[];
  /** Lower the risk, strongest first. */
  inFavour: Reason[];
  /** The rest, taken together. */
  others: { count: number; contribution: number; points: number };
  /** Difference from the base value; the points above add up to it. */
  total: { contribution: number; points: number };
}

const MOST_AGAINST = 6;
const MOST_IN_FAVOUR = 5;
const LEAST_POINTS = 1;

/**
 * The strongest reasons each way, at most 6 and 5 and of at least one point, and the others as one.
 * Points are rounded together, so that the rows add up to the total. Equal contributions keep the
 * order of the columns: the same input always gives the same text.
 */
export function reasonsOf(contributions: Float64Array, unit: 'margin' | 'probability'): Reasons {
  const all = Array.from(contributions, (contribution, input) => ({
    input,
    contribution,
    points: toPoints(contribution, unit),
  }));
  const strong = all.filter(({ points }) => Math.abs(points) >= LEAST_POINTS);
  const bySize = (a: Reason, b: Reason) => Math.abs(b.points) - Math.abs(a.points) || a.input - b.input;
  const against = strong
    .filter(({ points }) => points > 0)
    .sort(bySize)
    .slice(0, MOST_AGAINST);
  const inFavour = strong
    .filter(({ points }) => points < 0)
    .sort(bySize)
    .slice(0, MOST_IN_FAVOUR);
  const shown = [...against, ...inFavour];
  const sum = all.reduce((total, { contribution }) => total + contribution, 0);
  const rest = sum - shown.reduce((total, { contribution }) => total + contribution, 0);
  const rounded = roundToTotal([...shown.map(({ points }) => points), toPoints(rest, unit)]);
  shown.forEach((reason, i) => (reason.points = rounded[i]));
  return {
    unit,
    against,
    inFavour,
    others: { count: all.length - shown.length, contribution: rest, points: rounded[shown.length] },
    total: { contribution: sum, points: rounded.reduce((total, points) => total + points, 0) },
  };
}
