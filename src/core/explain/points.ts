import { ln, logit, sigmoid } from '../numeric/functions';

/** Points of one unit of margin: 20 points double the odds. */
const POINTS_PER_MARGIN = 20 / ln(2);

/** What a contribution is shown in: points for margins, percentage points for probabilities. */
export function toPoints(value: number, unit: 'margin' | 'probability'): number {
  return unit === 'margin' ? value * POINTS_PER_MARGIN : value * 100;
}

/** The contribution that so many points show. */
export function fromPoints(points: number, unit: 'margin' | 'probability'): number {
  return unit === 'margin' ? points / POINTS_PER_MARGIN : points / 100;
}

/** The probability so many points away from another. */
export function probabilityAway(from: number, points: number, unit: 'margin' | 'probability'): number {
  const moved = (unit === 'margin' ? logit(from) : from) + fromPoints(points, unit);
  return Math.max(0, Math.min(1, toProbability(moved, unit)));
}

/** P(default) of an output in the unit of an explanation. */
export function toProbability(output: number, unit: 'margin' | 'probability'): number {
  return unit === 'margin' ? sigmoid(output) : output;
}

/**
 * Rounds to integers that add up to the rounded total: the largest-remainder method (Hamilton),
 * ties to the earlier value.
 *
 * @param total less than 1 from the sum of the values
 */
export function roundToTotal(
  values: readonly number[],
  total = Math.round(values.reduce((sum, value) => sum + value, 0)),
): number[] {
  const floors = values.map(Math.floor);
  const short = total - floors.reduce((sum, value) => sum + value, 0);
  const order = values
    .map((_, i) => i)
    .sort((a, b) => values[b] - floors[b] - (values[a] - floors[a]) || a - b);
  const raised = new Set(order.slice(0, Math.max(0, short)));
  return floors.map((floor, i) => floor + (raised.has(i) ? 1 : 0));
}
