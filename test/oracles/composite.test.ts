import { beforeAll, describe, expect, test } from 'vitest';
import { memorySource } from '../../src/bundle/memory';
import { pack } from '../../src/bundle/pack';
import { parseTarget } from '../../src/bundle/target';
import { parseDictionary } from '../../src/bundle/validate';
import { encodeInputs } from '../../src/bundle/encode';
import { countCovers } from '../../src/core/explain/covers';
import { partialDependence } from '../../src/core/explain/dependence';
import { permutationImportance, splitImportance } from '../../src/core/explain/importance';
import { fitLime } from '../../src/core/explain/lime';
import { auc } from '../../src/core/metrics/binary';
import type { TreeEnsemble } from '../../src/core/model/trees';
import { takeRows, type Table } from '../../src/core/table/table';
import { sourceOf } from '../../src/core/table/source';
import { Clients } from '../../src/engine/clients';
import { openBundle, type Engine } from '../../src/engine/engine';
import { dependenceOf, importanceOf } from '../../src/engine/model/importance';
import { explainByMethod } from '../../src/engine/model/methods';
import { modelView } from '../../src/engine/model/view';
import { clientReasons, clientView } from '../../src/engine/client/view';
import { onnxRuntime } from '../../src/engine/runtime';
import { verifyBundle } from '../../src/engine/verify';
import { NUMBERS } from '../support/families';
import { bytesOf, largestDifference, matrix, numbers, tableOf } from '../support/files';
import { readWhole } from '../support/onnx';

/** Models made by composite.py: what each library says of them is the truth. */

const FOLDER = 'test/oracles/composite/';
const CODES = ['checking_status_code', 'purpose_code', 'housing_code'];

const dictionary = parseDictionary(
  new TextEncoder().encode(
    JSON.stringify({ columns: CODES.map((name) => ({ name, type: 'integer' })), decision: { threshold: 0.3 } }),
  ),
);

const range = (from: number, to: number) => Int32Array.from({ length: to - from }, (_, i) => from + i);

async function clientsOf(filled: boolean): Promise<Table> {
  const data = await tableOf('test/oracles/families/data.csv', ['id']);
  if (!filled) return data;
  const columns = new Map(data.columns);
  for (const name of NUMBERS)
    columns.set(name, {
      kind: 'number',
      values: numbers(data, name).map((x) => (Number.isNaN(x) ? 0 : x)),
    });
  return { ...data, columns };
}

async function packed(name: string, ofNumbers: boolean) {
  const clients = await clientsOf(ofNumbers);
  return pack({
    model: bytesOf(`${FOLDER}${name}.onnx`),
    clients,
    idColumn: 'id',
    features: ofNumbers ? NUMBERS : [...NUMBERS, ...CODES],
    reference: takeRows(clients, range(0, 800)),
    target: parseTarget('y'),
    dictionary,
    runtime: onnxRuntime,
  });
}

async function open(name: string, ofNumbers: boolean): Promise<Engine> {
  return openBundle(memorySource(name, (await packed(name, ofNumbers)).files));
}

describe.each([
  ['calibrated-sigmoid', true, false],
  ['calibrated-logistic', true, false],
  ['calibrated-isotonic', true, false],
  ['logistic-power', true, true],
  ['logistic-normalizer', true, false],
  ['pca-boosting', true, false],
  ['tree-ensemble-5', false, true],
  ['one-column', false, true],
  ['flat', false, true],
  ['regressor', false, true],
] as const)('%s', (name, ofNumbers, read) => {
  test('scores are the library’s; what can’t be read into a model is runtime only', async () => {
    const engine = await open(name, ofNumbers);
    const expected = numbers(await tableOf(`${FOLDER}expected.csv`, ['id']), name);
    expect(largestDifference(await engine.scores(), expected)).toBeLessThan(1e-5);
    const { parity, unread } = await verifyBundle(engine);
    expect(parity.holds).toBe(read);
    expect(unread === '').toBe(read);
    if (read) expect(parity.largest).toBeLessThan(1e-6);
    const exact = name === 'logistic-power' ? 'interventional' : 'path';
    expect(engine.defaultMethod).toBe(read ? exact : 'kernel');
  });

  test('the explanation adds up to the score', async () => {
    const engine = await open(name, ofNumbers);
    const rows = await engine.clients.rows(range(0, 2));
    const { base, values, width } = await engine.explain(rows, undefined, { background: 10 });
    const scores = await engine.score(rows);
    scores.forEach((p, i) => {
      const output = values.subarray(i * width, (i + 1) * width).reduce((a, b) => a + b, base);
      const probability = engine.unit === 'margin' ? 1 / (1 + Math.exp(-output)) : output;
      expect(Math.abs(probability - p)).toBeLessThan(1e-5);
    });
  });
});

