import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fBetaOf, mistakesAt } from '../../src/core/decision/thresholds';
import { auc, brier, logLoss } from '../../src/core/metrics/binary';
import { averagePrecision, gains, ksOf, precisionRecall, rocCurve } from '../../src/core/metrics/curves';
import { aucDifference, aucError, aucParts } from '../../src/core/metrics/delong';
import { decisionFigures } from '../../src/core/metrics/decisions';
import { ranked } from '../../src/core/metrics/ranked';
import { calibrationLine, scoreBands } from '../../src/core/metrics/reliability';

interface Case {
  name: string;
  y: number[];
  p: number[];
  other: number[];
  auc: number;
  aucError: number;
  difference: number;
  differenceError: number;
  ks: number;
  brier: number;
  logLoss: number;
  averagePrecision: number;
  roc: { fpr: number[]; tpr: number[]; at: number[] };
  pr: { precision: number[]; recall: number[] };
  calibration: { intercept: number; slope: number };
  reliability: { observed: number[]; predicted: number[] };
  atThreshold: Record<'precision' | 'recall' | 'f1' | 'fBeta' | 'accuracy' | 'balancedAccuracy', number>;
  group: number[];
  groups: { group: number; selected: number; tpr: number; fpr: number }[];
}
const { threshold, cases } = JSON.parse(readFileSync('test/oracles/validation.json', 'utf8')) as {
  threshold: number;
  cases: Case[];
};

const near = (found: ArrayLike<number>, expected: readonly number[]) => {
  expect(found).toHaveLength(expected.length);
  expected.forEach((value, i) => expect(found[i]).toBeCloseTo(value, 12));
};

describe.each(cases)('a validation as scikit-learn, scipy and statsmodels have it: $name', (own) => {
  const { y, p } = own;
  const of = ranked(p, y);

  test('area, its error, and the difference of two', () => {
    expect(auc(y, p)).toBeCloseTo(own.auc, 12);
    const [parts, others] = [aucParts(y, p), aucParts(y, own.other)];
    if (!parts || !others) throw new Error('no parts');
    expect(parts.auc).toBeCloseTo(own.auc, 12);
    expect(aucError(parts)).toBeCloseTo(own.aucError, 12);
    const { value, error } = aucDifference(parts, others);
    expect(value).toBeCloseTo(own.difference, 12);
    expect(error).toBeCloseTo(own.differenceError, 12);
  });

  test('curves', () => {
    const roc = rocCurve(of);
    near(roc.fpr, own.roc.fpr);
    near(roc.tpr, own.roc.tpr);
    near(roc.at.subarray(1), own.roc.at);
    expect(ksOf(roc).value).toBeCloseTo(own.ks, 12);
    const pr = precisionRecall(of);
    near(pr.precision, own.pr.precision);
    near(pr.recall, own.pr.recall);
    expect(averagePrecision(pr)).toBeCloseTo(own.averagePrecision, 12);
    const [tenth, , , , , , , , , all] = gains(of);
    expect(all.caught).toBeCloseTo(1, 12);
    expect(tenth.lift).toBeCloseTo(10 * tenth.caught, 12);
  });

  test('how the scores agree with what came', () => {
    expect(brier(y, p)).toBeCloseTo(own.brier, 12);
    expect(logLoss(y, p)).toBeCloseTo(own.logLoss, 12);
    const line = calibrationLine(y, p);
    expect(line?.slope).toBeCloseTo(own.calibration.slope, 8);
    expect(line?.intercept).toBeCloseTo(own.calibration.intercept, 8);
    const bands = scoreBands(y, Float64Array.from(p), 5);
    near(
      bands.map(({ observed }) => observed),
      own.reliability.observed,
    );
    near(
      bands.map(({ expected }) => expected),
      own.reliability.predicted,
    );
  });

  test('decisions at a threshold, of all and of groups', () => {
    const mistakes = mistakesAt(of, threshold);
    const found = decisionFigures(mistakes);
    for (const key of ['precision', 'recall', 'f1', 'accuracy', 'balancedAccuracy'] as const)
      expect([key, found[key]]).toEqual([key, expect.closeTo(own.atThreshold[key], 12)]);
    expect(fBetaOf(mistakes, 2)).toBeCloseTo(own.atThreshold.fBeta, 12);
    for (const { group, selected, tpr, fpr } of own.groups) {
      const rows = y.map((_, row) => row).filter((row) => own.group[row] === group);
      const figures = decisionFigures(
        mistakesAt(
          ranked(
            rows.map((row) => p[row]),
            rows.map((row) => y[row]),
          ),
          threshold,
        ),
      );
      expect(1 - figures.approved).toBeCloseTo(selected, 12);
      expect(figures.recall).toBeCloseTo(tpr, 12);
      expect(figures.falsePositiveRate).toBeCloseTo(fpr, 12);
    }
  });
});

test('what can’t be had is not made up', () => {
  expect(aucParts([1, 0, 0], [0.2, 0.3, 0.4])).toBeNull();
  expect(calibrationLine([0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9])).toBeNull();
  expect(calibrationLine([0, 1, 0, 1], [0.5, 0.5, 0.5, 0.5])).toBeNull();
  const { precision } = decisionFigures({ truePositive: 0, falsePositive: 0, falseNegative: 3, trueNegative: 2 });
  expect(precision).toBeNaN();
});
