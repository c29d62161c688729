import type { ChunkReport } from '../core/drift/compare';
import { isAlert } from '../core/drift/limits';
import { intervalOf, rangeOf, type Metric, type MetricValue } from '../core/drift/metric';

/** A metric by chunk, as it is drawn. */
export interface MetricSeries {
  name: Metric;
  /** `second` is the realised value, NaN where outcomes are not known; `low` and `high` three standard errors about. */
  points: { value: number; second: number; low: number; high: number; alert: boolean }[];
  /** Limits that a value can pass: none at the ends of what the metric can be. */
  limits: number[];
  last: MetricValue;
  /** Chunks whose estimate is beyond a limit; with outcomes; whose realised value is beyond a limit. */
  alerts: number;
  realized: number;
  outside: number;
}

/** @param chunks those that have metrics, all the same ones @returns a series a metric; none that was nowhere estimated */
export function metricSeries(chunks: readonly ChunkReport[]): MetricSeries[] {
  const names = chunks[0]?.metrics.map(({ name }) => name) ?? [];
  return names
    .map((name, position) =>
      seriesOf(
        name,
        chunks.map(({ metrics }) => metrics[position]),
      ),
    )
    .filter(({ points }) => points.some(({ value }) => Number.isFinite(value)));
}

function seriesOf(name: Metric, values: readonly MetricValue[]): MetricSeries {
  const [{ lower, upper }] = values;
  const [least, most] = rangeOf(name);
  const known = values.filter(({ realized }) => Number.isFinite(realized));
  return {
    name,
    points: values.map((value) => {
      const [low, high] = intervalOf(value);
      return { value: value.estimated, second: value.realized, low, high, alert: value.alert };
    }),
    limits: [lower, upper].filter((at) => at !== null).filter((at) => at > least && at < most),
    last: values[values.length - 1],
    alerts: values.filter(({ alert }) => alert).length,
    realized: known.length,
    outside: known.filter(({ realized }) => isAlert(realized, { lower, upper })).length,
  };
}
