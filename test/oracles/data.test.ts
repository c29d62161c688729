import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { leafOrder } from '../../src/core/stats/cluster';
import { correlation, correlations } from '../../src/core/stats/correlation';

const oracle = JSON.parse(readFileSync('test/oracles/data.json', 'utf8')) as {
  columns: Record<string, (number | null)[]>;
  correlations: (number | null)[];
  orders: { distances: number[]; order: number[] }[];
};
const columns = Object.values(oracle.columns).map((values) => Float64Array.from(values, (x) => x ?? NaN));

test('correlations of every two columns are exact, gaps left out pair by pair', async () => {
  const found = await correlations(columns, () => Promise.resolve());
  oracle.correlations.forEach((expected, i) => {
    if (expected === null) expect(found[i]).toBeNaN();
    else expect(Math.abs(found[i] - expected)).toBeLessThan(1e-12);
  });
});

test('one pair in one pass is the same as among all, and as pandas has it', async () => {
  const found = await correlations(columns, () => Promise.resolve());
  expect(correlation(columns[0], columns[1])).toBeCloseTo(found[1], 8);
});

test('columns that go together stand together: scipy’s leaves of average linkage', () => {
  for (const { distances, order } of oracle.orders)
    expect(leafOrder(Float64Array.from(distances), order.length)).toEqual(order);
});

test('one column, and none, have an order too', () => {
  expect(leafOrder(new Float64Array(1), 1)).toEqual([0]);
  expect(leafOrder(new Float64Array(0), 0)).toEqual([]);
});
