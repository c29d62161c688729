import { scaleLinear, type ScaleLinear } from 'd3-scale';
import type { Tick } from './frame';

/** One chunk of a measure over time. */
export interface SeriesPoint {
  label: string;
  value: number;
  /** A second measure of the same, such as the realised one; NaN where there is none. */
  second?: number | undefined;
  low?: number | undefined;
  high?: number | undefined;
  alert: boolean;
}

export interface Limit {
  at: number;
  label: string;
}

export interface SeriesPlan {
  /** Height of a value, 0 top to 100 bottom. */
  up(value: number): number;
  /** Heights of ticks. */
  ticks: Tick[];
  /** Runs of values that are there. */
  line: string;
  band: string;
}

/** What an axis may show. */
export interface AxisRange {
  /** Values that there can't be below or above: the axis ends there. */
  least?: number | undefined;
  most?: number | undefined;
  /** A value that is in sight. */
  from?: number | undefined;
  /** Counts: no tick between whole numbers. */
  whole?: boolean | undefined;
}

/** Where the points of a series stand; gaps break the line. */
export function planSeries(
  points: readonly SeriesPoint[],
  limits: readonly Limit[],
  format: (value: number) => string,
  { least: floor = -Infinity, most: ceiling = Infinity, from, whole = false }: AxisRange = {},
): SeriesPlan {
  const values = points.flatMap(({ value, second, low, high }) => [value, second, low, high]);
  const there = [...values, ...limits.map(({ at }) => at), from].filter(
    (value): value is number => value !== undefined && Number.isFinite(value),
  );
  const [least, most] = there.length ? [Math.min(...there), Math.max(...there)] : [0, 1];
  const pad = least === most ? Math.abs(least) || 1 : 0;
  const scale = scaleLinear([least - pad, most + pad], [100, 0]).nice(4);
  const [low, high] = scale.domain();
  scale.domain([Math.max(low, floor), Math.min(high, ceiling)]);
  const x = (i: number) => xOf(i, points.length);
  return {
    up: scale,
    ticks: ticksOf(scale, whole).map((at) => ({ at: scale(at), label: format(at) })),
    line: runs(points, ({ value }) => value, x, scale),
    band: bandOf(points, x, scale),
  };
}

/** Some four ticks; of counts, whole ones. */
function ticksOf(scale: ScaleLinear<number, number>, whole: boolean): number[] {
  const ticks = scale.ticks(4);
  return whole ? ticks.filter(Number.isInteger) : ticks;
}

/** Place of a point across, in percent: single points stand in the middle. */
export const xOf = (i: number, count: number): number => (count === 1 ? 50 : 2 + (i / (count - 1)) * 96);

function runs(
  points: readonly SeriesPoint[],
  of: (point: SeriesPoint) => number,
  x: (i: number) => number,
  y: (value: number) => number,
): string {
  let path = '';
  let open = false;
  points.forEach((point, i) => {
    const value = of(point);
    if (!Number.isFinite(value)) open = false;
    else {
      path += `${open ? 'L' : 'M'}${x(i).toFixed(2)} ${y(value).toFixed(2)}`;
      open = true;
    }
  });
  return path;
}

function bandOf(
  points: readonly SeriesPoint[],
  x: (i: number) => number,
  y: (value: number) => number,
): string {
  const there = points.flatMap(({ low, high }, i) =>
    low !== undefined && high !== undefined && Number.isFinite(low) && Number.isFinite(high)
      ? [{ i, low, high }]
      : [],
  );
  if (there.length < 2) return '';
  const upper = there.map(({ i, high }) => `${x(i).toFixed(2)} ${y(high).toFixed(2)}`);
  const lower = there.map(({ i, low }) => `${x(i).toFixed(2)} ${y(low).toFixed(2)}`).reverse();
  return `M${[...upper, ...lower].join('L')}Z`;
}
