import { describe, expect, test } from 'vitest';
import { auc } from '../../../src/core/metrics/binary';
import { inputsOf } from '../../../src/core/train/data';
import { probabilities } from '../../../src/core/model/evaluate';
import { fit, predict } from '../../../src/core/train/fit';
import { Forest } from '../../../src/core/train/learners/forest';
import { mixedRows } from '../../support/trainRows';

describe('a random forest', () => {
  const learned = mixedRows(3000, 31);
  const unseen = mixedRows(3000, 32);
  const spec = {
    steps: [],
    imbalance: 'none',
    learner: { kind: 'forest', params: { trees: 60, minChildRows: 5 } },
  } as const;

  test('gives shares, and learns what rows it never saw are like', () => {
    const scores = predict(fit(learned, spec).pipeline, unseen);
    expect(scores.every((p) => p >= 0 && p <= 1)).toBe(true);
    expect(auc(unseen.target, scores)).toBeGreaterThan(0.78);
    const mean = (values: ArrayLike<number>): number =>
      Array.from(values).reduce((sum, x) => sum + x, 0) / values.length;
    expect(Math.abs(mean(scores) - mean(unseen.target))).toBeLessThan(0.03);
  });

  test('a tree without limits gives each row that was drawn its own outcome', () => {
    const few = mixedRows(200, 33);
    const own = { ...few, columns: [few.columns[0]] };
    const forest = new Forest(own, { trees: 1 });
    forest.next();
    const { trees } = forest.ensemble();
    const model = { width: 1, features: null, predictor: trees, link: 'identity' } as const;
    const scores = probabilities(model, inputsOf(own), own.rows);
    expect(scores.every((p) => p === 0 || p === 1)).toBe(true);
    // 63 % are drawn; the others are told by their neighbours.
    const right = scores.reduce((sum, p, i) => sum + Number(p === own.target[i]), 0);
    expect(right / own.rows).toBeGreaterThan(0.63);
  });

  test('finds nothing in noise', () => {
    const target = learned.target.map((_, i) => unseen.target[(i * 7) % 3000]);
    expect(
      Math.abs(auc(unseen.target, predict(fit({ ...learned, target }, spec).pipeline, unseen)) - 0.5),
    ).toBeLessThan(0.06);
  });
});
