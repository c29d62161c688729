import fc from 'fast-check';
import { expect, test } from 'vitest';
import { roundToTotal } from '../../src/core/explain/points';
import { pointsTogether, reasonsOf } from '../../src/core/explain/reasons';
import { auc, brier, logLoss } from '../../src/core/metrics/binary';
import { logit, previousDouble, sigmoid } from '../../src/core/numeric/functions';
import { gaussLegendre } from '../../src/core/numeric/quadrature';
import { median, quantileSorted } from '../../src/core/stats/quantile';
import { scoreScale } from '../../src/core/stats/scoreScale';
import { decide } from '../../src/core/decision/decision';

test.each([1, 2, 3, 5, 8, 16, 32])(
  'Gauss-Legendre with %i points integrates monomials up to degree 2n - 1',
  (n) => {
    const { points, weights } = gaussLegendre(n);
    for (let degree = 0; degree < 2 * n; degree++) {
      let sum = 0;
      points.forEach((t, k) => (sum += weights[k] * t ** degree));
      expect(Math.abs(sum - 1 / (degree + 1))).toBeLessThan(1e-14);
    }
  },
);

test('the number before', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e308 }), (x) => {
      const before = previousDouble(x);
      expect(before).toBeLessThan(x);
      const middle = before + (x - before) / 2;
      expect(middle === before || middle === x).toBe(true);
    }),
    { seed: 1 },
  );
  expect(previousDouble(Infinity)).toBe(Number.MAX_VALUE);
  expect(previousDouble(0)).toBe(-Number.MIN_VALUE);
  expect([previousDouble(NaN), previousDouble(-Infinity)]).toEqual([NaN, NaN]);
});

test('sigmoid and logit are inverse, and hold at the ends', () => {
  for (const m of [-30, -1, 0, 0.5, 30]) expect(logit(sigmoid(m))).toBeCloseTo(m, m > 20 ? 2 : 9);
  expect([sigmoid(800), sigmoid(-800), sigmoid(NaN)]).toEqual([1, 0, NaN]);
});

test('whole points add up to the rounded total', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 1, maxLength: 12 }),
      (values) => {
        const rounded = roundToTotal(values);
        expect(rounded.reduce((a, b) => a + b, 0)).toBeCloseTo(
          Math.round(values.reduce((a, b) => a + b, 0)),
          9,
        );
        rounded.forEach((value, i) => expect(Math.abs(value - values[i])).toBeLessThan(1 + 1e-9));
      },
    ),
    { seed: 2 },
  );
});

test('reasons: the strongest whatever their side, at most 11, the rest as one and each, all adding up', () => {
  const contributions = Float64Array.from({ length: 40 }, (_, i) => (i % 2 ? 1 : -1) * (40 - i) * 0.02);
  const { against, inFavour, others, total } = reasonsOf(contributions, 'margin');
  expect([against.length, inFavour.length, others.count]).toEqual([5, 6, 29]);
  expect(against.map((reason) => reason.input)).toEqual([1, 3, 5, 7, 9]);
  expect(others.each.map((reason) => reason.input)).toEqual(Array.from({ length: 29 }, (_, i) => 11 + i));
  const oneSided = reasonsOf(
    contributions.map((value) => Math.abs(value)),
    'margin',
  );
  expect([oneSided.against.length, oneSided.inFavour.length]).toEqual([11, 0]);
  const sum = [...against, ...inFavour, others].reduce((points, reason) => points + reason.points, 0);
  expect(sum).toBe(total.points);
  expect(reasonsOf(new Float64Array(3).fill(0.001), 'margin').against).toEqual([]);
});

test('points of some inputs and of the rest add up, and are those of the reasons', () => {
  const contributions = Float64Array.from({ length: 40 }, (_, i) => Math.sin(i * i) * 0.3);
  const reasons = reasonsOf(contributions, 'margin');
  const shown = [...reasons.against, ...reasons.inFavour];
  const together = pointsTogether(
    contributions,
    shown.map(({ input }) => input),
    'margin',
  );
  expect(together.points).toEqual(shown.map(({ points }) => points));
  expect(together.others.points).toBe(reasons.others.points);
  const sum = together.points.reduce((total, points) => total + points, together.others.points);
  expect(sum).toBe(together.total.points);
});

test('metrics as scikit-learn gives them', () => {
  const y = [0, 0, 1, 1, 1];
  const p = [0.1, 0.4, 0.35, 0.8, 0.4];
  expect(auc(y, p)).toBeCloseTo(0.75, 12);
  expect(logLoss(y, p)).toBeCloseTo(0.5610885094221719, 12);
  expect(brier(y, p)).toBeCloseTo(0.1985, 12);
  expect(logLoss([1, 0], [0, 0])).toBeCloseTo(18.021826694558577, 12);
});

test('quantiles as numpy gives them', () => {
  expect(quantileSorted([1, 2, 4, 8], 0.4)).toBeCloseTo(2.4, 12);
  expect(median([3, NaN, 1, Infinity])).toBe(3);
  expect(quantileSorted([Infinity, Infinity], 0.5)).toBe(Infinity);
  expect(median([])).toBeNaN();
});

test('the ruler’s axis holds the threshold whatever the portfolio', () => {
  for (const threshold of [0.001, 0.091, 0.5, 0.999])
    for (const scores of [[0.00001], [0.5, 0.5], [0.9999999, 1], [0, 1, NaN], []]) {
      const { domain, counts } = scoreScale(Float64Array.from(scores), threshold);
      expect(domain[0]).toBeLessThanOrEqual(logit(threshold) - 1.5);
      expect(domain[1]).toBeGreaterThanOrEqual(logit(threshold) + 1.5);
      expect(counts.reduce((a, b) => a + b, 0)).toBe(scores.filter((p) => !Number.isNaN(p)).length);
    }
});

test('decisions: from the threshold on refused, the review zone below, unrounded', () => {
  const rule = { threshold: 0.48, reviewFrom: 0.4 };
  expect([0.48, 0.4799999, 0.4, 0.3999999, NaN].map((p) => decide(p, rule))).toEqual([
    'refused',
    'review',
    'review',
    'accepted',
    'unscored',
  ]);
  expect([0.0909999, 0.091].map((p) => decide(p, { threshold: 0.091 }))).toEqual(['accepted', 'refused']);
});
