import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { byGroup } from '../../../src/core/metrics/fairness';
import { validate, type Validation, type ValidationTask } from '../../../src/core/metrics/validation';

const { cases } = JSON.parse(readFileSync('test/oracles/validation.json', 'utf8')) as {
  cases: {
    name: string;
    y: number[];
    p: number[];
    group: number[];
    auc: number;
    aucError: number;
    ks: number;
  }[];
};
const TASK: ValidationTask = {
  threshold: 0.3,
  costs: { kind: 'count', falseNegative: 10, falsePositive: 1 },
  beta: 3,
  samples: 200,
  seed: 1,
};

describe.each(cases)('a validation: $name', ({ y, p, auc, aucError, ks }) => {
  let found: Validation;
  beforeAll(async () => void (found = await validate(y, Float64Array.from(p), TASK)));

  test('has every figure within its interval', () => {
    const all = Object.entries({ ...found.figures, ...found.decisions.figures });
    for (const [name, { value, interval }] of all) {
      // A sample's rows are the more unequal of both curves: its distance is never below 0, and mostly above.
      if (name === 'ks') continue;
      expect([name, interval && value !== null && interval[0] <= value && value <= interval[1]]).toEqual([
        name,
        true,
      ]);
    }
    expect(found.figures.ks.value).toBeCloseTo(ks, 12);
    expect(found.figures.auc.interval?.[0]).toBeCloseTo(Math.max(0, auc - 1.959963984540054 * aucError), 9);
    expect(found.figures.gini.value).toBeCloseTo(2 * auc - 1, 12);
  });

  test('gives the same twice, and its curves from end to end', async () => {
    expect(await validate(y, Float64Array.from(p), TASK)).toEqual(found);
    expect([found.roc.x[0], found.roc.y[0], found.roc.x.at(-1), found.roc.y.at(-1)]).toEqual([0, 0, 1, 1]);
    expect(found.roc.x.length).toBeLessThanOrEqual(200);
    expect(found.cumulative.defaults.at(-1)).toBe(1);
    expect(found.bands.reduce((sum, { rows }) => sum + rows, 0)).toBe(p.length);
  });
});

test('costs by amounts weigh each row that has one', async () => {
  const task: ValidationTask = {
    ...TASK,
    costs: { kind: 'amount', column: 'credit', loss: 0.5, margin: 0.1 },
    amounts: [100, 1000, 10, 1],
  };
  // A missed default of 100 and a refused repayer of 1,000; the others are decided right.
  const scores = Float64Array.of(0.1, 0.9, 0.8, 0.2);
  const { decisions } = await validate([1, 0, 1, 0], scores, task);
  expect(decisions.figures.cost.value).toBeCloseTo((50 + 100) / 4, 12);
  expect(decisions.money).toEqual({
    amounts: { falseNegative: 100, trueNegative: 1, truePositive: 10, falsePositive: 1000 },
    lost: { falseNegative: 50, falsePositive: 100 },
    without: 0,
  });
  const without = await validate([1, 0, 1, 0], scores, { ...task, amounts: [100, NaN, 10, 1] });
  expect(without.decisions.money).toMatchObject({
    lost: { falseNegative: 50, falsePositive: 0 },
    without: 1,
  });
  expect(without.decisions.figures.cost.value).toBeCloseTo(50 / 3, 12);
  const nothing = await validate([1, 0, 1, 0], scores, { ...task, amounts: [NaN, NaN, NaN, NaN] });
  expect(nothing.decisions.figures.cost).toEqual({ value: null, interval: null });
  // One default has an area, and no error of it.
  const one = await validate([1, 0, 0], Float64Array.of(0.9, 0.1, 0.95), TASK);
  expect(one.figures.auc).toEqual({ value: 0.5, interval: null });
});

describe('groups', () => {
  const rule = { threshold: 0.5, least: 2 };

  test('have their shares, and their ratio to the one approved most', () => {
    const labelled = { target: [1, 0, 1, 0, 0], score: [0.9, 0.1, 0.2, 0.3, 0.8] };
    const { groups } = byGroup(labelled, [0, 0, 1, 1, 1], ['a', 'b'], rule);
    expect(groups.map(({ names, rows, approved, ratio }) => [names, rows, approved.value, ratio])).toEqual([
      [['a'], 2, 0.5, 0.5 / (2 / 3)],
      [['b'], 3, 2 / 3, 1],
    ]);
    expect(groups[1].recall).toEqual({ value: 0, of: 1, interval: expect.any(Array) });
    expect(groups[1].auc).toBe(0);
  });

  test('that are small are put together and named, or left out', () => {
    const labelled = { target: [1, 0, 1, 0], score: [0.9, 0.1, 0.2, 0.3] };
    const { groups, leftOut } = byGroup(labelled, [0, 0, 1, 2], ['a', 'b', 'c'], rule);
    expect(groups.map(({ names }) => names)).toEqual([['a'], ['b', 'c']]);
    expect(leftOut).toEqual([]);
    const alone = byGroup(labelled, [0, 0, 0, 1], ['a', 'b'], rule);
    expect([alone.groups.map(({ names }) => names), alone.leftOut]).toEqual([[['a']], ['b']]);
    expect(alone.groups[0].falsePositiveRate.value).toBe(0);
  });
});
