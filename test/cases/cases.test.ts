import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { keptAsWritten } from '../../src/bundle/columns';
import { memorySource } from '../../src/bundle/memory';
import { pack, type Packed } from '../../src/bundle/pack';
import { readRows, requireRows } from '../../src/bundle/rows';
import { parseDictionary } from '../../src/bundle/validate';
import { columnsAsWritten, readOnnx } from '../../src/core/onnx/read';
import { readCsv } from '../../src/core/table/csv';
import { readTable } from '../../src/core/table/read';
import { columnOf, texts, type Table } from '../../src/core/table/table';
import { openBundle, type Engine } from '../../src/engine/engine';
import { onnxRuntime } from '../../src/engine/runtime';
import { verifyBundle } from '../../src/engine/verify';
import { bytesOf, codeOf, largestDifference, numbers, tableOf } from '../support/files';

const at = (name: string, file: string): string => `test/cases/${name}/${file}`;
const WITHIN = 1e-6;

interface Case {
  clients?: string;
  id?: string;
  target?: string | null;
  features?: string[];
  reference?: string;
}

async function packed(name: string, { clients = 'clients.csv', ...rest }: Case = {}): Promise<Packed> {
  const { id = 'client_id', target = 'y', features, reference } = rest;
  const model = bytesOf(at(name, 'model.onnx'));
  const said = at(name, 'dictionary.json');
  const dictionary = existsSync(said) ? parseDictionary(bytesOf(said)) : undefined;
  const text = [...keptAsWritten(dictionary?.columns ?? [], id), ...columnsAsWritten(model)];
  return pack({
    model,
    clients: await tableOf(at(name, clients), text),
    reference: reference === undefined ? undefined : await tableOf(at(name, reference), text),
    idColumn: id,
    target: target === null ? undefined : { column: target },
    features,
    dictionary,
    runtime: onnxRuntime,
  });
}

const opened = async (name: string, options?: Case): Promise<Engine> =>
  openBundle(memorySource(name, (await packed(name, options)).files));

const library = async (name: string): Promise<Float64Array> =>
  numbers(await tableOf(at(name, 'library.csv'), ['client_id']), 'probability');

describe('scored as the library does', () => {
  test.each<[what: string, name: string, options?: Case]>([
    ['a column whose name an exporter could only write as "__" takes its own input', 'input-name-not-latin'],
    ['whole numbers above 2^24 in an integer input', 'whole-numbers-above-2-24'],
    ['a gap is the word that the encoder has for it', 'encoder-knows-none', { features: ['inc', 'job'] }],
    ['the same from Parquet', 'encoder-knows-none', { features: ['inc', 'job'], clients: 'clients.parquet' }],
    ['a level called NA', 'category-called-NA', { features: ['inc', 'job'] }],
    ['the same from Parquet', 'category-called-NA', { features: ['inc', 'job'], clients: 'clients.parquet' }],
    [
      'levels whose accents are decomposed',
      'level-decomposed-accents',
      { features: ['income', 'seg'], reference: 'reference.csv' },
    ],
    [
      'numbers that Parquet holds as text',
      'numbers-written-as-text',
      { features: ['income', 'seg'], clients: 'clients.parquet' },
    ],
    ['levels that are numbers', 'values-taken-for-codes'],
  ])('%s: %s', async (_, name, options) => {
    const engine = await opened(name, options);
    expect(largestDifference(await engine.scores(), await library(name))).toBeLessThan(WITHIN);
    const { parity } = await verifyBundle(engine);
    if (parity.rows > 0) expect(parity.largest).toBeLessThan(WITHIN);
  });

  test.each(['later.csv', 'later.parquet'])('levels that are numbers, in %s, are no codes', async (file) => {
    const engine = await opened('values-taken-for-codes');
    const { columns } = engine.manifest;
    const table: Table = await tableOf(
      at('values-taken-for-codes', file),
      keptAsWritten(columns, 'client_id'),
    );
    const options = { id: 'client_id', inputs: engine.inputs };
    const rows = requireRows(readRows(table, columns, options));
    const scores = await engine.score(rows.table);
    const expected = await library('values-taken-for-codes');
    const theirs = texts(columnOf(table, 'client_id')).map((id) => expected[engine.clients.rowOf(id)]);
    expect(largestDifference(scores, theirs)).toBeLessThan(WITHIN);
  });
});

