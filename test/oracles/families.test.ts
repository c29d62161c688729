import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { memorySource } from '../../src/bundle/memory';
import { pack } from '../../src/bundle/pack';
import { parseTarget } from '../../src/bundle/target';
import { parseDictionary } from '../../src/bundle/validate';
import { takeRows, type Table } from '../../src/core/table/table';
import { openBundle, type Engine } from '../../src/engine/engine';
import type { Contributions } from '../../src/core/explain/explainer';
import { verifyBundle } from '../../src/engine/verify';
import { NUMBERS } from '../support/families';
import { bytesOf, largestDifference, numbers, tableOf } from '../support/files';

/** Models made by families.py: each library's own probabilities and SHAP values are the truth. */

const FOLDER = 'test/oracles/families/';
const TEXTS = ['checking_status', 'purpose', 'housing'];
const CODES = TEXTS.map((name) => `${name}_code`);
const TRAINED = 800;
const EXPLAINED = 150;

/** Columns that a family's model takes. */
const featuresOf = (name: string): string[] =>
  name.startsWith('logistic') ? NUMBERS : /^(onehot|ordinal)/.test(name) ? [...NUMBERS, ...TEXTS] : [...NUMBERS, ...CODES];

/** Forests and single trees were trained on rows whose gaps are 0. */
const filled = (name: string): boolean => /forest|extra|decision|^gradient/.test(name) && !name.startsWith('ordinal');

const dictionary = parseDictionary(
  new TextEncoder().encode(
    JSON.stringify({ columns: CODES.map((name) => ({ name, type: 'integer' })), decision: { threshold: 0.3 } }),
  ),
);

async function open(name: string): Promise<Engine> {
  const data = await tableOf(`${FOLDER}data.csv`, ['id', ...TEXTS]);
  const columns = new Map(data.columns);
  if (filled(name))
    for (const column of NUMBERS)
      columns.set(column, { kind: 'number', values: numbers(data, column).map((x) => (Number.isNaN(x) ? 0 : x)) });
  const clients = { ...data, columns };
  const { files } = await pack({
    model: bytesOf(`${FOLDER}${name}.onnx`),
    clients,
    idColumn: 'id',
    features: featuresOf(name),
    reference: takeRows(clients, Int32Array.from({ length: TRAINED }, (_, i) => i)),
    target: parseTarget('y'),
    dictionary,
  });
  return openBundle(memorySource(name, files));
}

/** shap's interventional values, where its own add up. */
async function interventionalDifference(engine: Engine, name: string) {
  const theirs = await tableOf(`${FOLDER}${name}.interventional.csv`);
  const { clients } = engine;
  const rows = await clients.rows(Int32Array.from({ length: theirs.rows }, (_, i) => i));
  const background = await clients.rows(Int32Array.from({ length: 50 }, (_, i) => 100 + i));
  return differences(await engine.explain(rows, 'interventional', { background }), theirs);
}

/** Largest differences of base and contributions from the library's. */
async function shapDifference(engine: Engine, name: string) {
  const theirs = await tableOf(`${FOLDER}${name}.shap.csv`);
  const rows = await engine.clients.rows(Int32Array.from({ length: EXPLAINED }, (_, i) => i));
  return differences(await engine.explain(rows), theirs);
}

function differences({ base, values, width, rows }: Contributions, theirs: Table) {
  const columns = [...theirs.columns.keys()].filter((column) => column !== 'base');
  const expected = columns.map((column) => numbers(theirs, column));
  const flat = Float64Array.from({ length: rows * width }, (_, k) => expected[k % width][Math.floor(k / width)]);
  return { base: Math.abs(base - numbers(theirs, 'base')[0]), values: largestDifference(values, flat) };
}

/** Whether the library's own values are kept: not every library explains every model of its own. */
const has = (name: string, kind: 'shap' | 'interventional'): boolean => existsSync(`${FOLDER}${name}.${kind}.csv`);

const FAMILIES = [
  'lightgbm',
  'lightgbm-categories',
  'lightgbm-dart',
  'xgboost',
  'xgboost-base-score',
  'catboost',
  'gradient-boosting',
  'hist-gradient-boosting',
  'random-forest',
  'random-forest-all-rows',
  'extra-trees',
  'decision-tree',
  'logistic',
  'logistic-standard',
  'logistic-minmax',
  'logistic-robust',
  'logistic-maxabs',
  'logistic-best',
  'logistic-pca',
  'onehot-logistic',
  'onehot-boosting',
  'ordinal-forest',
];

test('values of the libraries are kept for most of them', () => {
  expect(FAMILIES.filter((name) => has(name, 'shap')).length).toBe(19);
  expect(FAMILIES.filter((name) => has(name, 'interventional')).length).toBe(10);
});

describe.each(FAMILIES)('%s', (name) => {
  test('scores are the library’s, both evaluators agree, the bundle verifies', async () => {
    const engine = await open(name);
    expect(engine.runtime.name).toBe('onnxruntime');
    const expected = numbers(await tableOf(`${FOLDER}expected.csv`, ['id']), name);
    expect(largestDifference(await engine.scores(), expected)).toBeLessThan(1e-5);
    const { parity } = await verifyBundle(engine);
    expect(parity.largest).toBeLessThan(1e-6);
    expect((await engine.clients.column('id'))?.kind).toBe('text');
  });

  if (has(name, 'shap'))
    test('SHAP values are the library’s, by the user’s own columns', async () => {
    const difference = await shapDifference(await open(name), name);
    expect(difference.base).toBeLessThan(1e-5);
    expect(difference.values).toBeLessThan(1e-4);
  });

  if (has(name, 'interventional'))
    test(
    'interventional SHAP values are shap’s',
    async () => {
      const difference = await interventionalDifference(await open(name), name);
      expect(difference.base).toBeLessThan(1e-5);
      expect(difference.values).toBeLessThan(1e-4);
    },
  );
});