test('linear SHAP goes through a power transform to the user’s columns', async () => {
  const engine = await open('logistic-power', true);
  const theirs = await tableOf(`${FOLDER}power.csv`);
  const { base, values, width } = await engine.explain(await engine.clients.rows(range(0, theirs.rows)));
  expect(Math.abs(base - numbers(theirs, 'base')[0])).toBeLessThan(1e-5);
  NUMBERS.forEach((name, j) => {
    const own = Float64Array.from({ length: theirs.rows }, (_, i) => values[i * width + j]);
    expect(largestDifference(own, numbers(theirs, name))).toBeLessThan(1e-4);
  });
});

describe('explanations that know nothing of the model', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await open('pca-boosting', true);
  });

  test('KernelSHAP is shap’s KernelExplainer', async () => {
    const theirs = await tableOf(`${FOLDER}kernel.csv`);
    const rows = await engine.clients.rows(range(0, theirs.rows));
    const background = await engine.clients.rows(range(100, 120));
    const { base, values, width } = await engine.explain(rows, 'kernel', { background });
    expect(base).toBeCloseTo(numbers(theirs, 'base')[0], 6);
    // What is left is the runtime's float32 output: shap was given float64 ones.
    NUMBERS.forEach((name, j) => {
      const own = Float64Array.from({ length: theirs.rows }, (_, i) => values[i * width + j]);
      expect(largestDifference(own, numbers(theirs, name))).toBeLessThan(1e-5);
    });
  });

  test('LIME’s fit is lime’s, of the same neighbours', async () => {
    const near = await tableOf(`${FOLDER}neighbours.csv`);
    const theirs = await tableOf(`${FOLDER}lime.csv`, ['what']);
    const columns = NUMBERS.map((name) => numbers(near, name));
    const same = Float64Array.from({ length: near.rows * 7 }, (_, k) => columns[k % 7][Math.floor(k / 7)]);
    const { base, values } = fitLime(same, numbers(near, 'output'), 7, 0.75 * Math.sqrt(7));
    const one = theirs.rows - 2;
    expect(Math.abs(base - numbers(theirs, NUMBERS[0])[one + 1])).toBeLessThan(1e-9);
    NUMBERS.forEach((name, j) =>
      expect(Math.abs(values[j] - numbers(theirs, name)[one])).toBeLessThan(1e-9),
    );
  });

  test('LIME’s weights lie within lime’s own spread over seeds', async () => {
    const theirs = await tableOf(`${FOLDER}lime.csv`, ['what']);
    const background = await engine.clients.rows(range(0, 800));
    const rows = await engine.clients.rows(range(0, 3));
    const seeds = [1, 2, 3, 4, 5, 6, 7, 8];
    const runs = await Promise.all(
      seeds.map((seed) => engine.explain(rows, 'lime', { background, seed })),
    );
    for (let row = 0; row < 3; row++)
      NUMBERS.forEach((name, j) => {
        const [mean, spread] = numbers(theirs, name).slice(2 * row, 2 * row + 2);
        const ours = runs.reduce((sum, { values }) => sum + values[row * 7 + j], 0) / runs.length;
        // The mean of 8 runs and of 30: four standard errors of their difference.
        expect(Math.abs(ours - mean)).toBeLessThan(4 * spread * Math.sqrt(1 / 8 + 1 / 30));
      });
  });

  test('the same seed gives the same bits, another one others', async () => {
    const row = await engine.clients.rows(range(4, 5));
    const run = async (seed: number) => (await engine.explain(row, 'lime', { seed, samples: 500 })).values;
    expect(await run(3)).toEqual(await run(3));
    expect(await run(3)).not.toEqual(await run(4));
  });
});

test('KernelSHAP of a tree model is its interventional SHAP: all coalitions exactly, some of them nearly', async () => {
  const engine = await open('regressor', false);
  const rows = await engine.clients.rows(range(0, 5));
  const background = await engine.clients.rows(range(100, 130));
  const exact = await engine.explain(rows, 'interventional', { background });
  const all = await engine.explain(rows, 'kernel', { background });
  expect(largestDifference(all.values, exact.values)).toBeLessThan(1e-9);
  const some = await engine.explain(rows, 'kernel', { background, samples: 400 });
  const scale = Math.max(...exact.values.map(Math.abs));
  expect(largestDifference(some.values, exact.values)).toBeLessThan(0.02 * scale);
  expect(some.values).toEqual((await engine.explain(rows, 'kernel', { background, samples: 400 })).values);
});

