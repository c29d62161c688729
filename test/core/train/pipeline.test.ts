import { describe, expect, test } from 'vitest';
import { inputsOf, type TrainRows } from '../../../src/core/train/data';
import { calibrated, fitCalibration } from '../../../src/core/train/calibrate';
import { fit, predict, predictRaw, type FitSpec } from '../../../src/core/train/fit';
import { foldProjection } from '../../../src/core/train/foldProjection';
import { pipelineProbabilities } from '../../../src/core/train/pipeline';
import { writeOnnx } from '../../../src/core/onnx/write/model';
import { readOnnx } from '../../../src/core/onnx/read';
import { onnxRuntime } from '../../../src/engine/runtime';
import { mixedRows } from '../../support/trainRows';

const OUTPUT = { name: 'probabilities', index: 1 } as const;

/** Columns with gaps and categories, infinities as large numbers. */
const rows = (count: number, seed: number): TrainRows => {
  const mixed = mixedRows(count, seed);
  return {
    ...mixed,
    columns: mixed.columns.map((column) =>
      column.kind === 'number'
        ? { ...column, values: Float64Array.from(column.values, (x) => Math.min(9, Math.max(-9, x))) }
        : column,
    ),
  };
};
const learned = rows(1500, 3);
const unseen = rows(10_000, 4);
const boosting = { kind: 'boosting', params: { trees: 12 } } as const;
const logistic = { kind: 'logistic', params: {} } as const;
const scale = { kind: 'scale', with: 'standard' } as const;
const fill = { kind: 'neighbours', neighbours: 5, seed: 1 } as const;
const oneHot = { kind: 'oneHot', most: 10 } as const;
const pca = { kind: 'pca', share: 0.9 } as const;

/** Scores of a pipeline's file by onnxruntime, and whether it is read. */
async function written(spec: FitSpec, isotonic: boolean) {
  const { pipeline: raw } = fit(learned, spec);
  const pipeline = isotonic
    ? calibrated(raw, fitCalibration('isotonic', predictRaw(raw, learned), learned.target))
    : raw;
  const levels = (j: number): string[] | undefined => {
    const column = unseen.columns[j];
    return column.kind === 'number'
      ? undefined
      : Array.from({ length: column.levels }, (_, k) => `level ${k}`);
  };
  const columns = unseen.columns.map(({ name }, j) => ({ name, levels: levels(j) ?? null }));
  const bytes = writeOnnx(pipeline, columns);
  const onnx = readOnnx(bytes, {
    ...OUTPUT,
    output: 'probabilities',
    levels: columns.map((_, j) => levels(j)),
  });
  const runtime = await onnxRuntime(onnx, bytes, OUTPUT);
  return {
    own: predict(pipeline, unseen),
    theirs: await runtime.score(inputsOf(unseen), unseen.rows),
    isRead: onnx.model !== null,
    isModel: pipeline.stages.length === 0 && pipeline.isotonic === null,
  };
}

describe('what no model can hold is scored by onnxruntime as by the learner, on 10,000 rows', () => {
  test.each([
    [
      'gaps by neighbours, then flags, trees',
      { steps: [scale, fill, oneHot], learner: boosting },
      false,
      false,
    ],
    ['components before trees', { steps: [scale, fill, pca, oneHot], learner: boosting }, false, false],
    [
      'components before a regression',
      { steps: [scale, fill, pca, oneHot], learner: logistic },
      false,
      false,
    ],
    ['an isotonic calibration', { steps: [], learner: boosting }, true, false],
    [
      'components before a regression, gaps by the mean: a model',
      { steps: [{ kind: 'impute', with: 'mean', value: 0 }, scale, pca, oneHot], learner: logistic },
      false,
      true,
    ],
  ] as const)('%s', async (_, spec, isotonic, isRead) => {
    const found = await written({ ...spec, imbalance: 'none' }, isotonic);
    found.own.forEach((p, i) => expect(Math.abs(p - found.theirs[i])).toBeLessThan(1e-12));
    expect([found.isRead, found.isModel]).toEqual([isRead, isRead]);
  });
});

test('a regression on components is one on the columns that they are made of', () => {
  const steps = [{ kind: 'impute', with: 'mean', value: 0 } as const, scale, pca, oneHot];
  const { pipeline } = fit(learned, { steps, learner: logistic, imbalance: 'none' });
  expect(pipeline.stages).toHaveLength(0);
  expect(foldProjection(pipeline)).toBe(pipeline);
});

test('an isotonic calibration only rises, and is never certain', () => {
  const { pipeline } = fit(learned, { steps: [], learner: boosting, imbalance: 'none' });
  const raw = predictRaw(pipeline, learned);
  const whole = calibrated(pipeline, fitCalibration('isotonic', raw, learned.target));
  const p = pipelineProbabilities(whole, raw.slice());
  const order = [...raw.keys()].sort((a, b) => raw[a] - raw[b]);
  order.slice(1).forEach((row, i) => expect(p[row]).toBeGreaterThanOrEqual(p[order[i]]));
  expect(p.every((own) => own > 0 && own < 1)).toBe(true);
});
