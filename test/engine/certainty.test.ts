import { beforeAll, expect, test } from 'vitest';
import { Gower } from '../../src/core/stats/gower';
import { certaintyOf } from '../../src/engine/client/certainty';
import type { Engine } from '../../src/engine/engine';
import { columnOf, type Table } from '../../src/core/table/table';
import { openGerman } from '../support/german';

let engine: Engine;
beforeAll(async () => {
  engine = await openGerman({ runtime: 'core' });
});

test('Gower’s distance: numbers by width, codes by equality, gaps as apart, the row itself left out', () => {
  const rows = Float64Array.of(0, 1, NaN, 10, 1, 5, 0, 2, NaN);
  const gower = new Gower(rows, [false, true, false], Float64Array.of(20, 0, 10));
  // Of the first row: the second is 0.5 + 0 + 1, the third 0 + 1 + 0, of three columns.
  expect(gower.nearest(rows.subarray(0, 3), 0)).toBeCloseTo(1 / 3, 12);
  expect(gower.nearest(Float64Array.of(10, 1, 5))).toBe(0);
  expect(new Gower(new Float64Array(0), [false], Float64Array.of(1)).nearest(Float64Array.of(1))).toBe(
    Infinity,
  );
});

test('Gower’s distance: an infinity is near its like alone, one of the rows is not its own neighbour', () => {
  const rows = Float64Array.of(Infinity, 0, Infinity, 3, 2, 0, -Infinity, 0);
  const gower = new Gower(rows, [false, false], Float64Array.of(10, 10));
  // 0 + 3/10 of two columns.
  expect(gower.nearestOf(0)).toBeCloseTo(0.15, 12);
  expect(gower.nearestOf(2)).toBe(Infinity);
  expect(gower.nearest(Float64Array.of(-Infinity, 5))).toBeCloseTo(0.25, 12);
});

test('clients of the training are like it; one made of extremes is not', async () => {
  const ids = engine.clients.ids.slice(0, 100);
  const scores = await engine.scores();
  const found = await Promise.all(
    ids.map(
      async (id, row) =>
        (await certaintyOf(engine, await engine.clients.of([id]), id, scores[row])).unlike ?? 1,
    ),
  );
  expect(found.filter((share) => share >= 0.99).length).toBeLessThan(8);
  const table = await engine.clients.of([ids[0]]);
  const number = (value: number) => ({ kind: 'number' as const, values: Float64Array.of(value) });
  const columns = new Map(table.columns);
  for (const [name, value] of [
    ['age', 90],
    ['credit_amount', 90_000],
    ['duration', 400],
    ['existing_credits', 40],
    ['residence_since', 60],
  ] as const)
    columns.set(name, number(value));
  const odd: Table = { ...table, columns };
  expect(columnOf(odd, 'age')).toEqual(number(90));
  expect((await certaintyOf(engine, odd, 'new', 0.5)).unlike).toBeGreaterThan(0.99);
});

test('too few test rows near a score say nothing of it', async () => {
  const certainty = await certaintyOf(engine, await engine.clients.of(['48']), '48', 0.19);
  expect(certainty).toMatchObject({ near: null, tested: 200 });
});
