import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { fitPlatt } from '../../src/core/train/calibrate';
import { Boosting } from '../../src/core/train/boosting/boost';
import type { TrainColumn, TrainRows } from '../../src/core/train/data';
import { learn } from '../../src/core/train/learners/learner';
import { untouched, type PreparedColumn } from '../../src/core/train/prepare/prepared';
import { toWoe } from '../../src/core/train/prepare/woe';
import { applyStep, type StepSpec } from '../../src/core/train/prepare/steps';
import { fit } from '../../src/core/train/fit';
import { tableOf } from '../support/files';
import { NUMBERS } from '../support/families';
import { germanRows, numbersOf } from '../support/trainGerman';

/** See train.py. */
interface Oracle {
  regressions: { c: number; l1Share: number; balanced: boolean; weights: number[]; base: number }[];
  column: (number | null)[];
  steps: { step: string; values: number[] }[];
  bins: { column: string; informationValue: number }[];
  platt: { slope: number; shift: number };
  tree: { feature?: number; threshold: number; gain: number; rows: number; value: number }[];
}
const oracle = JSON.parse(readFileSync('test/oracles/train.json', 'utf8')) as Oracle;

describe('scikit-learn’s logistic regression', () => {
  let rows: TrainRows;
  beforeAll(async () => {
    rows = await germanRows();
  });

  test.each(oracle.regressions)('C $c, l1 $l1Share, balanced $balanced: the same weights', (expected) => {
    const { c, l1Share, balanced, weights, base } = expected;
    const { pipeline } = fit(rows, {
      steps: [{ kind: 'scale', with: 'standard' }],
      learner: { kind: 'logistic', params: { c, l1Share, tolerance: 1e-11 } },
      imbalance: balanced ? 'balanced' : 'none',
    });
    const { model } = pipeline;
    if (model.predictor.kind !== 'linear') throw new Error('linear');
    const { predictor } = model;
    weights.forEach((weight, j) => expect(Math.abs(predictor.weights[j] - weight)).toBeLessThan(1e-6));
    expect(Math.abs(predictor.base - base)).toBeLessThan(1e-6);
  });

  test('a gap or a category is told by its column', () => {
    const rows = { rows: 2, target: Uint8Array.of(0, 1) };
    const gap = { name: 'income', kind: 'number', values: Float64Array.of(1, NaN) } as const;
    const category = { name: 'job', kind: 'category', codes: Int32Array.of(0, 1), levels: 2 } as const;
    const of = (column: TrainColumn) => () => learn({ kind: 'logistic', params: {} }, { ...rows, columns: [column] });
    expect(of(gap)).toThrow('learner-missing {"column":"income","value":"NaN"}');
    expect(of(category)).toThrow('learner-text {"column":"job"}');
  });
});

describe('scikit-learn’s preparation', () => {
  const SPECS: Record<string, StepSpec> = {
    'impute mean': { kind: 'impute', with: 'mean', value: 0 },
    'impute median': { kind: 'impute', with: 'median', value: 0 },
    'impute most_frequent': { kind: 'impute', with: 'mostFrequent', value: 0 },
    minMax: { kind: 'scale', with: 'minMax' },
    standard: { kind: 'scale', with: 'standard' },
    robust: { kind: 'scale', with: 'robust' },
    power: { kind: 'scale', with: 'power' },
  };
  test.each(oracle.steps)('$step', ({ step, values }) => {
    const spec = SPECS[step];
    const fill = spec.kind === 'impute' ? NaN : 0.5;
    const given = Float64Array.from(oracle.column, (x) => x ?? fill);
    const columns: PreparedColumn[] = untouched([{ name: 'x', kind: 'number', values: given }]);
    const { column } = applyStep(columns, spec, new Uint8Array(given.length)).columns[0];
    if (column.kind !== 'number') throw new Error('number');
    // The exponent of a power is where scipy's search ends: 1e-8 from the maximum.
    const most = step === 'power' ? 1e-6 : 1e-12;
    column.values.forEach((x, i) => expect(Math.abs(x - values[i])).toBeLessThan(most));
  });

  test('Platt’s sigmoid', () => {
    const raw = Float64Array.from({ length: 500 }, (_, i) => -3 + (7 * i) / 499);
    const target = Uint8Array.from(raw, (x, i) => Number(Math.sin(37 * i) + x / 3 > 0.2));
    const { slope, shift } = fitPlatt(raw, target);
    expect(Math.abs(slope - oracle.platt.slope)).toBeLessThan(1e-4);
    expect(Math.abs(shift - oracle.platt.shift)).toBeLessThan(1e-4);
  });
});

describe('optbinning’s monotone bins', () => {
  test.each(oracle.bins)('$column: the same information value', async ({ column: name, informationValue }) => {
    const { columns, target } = await germanRows();
    const column = columns[NUMBERS.indexOf(name)];
    const { bins } = toWoe(untouched([column]), target);
    const bad = target.reduce((sum, y) => sum + y, 0);
    const found = bins
      .filter(({ rows }) => rows > 0)
      .reduce((sum, { rows, defaults }) => {
        const [good, own] = [(rows - defaults) / (1000 - bad), defaults / bad];
        return sum + (good - own) * Math.log(good / own);
      }, 0);
    expect(Math.abs(found - informationValue)).toBeLessThan(1e-9);
    const shares = bins.filter(({ of }) => of.kind === 'range').map(({ rows, defaults }) => defaults / rows);
    const steps = shares.slice(1).map((share, i) => share - shares[i]);
    expect(steps.every((step) => step >= 0) || steps.every((step) => step <= 0)).toBe(true);
  });
});

describe('LightGBM’s first tree', () => {
  test('has the same columns, rows, gains and values', async () => {
    const table = await tableOf('test/oracles/gaps/data.csv', ['id']);
    const names = Array.from({ length: 10 }, (_, j) => `x${j}`);
    const [outcome] = numbersOf(table, ['y']);
    const known = [...outcome.values.keys()].filter((row) => outcome.values[row] >= 0);
    const columns = numbersOf(table, names).map((column): TrainColumn => {
      const { values } = column;
      return { ...column, values: Float64Array.from(known, (row) => (Number.isFinite(values[row]) ? values[row] : NaN)) };
    });
    const target = Uint8Array.from(known, (row) => outcome.values[row]);
    const boosting = new Boosting({ rows: known.length, columns, target }, { leaves: 15 });
    boosting.next();
    const { trees, covers, gains } = boosting.ensemble();
    expect(trees.feature).toHaveLength(oracle.tree.length);
    let gain = 0;
    oracle.tree.forEach((node, n) => {
      expect(trees.feature[n]).toBe(node.feature ?? -1);
      expect(covers.values[n]).toBe(node.rows);
      if (node.feature === undefined) {
        expect(Math.abs(trees.value[n] + trees.base - node.value)).toBeLessThan(1e-6);
        return;
      }
      gain += node.gain;
    });
    // Further down no row may lie between two thresholds: LightGBM takes the higher, we the lower one.
    expect(Math.abs(trees.threshold[0] - oracle.tree[0].threshold)).toBeLessThan(1e-12);
    expect(Math.abs(gains.reduce((sum, own) => sum + own, 0) / gain - 1)).toBeLessThan(1e-4);
  });
});
