import { expect, test } from 'vitest';
import { explainRows } from '../../../src/core/explain/explainer';
import { treeShap } from '../../../src/core/explain/treeShap';
import { goesYes, treeCount, type TreeEnsemble } from '../../../src/core/model/trees';
import { rawOutputs } from '../../../src/core/model/evaluate';
import { inputsOf } from '../../../src/core/train/data';
import { fit } from '../../../src/core/train/fit';
import { mixedRows } from '../../support/trainRows';

/** Output with the columns of a set known, the others followed by their rows' shares (Lundberg et al. 2020, algorithm 1). */
function expected(trees: TreeEnsemble, covers: Float64Array, row: Float64Array, known: number): number {
  const below = (node: number): number => {
    const feature = trees.feature[node];
    if (feature < 0) return trees.value[node];
    const [yes, no] = [node + 1, trees.no[node]];
    if (known & (1 << feature)) return below(goesYes(trees, node, row[feature]) ? yes : no);
    return (covers[yes] * below(yes) + covers[no] * below(no)) / covers[node];
  };
  let sum = trees.base;
  for (let t = 0; t < treeCount(trees); t++) sum += below(trees.roots[t]);
  return sum;
}

const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));

/** Shapley values by every set of columns. */
function byAllSets(trees: TreeEnsemble, covers: Float64Array, row: Float64Array): number[] {
  const width = row.length;
  return Array.from(row.keys(), (own) => {
    let value = 0;
    for (let set = 0; set < 1 << width; set++) {
      if (set & (1 << own)) continue;
      const size = Array.from(row.keys()).filter((j) => set & (1 << j)).length;
      const weight = (factorial(size) * factorial(width - size - 1)) / factorial(width);
      value += weight * (expected(trees, covers, row, set | (1 << own)) - expected(trees, covers, row, set));
    }
    return value;
  });
}

test('path SHAP of a trained model is that of every set of columns, and adds up', () => {
  const rows = mixedRows(600, 51);
  const {
    pipeline: { model },
    covers,
  } = fit(rows, {
    steps: [],
    imbalance: 'none',
    learner: { kind: 'boosting', params: { trees: 4, leaves: 8 } },
  });
  const { predictor } = model;
  if (predictor.kind !== 'trees' || !covers) throw new Error('trees');
  const inputs = inputsOf(rows).subarray(0, 40 * model.width);
  const explainer = treeShap(predictor, model.width, { kind: 'path', covers }, 40);
  const { values, base } = explainRows(model, explainer, inputs, 40);
  const raw = rawOutputs(model, inputs, 40);
  for (let i = 0; i < 40; i++) {
    const row = inputs.slice(i * model.width, (i + 1) * model.width);
    const own = values.subarray(i * model.width, (i + 1) * model.width);
    byAllSets(predictor, covers.values, row).forEach((value, j) => expect(own[j]).toBeCloseTo(value, 10));
    expect(own.reduce((sum, value) => sum + value, base)).toBeCloseTo(raw[i], 10);
  }
});
