import { describe, expect, test } from 'vitest';
import { EVEN_COSTS, unitCosts, type Costs } from '../../src/core/decision/cost';
import { decide, isRefused, refusals } from '../../src/core/decision/decision';
import { isAlert, limitsOf } from '../../src/core/drift/limits';
import { fitPerformance, performanceOf, type Labelled } from '../../src/core/drift/performance';
import { auc, brier, logLoss } from '../../src/core/metrics/binary';
import { confusionMetric, confusionOf } from '../../src/core/metrics/confusion';

describe('decision', () => {
  const rule = { threshold: 0.3, reviewFrom: 0.2 };

  test('refused from the threshold on, looked at from the review zone on', () => {
    expect([0.1, 0.2, 0.29999999, 0.3, 1].map((p) => decide(p, rule))).toEqual([
      'accepted',
      'review',
      'review',
      'refused',
      'refused',
    ]);
    expect(decide(0.29, { threshold: 0.3 })).toBe('accepted');
  });

  test('what is not scored is neither accepted nor refused', () => {
    expect(decide(NaN, rule)).toBe('unscored');
    expect(isRefused(NaN, rule)).toBe(false);
    expect([...refusals(Float64Array.of(0.3, NaN, 0.2), rule)]).toEqual([1, 0, 0]);
  });
});

describe('costs', () => {
  test('of one mistake, by count or on one unit of the amount', () => {
    expect(unitCosts({ kind: 'count', falseNegative: 10, falsePositive: 1 })).toMatchObject({
      falseNegative: 10,
      falsePositive: 1,
    });
    expect(unitCosts({ kind: 'amount', column: 'credit', loss: 0.6, margin: 0.05 })).toEqual({
      falseNegative: 0.6,
      falsePositive: 0.05,
    });
    expect(unitCosts(EVEN_COSTS)).toMatchObject({ falseNegative: 1, falsePositive: 1 });
  });
});

describe('cost by amount', () => {
  const target = Int8Array.of(1, 0, 1, 0);
  const scored = (amount: Float64Array): Labelled => ({
    probability: Float64Array.of(0.6, 0.4, 0.2, 0.1),
    refused: Uint8Array.of(1, 1, 0, 0),
    target,
    amount,
  });
  const costs: Costs = { kind: 'amount', column: 'credit', loss: 0.5, margin: 0.1 };
  const costOf = (amounts: number[]) => {
    const rows = scored(Float64Array.from(amounts));
    const fit = fitPerformance(rows, [rows, rows], costs);
    return performanceOf(fit, rows).find(({ name }) => name === 'cost');
  };

  test('is the mean of what each decision costs of its amount', () => {
    // Refused repayer: 10% of 200; accepted default: 50% of 300; the other two cost nothing.
    expect(costOf([100, 200, 300, 400])?.realized).toBeCloseTo((20 + 150) / 4, 12);
  });

  test('rows whose amount is not known have no cost, and leave that of the others', () => {
    const found = costOf([100, 200, 300, NaN]);
    expect(found?.realized).toBeCloseTo((20 + 150) / 3, 12);
    for (const value of [found?.estimated, found?.samplingError, found?.upper])
      expect(value).toBeGreaterThan(0);
  });

  test('without any amount there is no cost, no limit and no alert', () =>
    expect(costOf([NaN, NaN, NaN, NaN])).toMatchObject({
      estimated: NaN,
      realized: NaN,
      lower: null,
      upper: null,
      alert: false,
    }));
});

describe('confusion', () => {
  const counts = confusionOf([1, 1, 0, 0, 1], [1, 0, 1, 0, 1]);

  test('counts decisions against outcomes, shares for both', () => {
    expect(counts).toEqual({ tp: 2, fp: 1, fn: 1, tn: 1 });
    expect(confusionOf([1, 0], [0.25, 0.25])).toEqual({ tp: 0.25, fp: 0.75, fn: 0.25, tn: 0.75 });
  });

  // sklearn.metrics f1_score, precision_score, recall_score, accuracy_score of the same five rows.
  test.each([
    ['f1', 2 / 3],
    ['precision', 2 / 3],
    ['recall', 2 / 3],
    ['specificity', 0.5],
    ['accuracy', 0.6],
  ] as const)('%s', (metric, value) => expect(confusionMetric(metric, counts)).toBeCloseTo(value, 12));

  test('nothing of nothing is 0, as zero_division=0 has it', () => {
    expect(confusionMetric('precision', { tp: 0, fp: 0, fn: 3, tn: 2 })).toBe(0);
    expect(confusionMetric('accuracy', { tp: 0, fp: 0, fn: 0, tn: 0 })).toBe(0);
  });
});

// sklearn.metrics roc_auc_score, log_loss and brier_score_loss.
test('binary metrics of scikit-learn’s own example', () => {
  const target = [0, 0, 1, 1];
  const score = [0.1, 0.4, 0.35, 0.8];
  expect(auc(target, score)).toBe(0.75);
  expect(logLoss(target, score)).toBeCloseTo(0.4722879, 6);
  expect(brier(target, score)).toBeCloseTo(0.158125, 12);
});

describe('limits', () => {
  test('three deviations about the mean, gaps aside', () => {
    const { lower, upper } = limitsOf([1, NaN, 3], null, null);
    expect([lower, upper]).toEqual([-1, 5]);
  });

  test('cut to what the metric can be, or left out', () => {
    expect(limitsOf([0.1, 0.9], 0, 1)).toEqual({ lower: 0, upper: 1 });
    expect(limitsOf([0.1, 0.9], 0, 1, true)).toEqual({ lower: null, upper: null });
  });

  test('of nothing there are none', () =>
    expect(limitsOf([NaN], 0, 1)).toEqual({ lower: null, upper: null }));

  test('an alert is strictly outside; what could not be computed alerts nobody', () => {
    const limits = { lower: 0.2, upper: null };
    expect([0.2, 0.19, 9, NaN].map((value) => isAlert(value, limits))).toEqual([false, true, false, false]);
  });
});
