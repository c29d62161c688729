import { scaleLinear } from 'd3-scale';
import { logit, sigmoid } from '../core/numeric/functions';
import type { ScoreScale } from '../core/stats/scoreScale';

/** From a probability to its place on the axis, in percent; what lies beyond an end stands there. */
export function placeOnScale({ domain }: Pick<ScoreScale, 'domain'>): (p: number) => number {
  const x = scaleLinear().domain(domain).range([0, 100]).clamp(true);
  return (p) => x(logit(p));
}

/** A threshold that somebody would say: a tenth of a percent, below 1 % a hundredth. */
export const roundedShare = (p: number): number =>
  p < 0.01 ? Math.round(p * 1e4) / 1e4 : Math.round(p * 1e3) / 1e3;

const KEY_STEPS: Record<string, number> = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 };

/** Where a key moves a bound: by a tenth of a percent, by one with Shift, to an end of the axis; null of other keys. */
export function stepped(
  { key, shiftKey }: Pick<KeyboardEvent, 'key' | 'shiftKey'>,
  from: number,
  { domain: [low, high] }: Pick<ScoreScale, 'domain'>,
): number | null {
  if (key === 'Home') return roundedShare(sigmoid(low));
  if (key === 'End') return roundedShare(sigmoid(high));
  if (!Object.hasOwn(KEY_STEPS, key)) return null;
  const to = from + KEY_STEPS[key] * (shiftKey ? 0.01 : 0.001);
  return Math.round(Math.max(0, Math.min(1, to)) * 1e4) / 1e4;
}

type Point = { at: number; value: number };

/** From a value to its distance from the top of a 100 x 100 box: the greatest of the points above, flat ones in the middle. */
export function curveHeight(points: readonly Point[]): (value: number) => number {
  const values = points.map(({ value }) => value);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return scaleLinear()
    .domain(most > least ? [least, most] : [least - 1, most + 1])
    .range([92, 6])
    .clamp(true);
}

/** A line through points. @param points places from 0 to 1 */
export function curvePath(points: readonly Point[]): string {
  const top = curveHeight(points);
  return points
    .map(({ at, value }, i) => `${i ? 'L' : 'M'}${(100 * at).toFixed(2)} ${top(value).toFixed(2)}`)
    .join('');
}

/** Room that a name needs beside its mark, in CSS pixels. */
const NAME_PIXELS = 130;

/**
 * Names of a rule's bounds, the review's before its handle and the threshold's after it; where one has no room on its side, both
 * stand on the other.
 *
 * @param at places of the marks in percent of the axis
 * @param width of the axis in CSS pixels
 */
export function namesBeside(
  at: { reviewFrom: number; threshold: number; inForce: number },
  names: { reviewFrom: string; threshold: string },
  width: number,
): { reviewFrom: string; threshold: string; inForce: 'before' | 'after' } {
  const roomBefore = (place: number) => (place / 100) * width;
  const roomAfter = (place: number) => width - roomBefore(place);
  const both = [names.reviewFrom, names.threshold].filter(Boolean).join(' · ');
  const inForce = roomAfter(at.inForce) < NAME_PIXELS ? 'before' : 'after';
  if (roomAfter(at.threshold) < NAME_PIXELS) return { reviewFrom: both, threshold: '', inForce };
  if (roomBefore(at.reviewFrom) < NAME_PIXELS) return { reviewFrom: '', threshold: both, inForce };
  return { ...names, inForce };
}
