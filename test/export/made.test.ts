import { describe, expect, test } from 'vitest';
import { keptAsWritten } from '../../src/bundle/columns';
import { readDictionaryCsv } from '../../src/bundle/dictionaryCsv';
import { memorySource } from '../../src/bundle/memory';
import { pack } from '../../src/bundle/pack';
import { parseDictionary } from '../../src/bundle/validate';
import { readTable } from '../../src/core/table/read';
import { openBundle } from '../../src/engine/engine';
import { verifyBundle } from '../../src/engine/verify';
import { bytesOf, codeOf, largestDifference, numbers, tableOf, textOf } from '../support/files';

/** Folders that tools/scoredesk_export made of models of these libraries (test/export/check.py). */

/** Largest difference from the library's probabilities: XGBoost computes in float32. */
const WITHIN = {
  'lightgbm-categories': 1e-12,
  'lightgbm-rf': 1e-12,
  xgboost: 1e-6,
  'xgboost-categories': 1e-6,
  catboost: 1e-12,
  'random-forest': 1e-12,
  'hist-gradient-boosting': 1e-12,
  'gradient-boosting-weighted': 1e-12,
};
const folder = (name: string) => `test/export/made/${name}/`;

async function made(name: string) {
  const dictionary = parseDictionary(bytesOf(`${folder(name)}dictionary.json`));
  const id = dictionary.columns?.find(({ role }) => role === 'id')?.name ?? '';
  const text = keptAsWritten(dictionary.columns ?? [], id);
  return {
    model: bytesOf(`${folder(name)}model.onnx`),
    clients: await readTable(bytesOf(`${folder(name)}clients.parquet`), 'clients.parquet', { text }),
    idColumn: id,
    features: JSON.parse(textOf(`${folder(name)}features.json`)) as string[],
    expected: await tableOf(`${folder(name)}predictions.csv`, [id]),
    dictionary,
  };
}

describe.each(Object.entries(WITHIN))('%s, as exported', (name, within) => {
  test('packs, scores as its library, and explains by the covers that came with it', async () => {
    const input = await made(name);
    const { files, manifest, findings } = await pack(input);
    expect(manifest.model.covers?.from).toBe('library');
    expect(findings.map(({ code }) => code)).not.toContain('levels-guessed');
    const engine = await openBundle(memorySource(name, files));
    const { expected, parity } = await verifyBundle(engine);
    expect(expected.largest).toBeLessThan(within);
    expect(parity.largest).toBeLessThan(1e-12);
    const all = numbers(input.expected, 'probability');
    expect(largestDifference(await engine.scores(), all)).toBeLessThan(within);

    const theirs = await tableOf(`${folder(name)}shap.csv`);
    const rows = await engine.clients.rows(Int32Array.from({ length: theirs.rows }, (_, i) => i));
    const { base, values, width } = await engine.explain(rows, 'path');
    expect(Math.abs(base - numbers(theirs, 'base')[0])).toBeLessThan(1e-5);
    engine.columns.forEach(({ name: column }, j) => {
      const own = Float64Array.from({ length: theirs.rows }, (_, i) => values[i * width + j]);
      expect(largestDifference(own, numbers(theirs, column))).toBeLessThan(1e-5);
    });
  });

  test('its dictionary says the same as a table', async () => {
    const { dictionary } = await made(name);
    const read = await readDictionaryCsv(bytesOf(`${folder(name)}dictionary.csv`), 'dictionary.csv');
    expect(read.columns).toEqual(dictionary.columns);
  });
});

test.each([
  ['a gap in a text is the category that the encoder learned for it', 'one-hot-gaps'],
  ['categories of histogram boosting, with gaps', 'hist-categories'],
])('%s', async (_, name) => {
  const input = await made(name);
  const { files } = await pack(input);
  const engine = await openBundle(memorySource('gaps', files));
  const expected = numbers(input.expected, 'probability');
  expect(largestDifference(await engine.scores(), expected)).toBeLessThan(1e-12);
  const { parity } = await verifyBundle(engine);
  expect(parity.largest).toBeLessThan(1e-12);
});

describe('a dictionary as a table', () => {
  const read = (text: string) => readDictionaryCsv(new TextEncoder().encode(text), 'd.csv');

  test('levels with bars and backslashes, reasons, ranges with a comma', async () => {
    const { columns } = await read(
      'name;type;levels;levels_fr;up_en;min;max;protected\njob;category;a\\|b|c\\\\d;x|;more;;;yes\nage;number;;;;0,5;80;\n',
    );
    expect(columns).toEqual([
      {
        name: 'job',
        type: 'category',
        levels: [{ value: 'a|b', label: { fr: 'x' } }, { value: 'c\\d' }],
        reasons: { up: { en: 'more' } },
        protected: true,
      },
      { name: 'age', type: 'number', range: [0.5, 80] },
    ]);
  });

  test.each([
    ['an unknown column', 'name,colour\na,b\n'],
    ['no name', 'type,unit\nnumber,EUR\n'],
    ['no number', 'name,min,max\na,b,c\n'],
    ['an unknown type', 'name,type\na,colour\n'],
    ['a level twice', 'name,type,levels\na,category,x|x\n'],
  ])('%s is refused', async (_, text) => expect(await codeOf(() => read(text))).toBe('dictionary-invalid'));
});

test('a file of the script names its columns, their order and their levels itself', async () => {
  const input = await made('lightgbm-categories');
  const { clients } = input;
  const turned = { ...clients, columns: new Map([...clients.columns].reverse()) };
  // Whatever a dictionary says of their order: the codes are the model's.
  const columns = input.dictionary.columns?.map((column) => ({
    ...column,
    ...(column.levels ? { levels: [...column.levels].reverse() } : {}),
  }));
  const bare = {
    dictionary: { columns },
    model: input.model,
    clients: turned,
    idColumn: input.idColumn,
    features: [...input.features].reverse(),
  };
  const { files, findings, manifest } = await pack(bare);
  expect(findings.map(({ code }) => code)).not.toContain('levels-guessed');
  expect(manifest.model.inputs[0]).toMatchObject({ columns: input.features, encode: 'level' });
  const engine = await openBundle(memorySource('bare', files));
  expect(largestDifference(await engine.scores(), numbers(input.expected, 'probability'))).toBeLessThan(
    1e-12,
  );
});