test('a bundle that was found to be read otherwise is explained by the runtime alone', async () => {
  const { files } = await packed('regressor', false);
  const engine = await openBundle(memorySource('regressor', files), { runtimeOnly: true });
  expect(modelView(engine)).toMatchObject({ kind: 'runtime', unread: '', methods: ['kernel', 'lime'] });
  expect((await clientView(engine, '1', null)).explanation).toBeNull();
  const { reasons, estimated } = await clientReasons(engine, '1');
  expect(estimated).toBe(true);
  expect(reasons.unit).toBe('probability');
});

describe('the model as a whole', () => {
  test('permutation importance lies within scikit-learn’s own spread', async () => {
    const engine = await open('pca-boosting', true);
    const theirs = await tableOf(`${FOLDER}importance.csv`, ['column']);
    const test = await engine.clients.rows(range(800, 1000));
    const outcomes = numbers(await tableOf('test/oracles/families/data.csv', ['id']), 'y').slice(800);
    const inputs = encodeInputs(engine.columns, test);
    const score = (rows: Float64Array, count: number) => engine.runtime.score(rows, count);
    const found = await permutationImportance(score, inputs, outcomes, { metric: auc, repeats: 20, seed: 1 });
    numbers(theirs, 'mean').forEach((mean, j) => {
      const spread = numbers(theirs, 'spread')[j];
      // The means of 20 and of 50 shuffles: four standard errors of their difference.
      expect(Math.abs(found.mean[j] - mean)).toBeLessThan(4 * spread * Math.sqrt(1 / 20 + 1 / 50));
      expect(found.spread[j] / spread).toBeGreaterThan(0.5);
      expect(found.spread[j] / spread).toBeLessThan(2);
    });
  });

  test('partial dependence is scikit-learn’s', async () => {
    const engine = await open('pca-boosting', true);
    const theirs = await tableOf(`${FOLDER}dependence.csv`);
    const inputs = encodeInputs(engine.columns, await engine.clients.rows(range(0, 300)));
    const score = (rows: Float64Array, count: number) => engine.runtime.score(rows, count);
    const found = await partialDependence(score, inputs, 300, NUMBERS.indexOf('age'), numbers(theirs, 'age'));
    expect(largestDifference(found, numbers(theirs, 'mean'))).toBeLessThan(1e-6);
  });

  test('the gain of a forest is scikit-learn’s Gini importance', async () => {
    const { model } = readWhole(bytesOf('test/oracles/families/random-forest-all-rows.onnx'));
    const data = await clientsOf(true);
    const inputs = matrix(takeRows(data, range(0, 800)), [...NUMBERS, ...CODES]);
    const covers = countCovers(model.predictor as TreeEnsemble, inputs, 800, 10);
    const found = splitImportance(model, covers);
    const gain = found?.gain ?? new Float64Array(0);
    const total = gain.reduce((a, b) => a + b, 0);
    const theirs = numbers(await tableOf(`${FOLDER}gain.csv`, ['column']), 'gain');
    expect(largestDifference(gain.map((value) => value / total), theirs)).toBeLessThan(1e-6);
    expect(found?.counts.reduce((a, b) => a + b, 0)).toBe(
      (model.predictor as TreeEnsemble).feature.filter((f) => f >= 0).length,
    );
  });
});

describe('rows that the model gives no number for', () => {
  const withGap = async (engine: Engine, row: number): Promise<Engine> => {
    const table = await engine.clients.table();
    const values = numbers(table, 'age').map((x, i) => (i === row ? NaN : x));
    const columns = new Map(table.columns).set('age', { kind: 'number', values });
    const clients = await Clients.open(sourceOf({ ...table, columns }), { id: engine.idColumn });
    Object.defineProperty(engine, 'clients', { value: clients });
    Object.defineProperty(engine, 'reference', { value: () => clients.table() });
    return engine;
  };

  test('are left out of what is compared with, and of what the model relies on', async () => {
    const engine = await withGap(await open('calibrated-logistic', true), 3);
    const scores = await engine.score(await engine.clients.table());
    expect(Array.from(scores.keys()).filter((i) => Number.isNaN(scores[i]))).toEqual([3]);
    const row = await engine.clients.rows(range(10, 11));
    const { values } = await engine.explain(row, 'kernel', { background: 1000, samples: 20 });
    expect([...values].every(Number.isFinite)).toBe(true);
    const found = await importanceOf(engine);
    expect(found && [...found.meanAbsolute].every(Number.isFinite)).toBe(true);
    expect((await explainByMethod(engine, '4', ['kernel'])).methods).toEqual([]);
    const { mean } = await dependenceOf(engine, 'age');
    expect([...mean].every(Number.isFinite)).toBe(true);
  });
});
