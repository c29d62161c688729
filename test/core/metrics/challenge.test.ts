import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { EVEN_COSTS } from '../../../src/core/decision/cost';
import { compareModels, type Side } from '../../../src/core/metrics/challenge';
import { validate } from '../../../src/core/metrics/validation';

const { cases } = JSON.parse(readFileSync('test/oracles/validation.json', 'utf8')) as {
  cases: {
    name: string;
    y: number[];
    p: number[];
    other: number[];
    difference: number;
    differenceError: number;
  }[];
};
const RULE = { threshold: 0.3, costs: EVEN_COSTS, beta: 3 };
const DRAWN = { samples: 100, seed: 5 };
const side = (score: number[]): Side => ({ ...RULE, score: Float64Array.from(score) });

test.each(cases)(
  'two models on the same rows: $name',
  async ({ y, p, other, difference, differenceError }) => {
    const found = await compareModels(y, side(other), side(p), DRAWN);
    const { champion, challenger, interval } = found.auc;
    if (champion === null || challenger === null || !interval) throw new Error('no area');
    expect(challenger - champion).toBeCloseTo(difference, 12);
    expect((interval[1] - interval[0]) / 2).toBeCloseTo(1.959963984540054 * differenceError, 12);
    const [before, after] = [
      await validate(y, Float64Array.from(other), { ...RULE, ...DRAWN }),
      await validate(y, Float64Array.from(p), { ...RULE, ...DRAWN }),
    ];
    for (const key of ['ks', 'brier', 'logLoss'] as const) {
      expect(found[key].champion).toBeCloseTo(before.figures[key].value ?? NaN, 12);
      expect(found[key].challenger).toBeCloseTo(after.figures[key].value ?? NaN, 12);
    }
    for (const key of ['cost', 'recall', 'approved'] as const)
      expect(found[key].challenger).toBeCloseTo(after.decisions.figures[key].value ?? NaN, 12);
    expect(await compareModels(y, side(other), side(p), DRAWN)).toEqual(found);
  },
);

test('a model beside itself differs by nothing, surely; of a single default there is no area', async () => {
  const [{ y, p }] = cases;
  const same = await compareModels(y, side(p), side(p), DRAWN);
  for (const { champion, challenger, interval } of Object.values(same)) {
    expect(challenger).toBe(champion);
    expect(interval?.map((end) => Math.abs(end))).toEqual([0, 0]);
  }
  const one = await compareModels(
    [1, 0, 0, 0],
    side([0.4, 0.1, 0.2, 0.6]),
    side([0.5, 0.1, 0.2, 0.3]),
    DRAWN,
  );
  expect(one.auc).toEqual({ champion: null, challenger: null, interval: null });
  expect(one.brier.champion).toBeGreaterThan(one.brier.challenger ?? NaN);
});
