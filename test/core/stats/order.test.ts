import { expect, test } from 'vitest';
import { sortedRows } from '../../../src/core/stats/order';
import { seededRandom } from '../../../src/core/numeric/random';

const all = (n: number): Uint32Array => Uint32Array.from({ length: n }, (_, i) => i);

test('values in order, equal ones as they were, missing ones last either way', () => {
  const values = [3, NaN, -1, 3, -Infinity, 0, -0, NaN, Infinity];
  expect([...sortedRows(all(9), values)]).toEqual([4, 2, 5, 6, 0, 3, 8, 1, 7]);
  expect([...sortedRows(all(9), values, true)]).toEqual([8, 0, 3, 5, 6, 2, 4, 1, 7]);
  expect([...sortedRows(Uint32Array.of(3, 2, 1, 0), values)]).toEqual([2, 3, 0, 1]);
  expect(sortedRows(all(0), [])).toHaveLength(0);
});

test.each([false, true])('many are sorted by their bits as by comparison, descending %s', (descending) => {
  const next = seededRandom(7);
  const scale = [1e-300, 1e-8, 1, 1e8, 1e300];
  const values = Float64Array.from({ length: 20_000 }, (_, i) =>
    i % 11 === 0 ? NaN : i % 7 === 0 ? Math.round(4 * next()) : (next() - 0.5) * scale[i % 5],
  );
  const sign = descending ? -1 : 1;
  const compared = all(values.length).sort((a, b) => {
    const [x, y] = [values[a], values[b]];
    if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y)) || a - b;
    return sign * (x - y) || a - b;
  });
  expect(sortedRows(all(values.length), values, descending)).toEqual(compared);
});
