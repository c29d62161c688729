import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide, type DecisionRule } from '../../../src/core/decision/decision';
import {
  bestInterval,
  bestThreshold,
  costOf,
  fBetaOf,
  mistakesAt,
  objectiveAt,
  swapRanges,
  swapSet,
  zonesAt,
  type Objective,
} from '../../../src/core/decision/thresholds';
import { ranked } from '../../../src/core/metrics/ranked';

const COUNT: Objective = { kind: 'cost', costs: { kind: 'count', falseNegative: 10, falsePositive: 1 } };
const scores = fc.array(
  fc.integer({ min: 0, max: 20 }).map((n) => n / 20),
  { minLength: 1, maxLength: 40 },
);
const rows = scores.chain((p) =>
  fc.record({
    p: fc.constant(p),
    y: fc.array(fc.integer({ min: 0, max: 1 }), { minLength: p.length, maxLength: p.length }),
    weight: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: p.length, maxLength: p.length }),
  }),
);
const share = fc.integer({ min: 0, max: 40 }).map((n) => n / 40);
const rule = fc.tuple(share, share).map(([a, b]): DecisionRule => ({
  threshold: Math.max(a, b),
  reviewFrom: Math.min(a, b),
}));
const OBJECTIVES: Objective[] = [
  COUNT,
  { kind: 'fBeta', beta: 3 },
  { kind: 'cost', costs: { kind: 'amount', column: 'credit', loss: 0.6, margin: 0.1 } },
];

describe('figures of a threshold', () => {
  it('are those of deciding row by row', () => {
    fc.assert(
      fc.property(rows, rule, ({ p, y, weight }, own) => {
        const of = ranked(p, y, weight);
        const decisions = p.map((score) => decide(score, own));
        const count = (wanted: string) => decisions.filter((decision) => decision === wanted).length;
        const weighed = (keep: (row: number) => boolean) =>
          p.reduce((sum, _, row) => sum + (keep(row) ? weight[row] : 0), 0);
        expect(zonesAt(of, own)).toEqual({
          accepted: count('accepted'),
          review: count('review'),
          refused: count('refused'),
          acceptedDefaults: weighed((row) => decisions[row] === 'accepted' && y[row] === 1),
        });
        const refused = (row: number) => decisions[row] === 'refused';
        expect(mistakesAt(of, own.threshold)).toEqual({
          falseNegative: weighed((row) => !refused(row) && y[row] === 1),
          trueNegative: weighed((row) => !refused(row) && y[row] === 0),
          truePositive: weighed((row) => refused(row) && y[row] === 1),
          falsePositive: weighed((row) => refused(row) && y[row] === 0),
        });
      }),
    );
  });

  it('leaves out what is not scored, and what has no outcome or weight', () => {
    const of = ranked([0.4, NaN, 0.2, 0.3], [1, 1, NaN, 0], [1, 1, 1, NaN]);
    expect(Array.from(of.scores)).toEqual([0.4]);
  });
});

describe('the best threshold', () => {
  it('has the value of the best of all that could be chosen', () => {
    fc.assert(
      fc.property(rows, fc.constantFrom(...OBJECTIVES), ({ p, y, weight }, objective) => {
        const of = ranked(p, y, weight);
        const best = bestThreshold(of, objective);
        expect(objectiveAt(of, objective, best.threshold)).toBe(best.value);
        const all = Array.from({ length: 81 }, (_, i) => objectiveAt(of, objective, i / 80));
        const top = objective.kind === 'cost' ? Math.min(...all) : Math.max(...all);
        expect(best.value).toBe(top);
      }),
    );
  });

  it('lies within the interval of its samples, which is the same for the same seed', async () => {
    const p = Array.from({ length: 400 }, (_, i) => ((i * 37) % 400) / 400);
    const of = ranked(
      p,
      p.map((score, i) => (score > ((i * 61) % 400) / 400 ? 1 : 0)),
    );
    const { threshold } = bestThreshold(of, COUNT);
    const [low, high] = (await bestInterval(of, COUNT, { samples: 200, seed: 7 })) ?? [NaN, NaN];
    expect(low).toBeLessThanOrEqual(threshold);
    expect(high).toBeGreaterThanOrEqual(threshold);
    expect(low).toBeLessThan(high);
    expect(await bestInterval(of, COUNT, { samples: 200, seed: 7 })).toEqual([low, high]);
  });

  it('of one class is to refuse nobody, or everybody', () => {
    expect(bestThreshold(ranked([0.1, 0.9], [0, 0]), COUNT)).toEqual({ threshold: 1, value: 0 });
    expect(bestThreshold(ranked([0.1, 0.9], [1, 1]), COUNT)).toEqual({ threshold: 0, value: 0 });
  });
});

describe('the swap set', () => {
  it('counts who is what under both rules', () => {
    fc.assert(
      fc.property(scores, rule, rule, (p, before, after) => {
        const found = swapSet(ranked(p, p), before, after);
        const kinds = ['accepted', 'review', 'refused'];
        kinds.forEach((from, i) =>
          kinds.forEach((to, j) =>
            expect(found[i][j]).toBe(
              p.filter((score) => decide(score, before) === from && decide(score, after) === to).length,
            ),
          ),
        );
        const ranges = swapRanges(before, after);
        const swapped = p.filter((score) => ranges.some(([from, below]) => score >= from && score < below));
        const otherwise = p.filter((score) => decide(score, before) !== decide(score, after));
        expect(swapped).toEqual(otherwise);
      }),
    );
  });
});

it('costs and F-beta are those of their definitions', () => {
  // scikit-learn 1.9.1: fbeta_score([1, 1, 1, 0, 0], [1, 1, 0, 1, 0], beta=3) = 0.6666666666666666
  const mistakes = { truePositive: 2, falseNegative: 1, falsePositive: 1, trueNegative: 1 };
  expect(fBetaOf(mistakes, 3)).toBeCloseTo(2 / 3, 15);
  expect(costOf(mistakes, { kind: 'count', falseNegative: 10, falsePositive: 1 }, 5)).toBe(11 / 5);
  expect(fBetaOf({ truePositive: 0, falseNegative: 0, falsePositive: 0, trueNegative: 9 }, 3)).toBe(0);
});
