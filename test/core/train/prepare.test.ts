import { describe, expect, test } from 'vitest';
import { crossValidate } from '../../../src/core/train/crossValidate';
import { divided, localFitter } from '../../../src/core/train/fitter';
import { takeTrainRows, type TrainColumn, type TrainRows } from '../../../src/core/train/data';
import { fit, predictRaw } from '../../../src/core/train/fit';
import { untouched, type PreparedColumn } from '../../../src/core/train/prepare/prepared';
import { applyStep, type StepSpec } from '../../../src/core/train/prepare/steps';
import { splitByTime, stratifiedFolds, stratifiedSplit } from '../../../src/core/train/split';
import { mixedRows } from '../../support/trainRows';

const number = (name: string, ...values: number[]): TrainColumn => ({
  name,
  kind: 'number',
  values: Float64Array.from(values),
});
const valuesOf = ({ column }: PreparedColumn): number[] =>
  Array.from(column.kind === 'number' ? column.values : column.codes);

function prepared(spec: StepSpec, ...columns: TrainColumn[]) {
  const rows = columns[0].kind === 'number' ? columns[0].values.length : columns[0].codes.length;
  const target = Uint8Array.from({ length: rows }, (_, i) => i % 2);
  const { columns: out, notes } = applyStep(untouched(columns), spec, target);
  return { names: out.map(({ column }) => column.name), values: out.map(valuesOf), notes };
}

describe('steps', () => {
  const gaps = number('gaps', 1, NaN, NaN, 4);
  const same = number('same', 2, 2, 2, 2);
  const rising = number('rising', 1, 2, 3, 4);
  const twice = number('twice', 2, 4.1, 6, 8);

  test('drop what is missing, constant or correlated, and say why', () => {
    expect(prepared({ kind: 'dropMissing', over: 0.4 }, gaps, same).notes).toEqual([
      { step: 'dropMissing', column: 'gaps', found: 0.5, limit: 0.4 },
    ]);
    expect(prepared({ kind: 'dropConstant', share: 1 }, gaps, same).names).toEqual(['gaps']);
    const { names, notes } = prepared({ kind: 'dropCorrelated', over: 0.9, keep: 'first' }, rising, twice);
    expect(names).toEqual(['rising']);
    expect(notes[0]).toMatchObject({ column: 'twice', kept: 'rising', limit: 0.9 });
    expect(notes[0].found).toBeGreaterThan(0.99);
  });

  test('clip to quantiles, infinities too, gaps left as they are', () => {
    const wild = number('wild', -Infinity, 0, 10, NaN, 20, Infinity);
    expect(prepared({ kind: 'clip', from: 0.25, to: 0.75 }, wild).values[0]).toEqual([5, 5, 10, NaN, 15, 15]);
    const zero = number('zero', -1, 0, 0, 1);
    expect(prepared({ kind: 'clip', from: 0.5, to: 0.5 }, zero).values[0].map((x) => x + 0)).toEqual([
      0, 0, 0, 0,
    ]);
  });

  test('one flag a level; gaps and rare levels are none', () => {
    const job: TrainColumn = {
      name: 'job',
      kind: 'category',
      codes: Int32Array.of(0, 2, 2, -1, 1, 2, 0),
      levels: 4,
    };
    const { names, values } = prepared({ kind: 'oneHot', most: 2 }, job);
    expect(names).toEqual(['job=0', 'job=2']);
    expect(values).toEqual([
      [1, 0, 0, 0, 0, 0, 1],
      [0, 1, 1, 0, 0, 1, 0],
    ]);
  });

  test('a column without any number stays as it is', () => {
    const empty = number('empty', NaN, NaN);
    for (const spec of [
      { kind: 'impute', with: 'median', value: 0 },
      { kind: 'clip', from: 0, to: 1 },
      { kind: 'scale', with: 'robust' },
    ] as const)
      expect(prepared(spec, empty).values[0]).toEqual([NaN, NaN]);
  });
});

describe('splits', () => {
  const target = Uint8Array.from({ length: 103 }, (_, i) => (i % 4 === 0 ? 1 : 0));

  test('keep both outcomes’ shares, each row once, and hang on the seed', () => {
    const { train, test: aside } = stratifiedSplit(target, 0.2, 5);
    expect([...train, ...aside].sort((a, b) => a - b)).toEqual([...target.keys()]);
    expect(aside.reduce((sum, row) => sum + target[row], 0)).toBe(5);
    expect(stratifiedSplit(target, 0.2, 5).test).toEqual(aside);
    expect(stratifiedSplit(target, 0.2, 6).test).not.toEqual(aside);
    const folds = stratifiedFolds(target, 5, 5);
    for (let k = 0; k < 5; k++) {
      const own = [...folds.keys()].filter((row) => folds[row] === k);
      expect(Math.abs(own.length - 20.6)).toBeLessThan(1);
      expect(Math.abs(own.reduce((sum, row) => sum + target[row], 0) - 5.2)).toBeLessThan(1);
    }
  });

  test('by time: the latest rows, none of one time on both sides', () => {
    const times = [3, 1, NaN, 2, 3, 3, 2];
    expect(splitByTime(times, 0.5)).toEqual({
      train: Int32Array.of(1, 2, 3, 6),
      test: Int32Array.of(0, 4, 5),
    });
  });
});

test('a row that lacks what every row learned from had gets no score: told, not guessed', () => {
  const rows = (values: number[]): TrainRows => ({
    rows: values.length,
    columns: [number('x', ...values)],
    target: Uint8Array.from(values, (_, i) => i % 2),
  });
  const logistic = { steps: [], imbalance: 'none', learner: { kind: 'logistic', params: {} } } as const;
  const { pipeline } = fit(rows([1, 2, 3, 2]), logistic);
  expect(() => predictRaw(pipeline, rows([1, NaN]))).toThrow('train-unscored {"rows":1}');
});

describe('cross-validation', () => {
  const steps: StepSpec[] = [
    { kind: 'impute', with: 'mean', value: 0 },
    { kind: 'clip', from: 0.02, to: 0.98 },
    { kind: 'scale', with: 'standard' },
    { kind: 'oneHot', most: 10 },
  ];
  const spec = { steps, imbalance: 'balanced', learner: { kind: 'logistic', params: { c: 0.1 } } } as const;

  test('no step sees a row of the fold: other values there change nothing but its own scores', async () => {
    const rows = mixedRows(600, 21);
    const division = { folds: 3, seed: 4, rowShare: 1 };
    const run = async (of: TrainRows) => {
      const parts = divided(of, division);
      const fitter = localFitter(of, async () => undefined);
      return { ...(await crossValidate(fitter, spec, division, parts)), fold: parts.fold };
    };
    const before = await run(rows);
    const changed: TrainRows = {
      ...rows,
      columns: rows.columns.map((column) =>
        column.kind === 'number'
          ? {
              ...column,
              values: Float64Array.from(column.values, (x, i) => (before.fold[i] === 0 ? 1000 - x : x)),
            }
          : column,
      ),
    };
    const after = await run(changed);
    const { pipeline } = fit(takeTrainRows(rows, others(before.fold)), spec);
    const own = Int32Array.from([...before.fold.keys()].filter((row) => before.fold[row] === 0));
    expect(predictRaw(pipeline, takeTrainRows(changed, own))).toEqual(
      Float64Array.from(own, (row) => after.raw[row]),
    );
  });

  const others = (fold: Uint8Array): Int32Array =>
    Int32Array.from([...fold.keys()].filter((row) => fold[row] !== 0));
});
