import { readWhole } from '../support/onnx';
import { expect, test } from 'vitest';
import { memorySource } from '../../src/bundle/memory';
import { pack } from '../../src/bundle/pack';
import { parseTarget } from '../../src/bundle/target';
import { countCovers } from '../../src/core/explain/covers';
import { explainRows } from '../../src/core/explain/explainer';
import { PathShap } from '../../src/core/explain/pathShap';
import { probabilities, rawOutputs } from '../../src/core/model/evaluate';
import type { TreeEnsemble } from '../../src/core/model/trees';
import { columnOf, takeRows, texts } from '../../src/core/table/table';
import { openBundle } from '../../src/engine/engine';
import { bytesOf, largestDifference, matrix, numbers, tableOf } from '../support/files';
import { openGerman } from '../support/german';

const contributions = (table: Awaited<ReturnType<typeof tableOf>>, names: readonly string[]): Float64Array => {
  const columns = names.map((name) => numbers(table, name));
  return Float64Array.from({ length: table.rows * names.length }, (_, k) => columns[k % names.length][Math.floor(k / names.length)]);
};

test('German credit: scores are LightGBM’s predict_proba, to 1e-6, for all 1,000 clients', async () => {
  const engine = await openGerman();
  const expected = await tableOf('demo/german-credit/lightgbm/predictions.csv', ['client_id']);
  expect(engine.clients.ids).toEqual(texts(columnOf(expected, 'client_id')));
  expect(engine.runtime.name).toBe('onnxruntime');
  expect(largestDifference(await engine.scores(), numbers(expected, 'probability'))).toBeLessThan(1e-6);
});

test('German credit: path contributions are shap’s TreeExplainer, to 1e-6, for all 1,000 clients', async () => {
  const engine = await openGerman();
  const expected = await tableOf('test/oracles/german/shap.csv', ['client_id']);
  const { base, values } = await engine.explain(await engine.clients.table(), 'path');
  const names = engine.columns.map((column) => column.name);
  expect(Math.abs(base - numbers(expected, 'base')[0])).toBeLessThan(1e-6);
  expect(largestDifference(values, contributions(expected, names))).toBeLessThan(1e-6);
});

test('German credit: categorical splits are folded back into one node each', async () => {
  const engine = await openGerman();
  const trees = engine.modelFor('path').predictor as TreeEnsemble;
  expect(trees.sets.length).toBeGreaterThan(100);
  expect(trees.feature.length).toBeLessThan(2868); // nodes of the file, chains written out
});

test('missing values and infinities: LightGBM’s probabilities and shap’s values, row by row', async () => {
  const data = await tableOf('test/oracles/gaps/data.csv', ['id']);
  const expected = await tableOf('test/oracles/gaps/expected.csv', ['id']);
  const names = Array.from({ length: 10 }, (_, j) => `x${j}`);
  const { model } = readWhole(bytesOf('test/oracles/gaps/model.onnx'));
  const inputs = matrix(data, names);
  expect(inputs.includes(Infinity) && inputs.includes(-Infinity) && inputs.some(Number.isNaN)).toBe(true);
  expect(largestDifference(probabilities(model, inputs, data.rows), numbers(expected, 'probability'))).toBeLessThan(1e-6);

  const training = numbers(data, 'y').filter((y) => y >= 0).length;
  const explainer = new PathShap(model.predictor as TreeEnsemble, countCovers(model.predictor as TreeEnsemble, inputs, training, 10));
  const { values, base } = explainRows(model, explainer, inputs, data.rows);
  expect(Math.abs(base - numbers(expected, 'base')[0])).toBeLessThan(1e-6);
  expect(largestDifference(values, contributions(expected, names))).toBeLessThan(1e-6);
  const raw = rawOutputs(model, inputs, data.rows);
  const sums = Float64Array.from(raw, (_, i) => values.subarray(i * 10, i * 10 + 10).reduce((a, b) => a + b, base));
  expect(largestDifference(sums, raw)).toBeLessThan(1e-9);
});

test('imputer, scaler and logistic regression: scikit-learn’s probabilities and shap’s linear values', async () => {
  const data = await tableOf('test/oracles/pipeline/data.csv', ['id']);
  const expected = await tableOf('test/oracles/pipeline/expected.csv', ['id']);
  const reference = takeRows(data, Int32Array.from({ length: 800 }, (_, i) => i));
  const names = ['duration', 'credit_amount', 'installment_commitment', 'age', 'existing_credits'];
  const model = bytesOf('test/oracles/pipeline/model.onnx');
  const packed = await pack({ model, clients: data, idColumn: 'id', reference, target: parseTarget('class=bad') });
  const engine = await openBundle(memorySource('pipeline', packed.files));
  const scores = await engine.scores();
  expect(largestDifference(scores, numbers(expected, 'onnxruntime'))).toBeLessThan(1e-6);
  expect(largestDifference(scores, numbers(expected, 'probability'))).toBeLessThan(2e-6);
  const { base, values } = await engine.explain(await engine.clients.table());
  expect(Math.abs(base - numbers(expected, 'base')[0])).toBeLessThan(1e-5);
  expect(largestDifference(values, contributions(expected, names))).toBeLessThan(1e-5);
});

test.each(['pandas-snappy', 'pandas-zstd', 'pandas-gzip', 'pyarrow-split', 'pyarrow-v2-nodict', 'duckdb-snappy', 'duckdb-zstd'])(
  'Parquet as written by %s',
  async (name) => {
    const table = await tableOf(`test/oracles/parquet/${name}.parquet`);
    const expected = JSON.parse(new TextDecoder().decode(bytesOf('test/oracles/parquet/expected.json'))) as Record<string, string[]>;
    expect(Object.fromEntries([...table.columns].map(([column, values]) => [column, texts(values)]))).toEqual(expected);
  },
);
