import { scaleLinear } from 'd3-scale';
import { logit } from '../core/numeric/functions';
import type { ScoreScale } from '../core/stats/scoreScale';

/** Where the marks of the ruler stand, in percent of its width. */
export interface RulerLayout {
  /** Client's pin; `beyond` when its true place is off the axis. */
  pin: { at: number; beyond: 'left' | 'right' | null; labelLeft: boolean };
  threshold: { at: number; labelLeft: boolean };
  /** Ends of the zones: accepted | review | refused. */
  zones: { accepted: number; review: number; refused: number };
  ticks: { at: number; value: number }[];
  /** Outline of the histogram in a 100 x 100 box, bars standing on its floor. */
  histogram: string;
}

const TICKS = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995,
  0.999,
];
const TICK_PIXELS = 34;

/** Where a second pin stands, its label away from the first one's. */
export function pinOf(scale: ScoreScale, probability: number, from: number): RulerLayout['pin'] {
  const raw = scaleLinear().domain(scale.domain).range([0, 100])(logit(probability));
  const at = Math.max(0, Math.min(100, raw));
  return { at, beyond: raw < 0 ? 'left' : raw > 100 ? 'right' : null, labelLeft: labelLeft(at, from) };
}

/** @param width of the ruler in CSS pixels, for the room that ticks need */
export function rulerLayout(
  scale: ScoreScale,
  probability: number,
  threshold: number,
  reviewFrom: number | undefined,
  width: number,
): RulerLayout {
  const x = scaleLinear().domain(scale.domain).range([0, 100]);
  const place = (p: number) => Math.max(0, Math.min(100, x(logit(p))));
  const at = place(threshold);
  const review = place(reviewFrom ?? threshold);
  const pin = pinOf(scale, probability, at);
  return {
    pin,
    threshold: { at, labelLeft: !pin.labelLeft },
    zones: { accepted: review, review: at - review, refused: 100 - at },
    ticks: spacedTicks(x, width),
    histogram: histogramPath(scale.counts),
  };
}

/** The pin's label goes to the side away from the threshold, unless the edge is near. */
function labelLeft(pin: number, threshold: number): boolean {
  if (pin < 18) return false;
  if (pin > 82) return true;
  return pin < threshold;
}

export function spacedTicks(x: (margin: number) => number, width: number): { at: number; value: number }[] {
  const ticks: { at: number; value: number }[] = [];
  const room = (TICK_PIXELS / Math.max(1, width)) * 100;
  for (const value of TICKS) {
    const at = x(logit(value));
    const last = ticks.at(-1);
    if (at < room / 2 || at > 100 - room / 2 || (last && at - last.at < room)) continue;
    ticks.push({ at, value });
  }
  return ticks;
}

export function histogramPath(counts: readonly number[]): string {
  const most = Math.max(1, ...counts);
  const step = 100 / counts.length;
  return counts
    .map((count, i) =>
      count
        ? `M${(i * step + 0.1).toFixed(2)} 100V${(100 - (92 * count) / most).toFixed(2)}h${(step - 0.2).toFixed(2)}V100Z`
        : '',
    )
    .join('');
}
