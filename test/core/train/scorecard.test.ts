import { describe, expect, test } from 'vitest';
import { readWhole } from '../../support/onnx';
import { mixedRows } from '../../support/trainRows';
import { writeOnnx } from '../../../src/core/onnx/write/model';
import { probabilities } from '../../../src/core/model/evaluate';
import { inputsOf } from '../../../src/core/train/data';
import { fit, predict, predictRaw } from '../../../src/core/train/fit';
import { optimalBins } from '../../../src/core/train/prepare/optimalBins';
import { onnxRuntime } from '../../../src/engine/runtime';

describe('a scorecard', () => {
  const rows = mixedRows(2000, 41);
  const unseen = mixedRows(500, 42);
  const { pipeline, scorecard } = fit(rows, {
    steps: [],
    imbalance: 'none',
    learner: { kind: 'scorecard', params: {} },
  });
  if (!scorecard) throw new Error('no scorecard');

  test('adds up: base and the points of a row’s bins are 600 at odds of 50, 20 less for each halving', () => {
    const raw = predictRaw(pipeline, rows);
    for (const row of [0, 1, 2, 50, 51, 100, 999]) {
      const points = rows.columns.reduce((sum, column) => {
        const own = scorecard.bins.filter((bin) => bin.column === column.name);
        const rest = own.find(({ of }) => of.kind === 'missing');
        const value = column.kind === 'number' ? column.values[row] : column.codes[row];
        const bin = own.find(({ of }) =>
          of.kind === 'range' ? value <= (of.upTo ?? Infinity) : of.kind === 'level' && of.code === value,
        );
        return sum + ((bin ?? rest)?.points ?? 0);
      }, scorecard.base);
      expect(points).toBeCloseTo(600 - (20 / Math.LN2) * (Math.log(50) + raw[row]), 9);
    }
  });

  test('is one file: gaps, infinities, levels that nobody knows, by the app and by onnxruntime', async () => {
    const levels = rows.columns.map((column) =>
      column.kind === 'number' ? null : Array.from({ length: column.levels }, (_, code) => `level ${code}`),
    );
    const bytes = writeOnnx(
      pipeline,
      rows.columns.map(({ name }, j) => ({ name, levels: levels[j] })),
    );
    const onnx = readWhole(bytes, { width: 6, levels: levels.map((own) => own ?? undefined) });
    const inputs = inputsOf(unseen).map((x, i) => (i % 18 === 4 ? -1 : x));
    const expected = probabilities(pipeline.model, inputs, unseen.rows);
    const runtime = await onnxRuntime(onnx, bytes, { name: 'probabilities', index: 1 });
    const found = [probabilities(onnx.model, inputs, unseen.rows), await runtime.score(inputs, unseen.rows)];
    for (const scores of found)
      scores.forEach((p, i) => expect(Math.abs(p - expected[i])).toBeLessThan(1e-12));
    expect(predict(pipeline, unseen).every((p) => p > 0 && p < 1)).toBe(true);
  });
});

describe('optimal bins', () => {
  test('are the best of all ways to join, of those that only rise or only fall', () => {
    const good = Float64Array.of(30, 28, 25, 31, 20, 22, 15);
    const bad = Float64Array.of(2, 5, 4, 9, 8, 14, 12);
    const { ends, informationValue } = optimalBins({ good, bad }, 20);
    const { best, at } = bestOfAll(good, bad, 20);
    expect(informationValue).toBeCloseTo(best, 12);
    expect(ends).toEqual(at);
  });

  test('one outcome alone, or too few rows: one bin', () => {
    expect(optimalBins({ good: Float64Array.of(5, 5), bad: Float64Array.of(0, 0) }, 1).ends).toEqual([1]);
    expect(optimalBins({ good: Float64Array.of(5, 5), bad: Float64Array.of(1, 1) }, 100).ends).toEqual([1]);
  });
});

/** Every set of ends, tried. */
function bestOfAll(good: Float64Array, bad: Float64Array, least: number): { best: number; at: number[] } {
  const fine = good.length;
  const all = (counts: Float64Array): number => counts.reduce((sum, count) => sum + count, 0);
  let [best, at] = [-Infinity, [] as number[]];
  for (let mask = 0; mask < 1 << (fine - 1); mask++) {
    const ends = [...Array.from({ length: fine - 1 }, (_, i) => i).filter((i) => mask & (1 << i)), fine - 1];
    const bins = ends.map((end, i) => {
      const from = i > 0 ? ends[i - 1] + 1 : 0;
      return { g: all(good.slice(from, end + 1)), b: all(bad.slice(from, end + 1)) };
    });
    const shares = bins.map(({ g, b }) => b / (g + b));
    const rises = shares.every((share, i) => i === 0 || share >= shares[i - 1]);
    const falls = shares.every((share, i) => i === 0 || share <= shares[i - 1]);
    if ((!rises && !falls) || bins.some(({ g, b }) => g === 0 || b === 0 || g + b < least)) continue;
    const value = bins.reduce((sum, { g, b }) => {
      const [shareGood, shareBad] = [g / all(good), b / all(bad)];
      return sum + (shareGood - shareBad) * Math.log(shareGood / shareBad);
    }, 0);
    if (value > best) [best, at] = [value, ends];
  }
  return { best, at };
}
