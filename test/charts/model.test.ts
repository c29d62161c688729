import { describe, expect, test } from 'vitest';
import { SHADES, swarmOf } from '../../src/charts/beeswarm';
import { levelAxis, numberAxis, placeOn } from '../../src/charts/plane';
import { quartersOf } from '../../src/core/stats/quarters';
import { waterfallLayout } from '../../src/charts/waterfall';

describe('beeswarm', () => {
  const dots = (path: string) =>
    [...path.matchAll(/M(-?[\d.]+) (-?[\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);

  test('one dot a row, in the shade of its quarter; missing ones by themselves', () => {
    const { shades } = swarmOf([1, 2, 3, 4, 5], quartersOf([10, 20, 30, 40, NaN]), (value) => value * 50, 34);
    expect(shades.length).toBe(SHADES);
    expect(shades.map((path) => dots(path).length)).toEqual([1, 1, 1, 1, 1]);
  });

  test('many dots at one place stay within the row', () => {
    const same = new Float64Array(1000).fill(3);
    const { shades } = swarmOf(same, quartersOf(same), (value) => value * 50, 34);
    const all = shades.flatMap(dots);
    expect(all.length).toBe(1000);
    for (const [, y] of all) expect(y >= 0 && y <= 34).toBe(true);
  });
});

describe('waterfall', () => {
  test('each step begins where the one before ended, and the last ends at the result', () => {
    const { steps, start, finish } = waterfallLayout(-20, [30, -10, 5]);
    expect(steps[0].left).toBeCloseTo(start);
    expect(steps[1].left + steps[1].width).toBeCloseTo(steps[0].end);
    expect(steps[2].left).toBeCloseTo(steps[1].end);
    expect(steps[2].end).toBeCloseTo(finish);
  });

  test('no change at all is drawn, not divided by', () => {
    const { steps } = waterfallLayout(0, [0, 0]);
    expect(steps.every(({ left, width }) => Number.isFinite(left) && width === 0)).toBe(true);
  });
});

describe('axes', () => {
  const label = String;

  test('infinities and gaps are left out; a single value is one tick in the middle', () => {
    const axis = numberAxis([NaN, 5, Infinity], 5, label);
    expect(axis.ticks).toEqual([{ at: 5, label: '5' }]);
    expect(placeOn(axis)(5)).toBe(0.5);
    expect(numberAxis([], 5, label).low).toBe(0);
  });

  test('a column of 0 and 1 has its ticks there', () => {
    const { ticks } = numberAxis([0, 1, 1, 0], 6, label, [], true);
    expect(ticks.map(({ at }) => at)).toEqual([0, 1]);
  });

  test('values beyond stand at the edge; levels stand apart', () => {
    const place = placeOn(levelAxis(['a', 'b', 'c']));
    expect([0, 1, 2].map(place)).toEqual([1 / 6, 0.5, 5 / 6]);
    expect(place(99)).toBe(1);
  });
});
