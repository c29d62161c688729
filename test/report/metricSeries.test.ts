import { expect, test } from 'vitest';
import type { ChunkReport } from '../../src/core/drift/compare';
import type { MetricValue } from '../../src/core/drift/metric';
import { metricSeries } from '../../src/report/metricSeries';

const value = (changes: Partial<MetricValue>): MetricValue =>
  ({
    name: 'roc_auc',
    estimated: 0.7,
    realized: NaN,
    error: 0.01,
    lower: 0.6,
    upper: 1,
    alert: false,
    ...changes,
  }) as MetricValue;
const chunk = (...metrics: MetricValue[]) => ({ metrics }) as unknown as ChunkReport;

test('a metric by chunk: its points, the limits that can be passed, what was outside', () => {
  const [series] = metricSeries([
    chunk(value({})),
    chunk(value({ estimated: 0.5, alert: true, realized: 0.55 })),
    chunk(value({ realized: 0.65 })),
  ]);
  expect(series.points.map(({ value }) => value)).toEqual([0.7, 0.5, 0.7]);
  // 1 is the most that an area can be: nothing passes it.
  expect(series.limits).toEqual([0.6]);
  expect([series.alerts, series.realized, series.outside]).toEqual([1, 2, 1]);
  expect(series.last.realized).toBe(0.65);
});

test('what was nowhere estimated has no series; no chunk, none', () => {
  expect(metricSeries([chunk(value({ estimated: NaN }))])).toEqual([]);
  expect(metricSeries([])).toEqual([]);
});
