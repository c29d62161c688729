import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { isotonicAt } from '../../src/core/metrics/isotonic';
import { inputsOf, type TrainRows } from '../../src/core/train/data';
import { isotonicOf } from '../../src/core/train/isotonic';
import { applyJoint } from '../../src/core/train/joint/joint';
import { fitNeighbours } from '../../src/core/train/joint/neighbours';
import { fitProjection } from '../../src/core/train/joint/projection';
import { prepare } from '../../src/core/train/prepare/prepare';
import { untouched } from '../../src/core/train/prepare/prepared';
import { smote } from '../../src/core/train/prepare/smote';
import { association } from '../../src/core/train/prepare/weak';
import { NUMBERS } from '../support/families';
import { germanRows } from '../support/trainGerman';

/** See train.py. */
interface Oracle {
  neighbours: number[][];
  pca: { kept: number; values: number[][] };
  isotonic: { at: number[]; p: number[] };
  categories: string[];
  cramersV: number[];
  etaSquared: number[];
  /** Of each row of the rarer outcome the positions of its neighbours among these. */
  smote: number[][];
  smotenc: number[][];
}
const oracle = JSON.parse(readFileSync('test/oracles/train.json', 'utf8')) as Oracle;
const WIDTH = NUMBERS.length;

const close = (found: ArrayLike<number>, expected: readonly number[], most: number): void =>
  expected.forEach((x, i) => expect(Math.abs(found[i] - x)).toBeLessThan(most));

/** Standardised numbers, then categories as they are. */
async function standardised(): Promise<TrainRows> {
  const rows = await germanRows(oracle.categories);
  const { columns } = prepare(rows, [{ kind: 'scale', with: 'standard' }]);
  return { ...rows, columns: columns.map(({ column }) => column) };
}

describe('scikit-learn and scipy, of several columns together', () => {
  let rows: TrainRows;
  beforeAll(async () => {
    rows = await standardised();
  });
  const numbers = (): TrainRows => ({ ...rows, columns: rows.columns.slice(0, WIDTH) });

  test('gaps by their nearest neighbours', () => {
    const holes = Float64Array.from({ length: 1000 * WIDTH }, (_, at) => {
      const [i, j] = [Math.floor(at / WIDTH), at % WIDTH];
      return (i * 7 + j * 13) % 11 < 2 ? NaN : Math.sin((j + 1) * 1.7 * i + j);
    });
    const columns = NUMBERS.map((name, j) => ({
      name,
      kind: 'number' as const,
      values: Float64Array.from({ length: 1000 }, (_, i) => holes[i * WIDTH + j]),
    }));
    const joint = fitNeighbours(untouched(columns), 5, 1);
    close(applyJoint(joint, holes.subarray(0, 60 * WIDTH), 60, WIDTH), oracle.neighbours.flat(), 1e-9);
  });

  test('principal components', () => {
    const joint = fitProjection(untouched(numbers().columns), 0.8);
    expect(Math.abs(joint.kept - oracle.pca.kept)).toBeLessThan(1e-12);
    const inputs = inputsOf(numbers(), 0, 20);
    close(applyJoint(joint, inputs, 20, WIDTH), oracle.pca.values.flat(), 1e-9);
  });

  test('the isotonic calibration, never certain', () => {
    const raw = Float64Array.from({ length: 500 }, (_, i) => -3 + (7 * i) / 499);
    const target = Uint8Array.from(raw, (x, i) => Number(Math.sin(37 * i) + x / 3 > 0.2));
    const bad = target.reduce((sum, y) => sum + y, 0);
    const [low, high] = [1 / (500 - bad + 2), (bad + 1) / (bad + 2)];
    const bounded = oracle.isotonic.p.map((p) => Math.min(high, Math.max(low, p)));
    const found = isotonicAt(isotonicOf(raw, target), oracle.isotonic.at);
    expect(oracle.isotonic.p.some((p) => p === 0)).toBe(true);
    // Where a line leaves a bound its slope is another: only there a value between knots differs.
    const differs = bounded.filter((p, i) => Math.abs(found[i] - p) > 1e-12).length;
    expect(differs).toBeLessThanOrEqual(2);
  });

  test('association of categories and of numbers with the outcome', () => {
    const of = (from: number, to: number, by: 'etaSquared' | 'cramersV') =>
      untouched(rows.columns.slice(from, to)).map((column) => association(column, by, rows.target) ?? NaN);
    close(of(0, WIDTH, 'etaSquared'), oracle.etaSquared, 1e-12);
    close(of(WIDTH, WIDTH + 3, 'cramersV'), oracle.cramersV, 1e-12);
  });
});

describe('imbalanced-learn’s SMOTE', () => {
  test.each([
    ['numbers', 'smote', WIDTH],
    ['numbers and categories', 'smotenc', WIDTH + 3],
  ] as const)('of %s: each new row lies towards one of the same neighbours', async (_, key, width) => {
    const rows = await standardised();
    const own = [...rows.target.keys()].filter((row) => rows.target[row] === 1);
    const values = inputsOf(rows);
    const all = rows.columns.length;
    const made = smote({ ...rows, columns: rows.columns.slice(0, width) }, { neighbours: 5, seed: 3 });
    const added = inputsOf(made, rows.rows);
    const liesTowards = (at: number, from: number): boolean =>
      oracle[key][from].some((to) => {
        const share = Array.from({ length: WIDTH }, (_unused, j) => {
          const [a, b] = [values[own[from] * all + j], values[own[to] * all + j]];
          return { wide: b - a, gone: added[at * width + j] - a };
        });
        const longest = share.reduce((most, s) => (Math.abs(s.wide) > Math.abs(most.wide) ? s : most));
        const t = longest.wide === 0 ? 0 : longest.gone / longest.wide;
        return t >= 0 && t < 1 && share.every(({ wide, gone }) => Math.abs(gone - t * wide) < 1e-9);
      });
    for (let at = 0; at < made.rows - rows.rows; at++)
      expect(own.some((_row, from) => liesTowards(at, from))).toBe(true);
  });
});
