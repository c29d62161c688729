import { readWhole } from '../support/onnx';
import { zipSync } from 'fflate';
import { beforeAll, describe, expect, test } from 'vitest';
import { memorySource } from '../../src/bundle/memory';
import { pack } from '../../src/bundle/pack';
import { parseManifest } from '../../src/bundle/validate';
import { zipSource } from '../../src/bundle/zip';
import { PathShap } from '../../src/core/explain/pathShap';
import { countCovers, decodeCovers } from '../../src/core/explain/covers';
import { probabilities } from '../../src/core/model/evaluate';
import type { TreeEnsemble } from '../../src/core/model/trees';
import { seededRandom } from '../../src/core/numeric/random';
import { readTable } from '../../src/core/table/read';
import { openBundle } from '../../src/engine/engine';
import { bytesOf } from '../support/files';
import { germanInput } from '../support/german';
import { mutate, refusedOrFine } from './mutate';

/**
 * Thousands of seeded mutations of every file a bundle or an import can hold. Each must be read, or
 * refused with a code; nothing may throw anything else. What is far too slow is told when it returns, past
 * the test's limit.
 */

/** Of the manifests that are mutated all are parsed; one in so many is opened and scored too. */
const OPENED_EACH = 10;

interface Outcome {
  read: number;
  refused: number;
  codes: Set<string>;
}

async function attack(
  bytes: Uint8Array,
  times: number,
  seed: number,
  use: (bytes: Uint8Array) => unknown,
): Promise<Outcome> {
  const random = seededRandom(seed);
  const outcome: Outcome = { read: 0, refused: 0, codes: new Set() };
  for (let i = 0; i < times; i++) {
    const mutated = mutate(bytes, random);
    const code = await refusedOrFine(`mutation ${i} of seed ${seed}`, () => use(mutated));
    if (code === null) outcome.read++;
    else {
      outcome.codes.add(code);
      outcome.refused++;
    }
  }
  return outcome;
}

let files: Map<string, Uint8Array>;
beforeAll(async () => {
  files = (await pack(await germanInput())).files;
});
const fileOf = (path: string) => files.get(path) as Uint8Array;

describe('mutated bytes are read or refused with a code', () => {
  test.each([
    ['test/oracles/gaps/model.onnx', 1000, 10],
    ['test/oracles/pipeline/model.onnx', 3000, 5],
    ['test/oracles/families/logistic-pca.onnx', 3000, 7],
    ['test/oracles/families/onehot-logistic.onnx', 3000, 10],
    ['test/oracles/families/ordinal-forest.onnx', 500, 10],
    ['test/oracles/families/catboost.onnx', 500, 10],
    ['test/oracles/composite/tree-ensemble-5.onnx', 1500, 10],
    ['test/oracles/composite/regressor.onnx', 300, 10],
    ['test/oracles/composite/flat.onnx', 300, 10],
    ['test/oracles/composite/logistic-power.onnx', 1500, 7],
    ['test/export/made/catboost/model.onnx', 500, 6],
  ])('%s', async (path, times, width) => {
    const rows = new Float64Array(3 * width).fill(1).fill(NaN, 0, width);
    const { refused, read } = await attack(bytesOf(path), times, 1, (bytes) => {
      const { model } = readWhole(bytes, { width });
      const inputs = new Float64Array(3 * model.width).fill(1);
      probabilities(model, inputs, 3);
      if (model.predictor.kind !== 'trees' || model.width !== width) return;
      new PathShap(model.predictor, countCovers(model.predictor, rows, 3, width)).addRow(
        rows,
        0,
        new Float64Array(width),
        0,
      );
    });
    expect(refused).toBeGreaterThan(times / 10);
    expect(read + refused).toBe(times);
  });

  test.each([
    'pandas-snappy',
    'pandas-zstd',
    'pandas-gzip',
    'pyarrow-split',
    'pyarrow-v2-nodict',
    'duckdb-snappy',
    'duckdb-zstd',
  ])('Parquet of %s', async (name) => {
    const { refused, codes } = await attack(
      bytesOf(`test/oracles/parquet/${name}.parquet`),
      700,
      2,
      (bytes) => readTable(bytes, 'f.parquet'),
    );
    expect(refused).toBeGreaterThan(50);
    expect([...codes].every((code) => code.startsWith('parquet') || code === 'column-repeated')).toBe(true);
  });

  test('CSV', async () => {
    await attack(bytesOf('demo/german-credit/test.csv'), 500, 3, (bytes) => readTable(bytes, 'f.csv'));
  });

  test('covers', async () => {
    const trees = readWhole(fileOf('model.onnx')).model.predictor as TreeEnsemble;
    const { refused } = await attack(fileOf('covers.bin'), 1000, 4, (bytes) => decodeCovers(bytes, trees));
    expect(refused).toBeGreaterThan(900);
  });

  test('zip', async () => {
    const zip = zipSync(Object.fromEntries(files));
    await attack(zip, 700, 5, async (bytes) => openBundle(zipSource('z.zip', bytes), { runtime: 'core' }));
  });

  test('bundle.json as bytes', async () => {
    await attack(fileOf('bundle.json'), 1500, 6, (bytes) => parseManifest(bytes));
  });

  test('bundle.json with values of other types, huge counts and odd names', async () => {
    const text = new TextDecoder().decode(fileOf('bundle.json'));
    const odd: unknown[] = [
      null,
      -1,
      1e300,
      2 ** 53,
      '',
      '../x',
      '__proto__',
      [],
      {},
      true,
      'x'.repeat(100_000),
      [[[[]]]],
      { length: 1e9 },
    ];
    const random = seededRandom(7);
    for (let i = 0; i < 2000; i++) {
      const manifest = JSON.parse(text) as object;
      const [parent, key] = randomPlace(manifest, random);
      parent[key] = odd[Math.floor(random() * odd.length)];
      const bytes = new TextEncoder().encode(JSON.stringify(manifest));
      await refusedOrFine(`mutation ${i} at ${key}`, async () => {
        parseManifest(bytes);
        if (i % OPENED_EACH !== 0) return;
        const changed = new Map(files).set('bundle.json', bytes);
        const engine = await openBundle(memorySource('hostile', changed), { runtime: 'core' });
        for (const p of (await engine.scores()).subarray(0, 3)) engine.decide(p);
      });
    }
  });
});

/** Some key at some depth of the object. */
function randomPlace(root: object, random: () => number): [Record<string, unknown>, string] {
  let parent = root as Record<string, unknown>;
  for (;;) {
    const keys = Object.keys(parent);
    const key = keys[Math.floor(random() * keys.length)];
    const child = parent[key];
    const deeper = child !== null && typeof child === 'object' && Object.keys(child).length > 0;
    if (!deeper || random() < 0.25) return [parent, key];
    parent = child as Record<string, unknown>;
  }
}
