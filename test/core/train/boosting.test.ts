import { afterEach, describe, expect, test, vi } from 'vitest';
import { BOOSTING_DEFAULTS, Boosting, type BoostingParams } from '../../../src/core/train/boosting/boost';
import { layoutOf } from '../../../src/core/train/boosting/binnedRows';
import { inputsOf, type TrainColumn, type TrainRows } from '../../../src/core/train/data';
import { auc } from '../../../src/core/metrics/binary';
import { rawOutputs } from '../../../src/core/model/evaluate';
import type { TreeEnsemble } from '../../../src/core/model/trees';
import { sigmoid } from '../../../src/core/numeric/functions';
import { mixedRows } from '../../support/trainRows';
import { seededRandom } from '../../../src/core/numeric/random';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

function boosted(learned: TrainRows, params: Partial<BoostingParams>): TreeEnsemble {
  const boosting = new Boosting(learned, params);
  for (let t = 0; t < (params.trees ?? 20); t++) boosting.next();
  return boosting.ensemble().trees;
}

const margins = (trees: TreeEnsemble, rows: TrainRows): Float64Array =>
  rawOutputs(
    { width: rows.columns.length, features: null, predictor: trees, link: 'logistic' },
    inputsOf(rows),
    rows.rows,
  );

describe('boosting', () => {
  const learned = mixedRows(4000, 1);
  const unseen = mixedRows(4000, 2);

  test.each<[string, Partial<BoostingParams>]>([
    ['leaf-wise', {}],
    ['depth-wise, sampled', { grow: 'depth', maxDepth: 5, rowShare: 0.7, columnShare: 0.5 }],
    ['penalised', { l1: 0.5, l2: 3, minGain: 0.1, minChildWeight: 2 }],
    ['monotone', { monotone: [1, 0, 1, 0, 0, 0] }],
    ['few bins', { bins: 16, leaves: 7 }],
  ])('gives the same bits with the kernel and its twin: %s', async (_, params) => {
    const compiled = boosted(learned, params);
    vi.resetModules();
    vi.stubGlobal('WebAssembly', undefined);
    const { Boosting: Plain } = await import('../../../src/core/train/boosting/boost');
    const plain = new Plain(learned, params);
    for (let t = 0; t < 20; t++) plain.next();
    expect(plain.ensemble().trees).toEqual(compiled);
  });

  test('learns what rows it never saw are like', () => {
    const trees = boosted(learned, { trees: 60 });
    expect(auc(unseen.target, margins(trees, unseen))).toBeGreaterThan(0.8);
  });

  test('finds nothing in noise', () => {
    const random = seededRandom(99);
    const target = Uint8Array.from({ length: 4000 }, () => (random() < 0.3 ? 1 : 0));
    const found = auc(unseen.target, margins(boosted({ ...learned, target }, { trees: 40 }), unseen));
    expect(Math.abs(found - 0.5)).toBeLessThan(0.05);
  });

  test('rows pass by values as they passed by bins', () => {
    const boosting = new Boosting(learned, {});
    for (let t = 0; t < 5; t++) boosting.next();
    const { trees, covers } = boosting.ensemble();
    for (const root of trees.roots.subarray(0, -1)) expect(covers.values[root]).toBe(learned.rows);
    for (let n = 0; n < trees.feature.length; n++)
      if (trees.feature[n] >= 0)
        expect(covers.values[n]).toBe(covers.values[n + 1] + covers.values[trees.no[n]]);
    // The mean of the gradients at the margins is what the next tree starts from: near 0 where the margins are its own.
    const own = margins(trees, learned);
    const mean = own.reduce((sum, m, i) => sum + sigmoid(m) - learned.target[i], 0) / learned.rows;
    expect(Math.abs(mean)).toBeLessThan(0.01);
  });

  test('the root is the split that takes away most of all that could be', () => {
    const small = mixedRows(300, 5);
    const own = { ...small, columns: small.columns.slice(0, 3) };
    const boosting = new Boosting(own, { leaves: 2, minBinRows: 1 });
    boosting.next();
    const { trees, gains } = boosting.ensemble();
    const best = bestByTrying(own);
    expect(trees.feature[0]).toBe(best.feature);
    expect(gains[best.feature]).toBeCloseTo(best.gain, 3);
  });

  test.each([1, -1])('is monotone where it has to be, whatever else a row holds (%d)', (direction) => {
    const flipped = { ...learned, target: learned.target.map((y) => (direction > 0 ? y : 1 - y)) };
    const trees = boosted(flipped, { trees: 40, monotone: [direction, 0, 0, direction, 0, 0] });
    const width = 6;
    const base = inputsOf(unseen).subarray(0, 200 * width);
    const model = { width, features: null, predictor: trees, link: 'logistic' } as const;
    for (const column of [0, 3]) {
      let before: Float64Array = new Float64Array(200).fill(-direction * Infinity);
      for (let step = 0; step < 60; step++) {
        const moved = base.slice();
        const value = column === 0 ? -0.6 + step * 0.02 : -6e5 + step * 2e4;
        for (let i = 0; i < 200; i++) moved[i * width + column] = value;
        const now = rawOutputs(model, moved, 200);
        expect(now.every((m, i) => direction * (m - before[i]) >= 0)).toBe(true);
        before = now;
      }
    }
  });

  test('holds no more than three times the binned data of 300,000 rows of 200 columns', () => {
    const [rows, columns] = [300_000, 200];
    // Beside the kernel's memory: margins, gradients and hessians in double, and the rows taken.
    const bytes = layoutOf(rows, columns, 31).end + (3 * 8 + 4) * rows;
    expect(bytes / (rows * columns)).toBeLessThan(3);
  });

  test('one value, one row a side, an empty column: there is nothing to split', () => {
    const target = Uint8Array.of(0, 1, 0, 1, 1);
    const columns: TrainColumn[] = [
      { name: 'same', kind: 'number', values: Float64Array.of(1, 1, 1, 1, 1) },
      { name: 'empty', kind: 'number', values: new Float64Array(5).fill(NaN) },
    ];
    const { feature, base } = boosted({ rows: 5, columns, target }, { trees: 2 });
    expect([...feature]).toEqual([-1, -1]);
    expect(base).toBeCloseTo(Math.log(3 / 2), 12);
  });
});

/** Every threshold between two values and both sides of the gaps. */
function bestByTrying({ rows, columns, target }: TrainRows): { feature: number; gain: number } {
  const mean = target.reduce((sum, y) => sum + y, 0) / rows;
  const score = (own: number[]): number => {
    const g = own.reduce((sum, i) => sum + mean - target[i], 0);
    return (g * g) / (own.length * mean * (1 - mean));
  };
  let best = { feature: -1, gain: 0 };
  columns.forEach((column, feature) => {
    if (column.kind !== 'number') return;
    const { values } = column;
    for (const at of new Set(values))
      for (const gapsLeft of [true, false]) {
        const goes = (i: number): boolean => (Number.isNaN(values[i]) ? gapsLeft : values[i] <= at);
        const all = Array.from({ length: rows }, (_, i) => i);
        const [left, right] = [all.filter(goes), all.filter((i) => !goes(i))];
        if (Math.min(left.length, right.length) < BOOSTING_DEFAULTS.minChildRows) continue;
        const gain = score(left) + score(right) - score(all);
        if (gain > best.gain) best = { feature, gain };
      }
  });
  return best;
}
