import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { countCovers } from '../../src/core/explain/covers';
import { PathInteractions } from '../../src/core/explain/pathInteractions';
import { PathShap } from '../../src/core/explain/pathShap';
import type { TreeEnsemble } from '../../src/core/model/trees';
import { largestDifference, matrix, numbers, tableOf, bytesOf } from '../support/files';
import { readWhole } from '../support/onnx';

const { rows, values, woodelf } = JSON.parse(readFileSync('test/oracles/interactions.json', 'utf8')) as {
  rows: number[];
  values: number[][];
  woodelf: number[][];
};
const WIDTH = 10;

test('interaction values are shap’s and Woodelf’s, gaps and infinities among the rows, and add up to the contributions', async () => {
  const data = await tableOf('test/oracles/gaps/data.csv', ['id']);
  const names = Array.from({ length: WIDTH }, (_, j) => `x${j}`);
  const inputs = matrix(data, names);
  const trees = readWhole(bytesOf('test/oracles/gaps/model.onnx')).model.predictor as TreeEnsemble;
  const training = numbers(data, 'y').filter((y) => y >= 0).length;
  const covers = countCovers(trees, inputs, training, WIDTH);
  const interactions = new PathInteractions(trees, covers, WIDTH);
  const contributions = new PathShap(trees, covers);
  rows.forEach((row, i) => {
    const found = new Float64Array(WIDTH * WIDTH);
    interactions.addRow(inputs, row * WIDTH, found);
    expect(largestDifference(found, values[i])).toBeLessThan(1e-6);
    expect(largestDifference(found, woodelf[i])).toBeLessThan(1e-6);
    const own = new Float64Array(WIDTH);
    contributions.addRow(inputs, row * WIDTH, own, 0);
    const sums = own.map((_, j) =>
      found.subarray(j * WIDTH, (j + 1) * WIDTH).reduce((sum, value) => sum + value, 0),
    );
    expect(largestDifference(sums, own)).toBeLessThan(1e-12);
    for (let j = 0; j < WIDTH; j++)
      for (let k = 0; k < j; k++) expect(found[j * WIDTH + k]).toBe(found[k * WIDTH + j]);
  });
});
