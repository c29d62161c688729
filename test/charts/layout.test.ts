import { describe, expect, test } from 'vitest';
import { planSeries, type AxisRange } from '../../src/charts/series';
import { barLayout } from '../../src/charts/reasonBars';
import { rulerLayout } from '../../src/charts/ruler';
import { scoreScale } from '../../src/core/stats/scoreScale';

const portfolio = Float64Array.from({ length: 1000 }, (_, i) => (i + 1) / 1002);

test.each([0.001, 0.091, 0.48, 0.999])('threshold %d keeps its room and its zones', (threshold) => {
  const layout = rulerLayout(scoreScale(portfolio, threshold), 0.3, threshold, threshold * 0.8, 700);
  expect(layout.threshold.at).toBeGreaterThan(5);
  expect(layout.threshold.at).toBeLessThan(95);
  const { accepted, review, refused } = layout.zones;
  expect(accepted + review + refused).toBeCloseTo(100, 9);
  expect(review).toBeGreaterThan(0);
});

test('a client beyond the axis is pinned at its edge', () => {
  const scale = scoreScale(portfolio, 0.48);
  expect(rulerLayout(scale, 0.00001, 0.48, undefined, 700).pin).toMatchObject({
    at: 0,
    beyond: 'left',
    labelLeft: false,
  });
  expect(rulerLayout(scale, 0.99999, 0.48, undefined, 700).pin).toMatchObject({
    at: 100,
    beyond: 'right',
    labelLeft: true,
  });
});

test('labels of pin and threshold go opposite ways', () => {
  const scale = scoreScale(portfolio, 0.48);
  for (const p of [0.1, 0.47, 0.48, 0.49, 0.9]) {
    const { pin, threshold } = rulerLayout(scale, p, 0.48, undefined, 700);
    expect(pin.labelLeft).not.toBe(threshold.labelLeft);
  }
});

test('ticks stay 34 pixels apart', () => {
  for (const width of [200, 390, 1000]) {
    const { ticks } = rulerLayout(scoreScale(portfolio, 0.48), 0.3, 0.48, undefined, width);
    const pixels = ticks.map(({ at }) => (at * width) / 100);
    pixels.slice(1).forEach((x, i) => expect(x - pixels[i]).toBeGreaterThanOrEqual(33.9));
  }
});

test.each([[[21, 3, -13, -1]], [[1]], [[-1]], [[60]], [[-40, -2]], [[]]])(
  'bars %j stay inside, with room for their labels',
  (points) => {
    const { zero, bars } = barLayout(points);
    for (const { left, width } of bars) {
      expect(left).toBeGreaterThanOrEqual(13.9);
      expect(left + width).toBeLessThanOrEqual(86.1);
    }
    expect(zero).toBeGreaterThanOrEqual(14);
  },
);

test('one scale for both sides, and small effects look small', () => {
  const { bars } = barLayout([10, -10]);
  expect(bars[0].width).toBeCloseTo(bars[1].width, 9);
  expect(barLayout([1]).bars[0].width).toBeLessThan(20);
});

describe('a series', () => {
  const points = (values: number[]) => values.map((value, i) => ({ label: String(i), value, alert: false }));
  const ticks = (values: number[], axis: AxisRange) =>
    planSeries(points(values), [], String, axis).ticks.map(({ label }) => Number(label));

  test('the axis ends where values do: shares at 0 and 1, counts at whole numbers from 0', () => {
    const shares = ticks([0.2, 0.99], { least: 0, most: 1 });
    expect([shares[0], shares.at(-1)]).toEqual([0.2, 1]);
    expect(ticks([1, 1], { least: 0, most: 1 })).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(ticks([0, 2], { from: 0, least: 0, whole: true })).toEqual([0, 1, 2]);
    expect(ticks([0, 0], { from: 0, least: 0, whole: true })).toEqual([0, 1]);
    expect(ticks([NaN], {})).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  });

  test('a gap breaks the line', () => {
    expect(planSeries(points([1, NaN, 2]), [], String).line.match(/M/g)).toHaveLength(2);
  });
});