test('each text input knows its own words', () => {
  for (const name of ['onehot-logistic', 'ordinal-forest']) {
    const { inputs } = readOnnx(bytesOf(`test/oracles/families/${name}.onnx`));
    const words = new Map(inputs.map((input) => [input.name, input.words?.[0]]));
    expect(words.get('housing')).toEqual(['for free', 'own', 'rent']);
    expect(words.get('checking_status')).toEqual(['0<=X<200', '<0', '>=200', 'no checking']);
    expect(words.get('age')).toBeUndefined();
  }
});

test('a graph that gives no client a score is refused', async () => {
  const bytes = bytesOf(at('onnx-only-nan', 'nan.onnx'));
  const { width } = readOnnx(bytes, { width: 1 });
  const row = Array.from({ length: width }, (_, j) => `c${j}`).join();
  const csv = `id,${row}\n1,${row.replaceAll('c', '')}\n2,${row.replaceAll('c', '1')}\n`;
  const clients = readCsv(new TextEncoder().encode(csv), 'clients.csv', { text: ['id'] });
  const input = { model: bytes, clients, idColumn: 'id', runtime: onnxRuntime };
  expect(await codeOf(() => pack(input))).toBe('scores-none');
});

describe('refused, nothing guessed', () => {
  test.each<[what: string, code: string, name: string, options: Case]>([
    ['an input name that two columns may be', 'onnx-input-ambiguous', 'input-name-two-candidates', {}],
    [
      'points that may divide thousands, between semicolons',
      'csv-ambiguous-decimal',
      'thousands-by-points',
      { id: 'id', target: null },
    ],
    [
      'commas that may divide thousands',
      'csv-ambiguous-decimal',
      'thousands-by-points',
      { id: 'id', target: null, clients: 'commas.csv' },
    ],
  ])('%s: %s', async (_, code, name, options) => {
    expect(await codeOf(() => packed(name, options))).toBe(code);
  });

  test('an input name that two columns may be is said by --features', async () => {
    const features = ['loan-amnt', 'income', 'purpose'];
    const engine = await opened('input-name-two-candidates', { features });
    expect(largestDifference(await engine.scores(), await library('input-name-two-candidates'))).toBeLessThan(
      WITHIN,
    );
  });
});

test('a gap that the graph casts to an integer is told; an error where clients have one', async () => {
  const of = async (clients: string) =>
    (await packed('gap-cast-to-integer', { target: null, clients })).findings.map(({ code, severity }) => [
      code,
      severity,
    ]);
  expect(await of('clients.csv')).toEqual([['gap-as-zero', 'error']]);
  expect(await of('complete.csv')).toEqual([['gap-as-zero', 'warning']]);
});

describe('some bytes that ask for gigabytes, or for ever', () => {
  test.each(['onnx-allocates/constant.onnx', 'onnx-endless-loop/loop2.onnx'])('%s', async (path) => {
    expect(await codeOf(() => readOnnx(bytesOf(`test/cases/${path}`), { width: 18 }))).toBe('onnx-unbounded');
  });

  test.each([
    'parquet-huge-runs/big.parquet',
    'parquet-invalid-size/bad.parquet',
    'parquet-damaged-pages/levels-without-length.parquet',
    'parquet-damaged-pages/codes-of-no-bits.parquet',
    'parquet-damaged-pages/levels-beyond-page.parquet',
  ])('%s', async (path) => {
    expect(await codeOf(() => tableOf(`test/cases/${path}`, []))).toBe('parquet-unreadable');
  });
});

test('decimals, times and lengths of time of Parquet are what pandas writes of them', async () => {
  const at = 'test/cases/parquet-decimals-and-times/rows';
  const [stored, written] = [await tableOf(`${at}.parquet`, []), await tableOf(`${at}.csv`, [])];
  for (const [name, column] of written.columns) expect(texts(columnOf(stored, name))).toEqual(texts(column));
});

test('an object a line', async () => {
  const bytes = new TextEncoder().encode('{"id":1,"x":2.5}\n{"x":null,"id":2}\n\n');
  for (const name of ['rows.jsonl', 'rows.json']) {
    const { columns } = await readTable(bytes, name);
    expect([...columns].map(([key, column]) => [key, texts(column)])).toEqual([
      ['id', ['1', '2']],
      ['x', ['2.5', '']],
    ]);
  }
  const damaged = new TextEncoder().encode('{"id":1}\n{"id":\n');
  expect(await codeOf(() => readTable(damaged, 'rows.jsonl'))).toBe('json-unreadable');
});

test('a first line sep=; as Excel writes it', async () => {
  const engine = await opened('excel-sep-line', { id: 'id', target: null, features: ['a', 'b'] });
  expect((await engine.scores()).some(Number.isNaN)).toBe(false);
});
