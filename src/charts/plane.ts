import { scaleLinear } from 'd3-scale';

/** What an axis shows: numbers with ticks of their own, or named places 0 … n - 1. */
export interface Axis {
  low: number;
  high: number;
  ticks: { at: number; label: string }[];
}

/** Numbers from the least to the greatest, at most `count` ticks. */
export function numberAxis(
  values: ArrayLike<number> & Iterable<number>,
  count: number,
  label: (value: number) => string,
  including: readonly number[] = [],
  named = false,
): Axis {
  let low = Infinity;
  let high = -Infinity;
  for (const value of [...values, ...including]) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) [low, high] = [0, 1];
  if (low === high) return { low: low - 0.5, high: high + 0.5, ticks: [{ at: low, label: label(low) }] };
  const distinct = [...new Set([...values, ...including])].filter(Number.isFinite);
  // A column of few values has its ticks there: 0 and 1, not 0.2.
  if (named && distinct.length <= count) {
    const ticks = distinct.sort((a, b) => a - b).map((at) => ({ at, label: label(at) }));
    return { low, high, ticks };
  }
  // The axis ends at ticks: no dot lies on its edge.
  const scale = scaleLinear([low, high], [0, 1]).nice(count);
  const [first, last] = scale.domain();
  return { low: first, high: last, ticks: scale.ticks(count).map((at) => ({ at, label: label(at) })) };
}

export function levelAxis(labels: readonly string[]): Axis {
  return {
    low: -0.5,
    high: Math.max(0.5, labels.length - 0.5),
    ticks: labels.map((label, at) => ({ at, label })),
  };
}

/** From a value to a place between 0 and 1; values beyond stand at the edge. */
export const placeOn =
  ({ low, high }: Axis) =>
  (value: number): number =>
    Math.min(1, Math.max(0, (value - low) / (high - low)));
