import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { densityAt } from '../../src/core/stats/density';
import { wilsonInterval } from '../../src/core/stats/interval';
import { midRank } from '../../src/core/stats/rank';

interface Vectors {
  intervals: { count: number; total: number; low: number; high: number }[];
  densities: { name: string; values: number[]; at: number[]; density: number[] }[];
  percentiles: { name: string; x: number; percentile: number }[];
}
const vectors = JSON.parse(readFileSync('test/oracles/advice.json', 'utf8')) as Vectors;

test('Wilson’s intervals are scipy’s', () => {
  for (const { count, total, low, high } of vectors.intervals) {
    const [from, to] = wilsonInterval(count, total);
    expect(from).toBeCloseTo(low, 12);
    expect(to).toBeCloseTo(high, 12);
  }
});

test('densities are scipy’s', () => {
  for (const { values, at, density } of vectors.densities) {
    const found = densityAt(Float64Array.from(values), Float64Array.from(at));
    found.forEach((value, i) => expect(Math.abs(value / density[i] - 1)).toBeLessThan(1e-10));
  }
});

test('positions are scipy’s percentiles of the mean kind', () => {
  const sorted = new Map(vectors.densities.map(({ name, values }) => [name, Float64Array.from(values).sort()]));
  for (const { name, x, percentile } of vectors.percentiles)
    expect(midRank(sorted.get(name) ?? [], x)).toBeCloseTo(percentile, 12);
});
