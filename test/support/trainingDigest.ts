import { sha256Hex } from '../../src/bundle/hash';
import { writeOnnx } from '../../src/core/onnx/write/model';
import { fit, type FitSpec } from '../../src/core/train/fit';
import type { StepSpec } from '../../src/core/train/prepare/steps';
import { mixedRows } from './trainRows';

const STEPS: StepSpec[] = [
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
    const { model, covers } = fit(rows, spec);
    return sha256Hex(writeOnnx(model, columns, covers));
  });
}
