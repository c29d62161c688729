import { sha256Hex } from '../../src/bundle/hash';
import { writeOnnx } from '../../src/core/onnx/write/model';
import { fit, type FitSpec } from '../../src/core/train/fit';
import type { PrepareSpec } from '../../src/core/train/prepare/prepare';
import { mixedRows } from './trainRows';

const STEPS: PrepareSpec[] = [
  { kind: 'impute', with: 'median', value: 0 },
  { kind: 'clip', from: 0.01, to: 0.99 },
  { kind: 'scale', with: 'standard' },
  { kind: 'oneHot', most: 10 },
];

const SPECS: FitSpec[] = [
  { steps: [], imbalance: 'none', learner: { kind: 'boosting', params: { trees: 30, patience: 10 } } },
  {
    steps: [],
    imbalance: 'balanced',
    learner: {
      kind: 'boosting',
      params: { trees: 20, grow: 'depth', maxDepth: 4, rowShare: 0.6, columnShare: 0.7, l1: 1 },
    },
  },
  { steps: [], imbalance: 'none', learner: { kind: 'forest', params: { trees: 10, minChildRows: 3 } } },
  { steps: STEPS, imbalance: 'none', learner: { kind: 'logistic', params: { c: 0.1, l1Share: 0.5 } } },
  {
    steps: [
      ...STEPS.slice(1, 3),
      { kind: 'neighbours', neighbours: 5, seed: 1 },
      { kind: 'pca', share: 0.9 },
    ],
    imbalance: 'none',
    learner: { kind: 'boosting', params: { trees: 10 } },
  },
  {
    steps: STEPS,
    imbalance: { kind: 'smote', neighbours: 5, seed: 1 },
    learner: { kind: 'boosting', params: { trees: 10 } },
  },
];

/** Fingerprints of the files of models of every learner, trained here. */
export function trainingDigest(): string[] {
  const rows = mixedRows(2000, 11);
  const columns = rows.columns.map((column) => ({
    name: column.name,
    levels:
      column.kind === 'number' ? null : Array.from({ length: column.levels }, (_, code) => `level ${code}`),
  }));
  return SPECS.map((spec) => {
    const { pipeline, covers } = fit(rows, spec);
    return sha256Hex(writeOnnx(pipeline, columns, covers));
  });
}
