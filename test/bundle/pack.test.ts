import { beforeAll, describe, expect, test } from 'vitest';
import { memorySource } from '../../src/bundle/memory';
import { filesAtOnce } from '../../src/bundle/onUse';
import { pack } from '../../src/bundle/pack';
import type { PackInput } from '../../src/bundle/packPlan';
import type { Manifest } from '../../src/bundle/schema';
import { openPart, readManifest } from '../../src/bundle/read';
import { parseDictionary, parseManifest } from '../../src/bundle/validate';
import { readCsv } from '../../src/core/table/csv';
import { readColumn } from '../../src/core/table/source';
import { textColumn, texts, type Column, type Table } from '../../src/core/table/table';
import { openBundle } from '../../src/engine/engine';
import { clientView } from '../../src/engine/client/view';
import { codeOf, errorOf, textOf } from '../support/files';
import { germanInput } from '../support/german';
import { treeFile } from '../support/onnx';

test('codes of text that were guessed are told; declared ones are not', async () => {
  const guessed = async (given: PackInput) =>
    (await pack(given)).findings.flatMap((finding) =>
      finding.code === 'levels-guessed' ? [finding.columns, finding.severity] : [],
    );
  expect(await guessed(input())).toEqual([['job'], 'warning']);
  const levels = ['clerk', 'manager', 'pilot'].map((value) => ({ value }));
  const declared = dictionary({ columns: [{ name: 'job', type: 'category', levels }] });
  expect(await guessed(input({ dictionary: declared }))).toEqual([]);
});

const csv = (text: string, name = 'clients.csv') =>
  readCsv(new TextEncoder().encode(text), name, { text: ['id'] });
const dictionary = (json: object) => parseDictionary(new TextEncoder().encode(JSON.stringify(json)));
const model = treeFile(2, [
  {
    feature: 0,
    mode: 'BRANCH_LEQ',
    threshold: 1,
    yes: { value: -1 },
    no: { feature: 1, mode: 'BRANCH_EQ', threshold: 1, yes: { value: 2 }, no: { value: 0.5 } },
  },
]);
const input = (changes: Partial<PackInput> = {}): PackInput => ({
  model,
  clients: csv('id,amount,job\n007,1,clerk\n008,2,manager\n009,3,pilot\n'),
  idColumn: 'id',
  reference: csv('id,amount,job,y\n1,1,clerk,0\n2,2,manager,1\n3,5,clerk,1\n', 'reference.csv'),
  target: { column: 'y' },
  ...changes,
});

test('a file in float32 whose values stand on a threshold there is told with the column', async () => {
  // In double 1.000000001 is above the split at 1; in float32 it is 1.
  const rows = csv('id,amount,job\n1,1.000000001,clerk\n2,0.5,clerk\n3,1.5,clerk\n');
  const scored = (p: number) => 1 / (1 + Math.exp(-p));
  const expected = csv(`id,probability\n1,${scored(0.5)}\n2,${scored(-1)}\n3,${scored(0.5)}\n`);
  const told = await errorOf(() => pack(input({ clients: rows, expected })));
  expect(told).toMatchObject({
    code: 'predictions-missed',
    params: { cause: 'rounded', column: 'amount', off: 1, rows: 3 },
  });
});

describe('pack', () => {
  test('infers types, levels, ranges and covers, and keeps ids as they are', async () => {
    const { manifest } = await pack(input());
    expect(manifest.columns).toMatchObject([
      { name: 'id', role: 'id' },
      { name: 'amount', role: 'feature', type: 'integer', range: [1, 5] },
      { name: 'job', role: 'feature', type: 'category', levels: [{ value: 'clerk' }, { value: 'manager' }] },
      { name: 'y', role: 'target' },
    ]);
    expect(manifest.model).toMatchObject({
      inputs: [{ columns: ['amount', 'job'], encode: 'code' }],
      covers: { kind: 'rows', from: 'training' },
    });
    expect(manifest.expected.rows.map((row) => row.id)).toEqual(['007', '008', '009']);
    expect(manifest.decision).toEqual({ threshold: 0.5 });
  });

  test('a level the model does not know is fed as -1, shown and flagged', async () => {
    const { files } = await pack(input());
    const source = memorySource('test', files);
    const clients = await openPart(await readManifest(source), 'clients');
    expect(clients && texts(await readColumn(clients, 'job'))).toEqual(['clerk', 'manager', 'pilot']);
    const view = await clientView(await openBundle(source), '009', null);
    expect(view.cells.find((cell) => cell.column === 'job')).toEqual({
      column: 'job',
      value: 'pilot',
      flag: 'unknownLevel',
    });
    expect(view.probability).toBeCloseTo(1 / (1 + Math.exp(-0.5)), 6);
  });

  test('same input, same bytes', async () => {
    const [a, b] = [await pack(await germanInput()), await pack(await germanInput())];
    for (const [path, bytes] of a.files) expect(b.files.get(path)).toEqual(bytes);
  });

  test('derived columns are computed where absent and checked where present', async () => {
    const columns = [{ name: 'ratio', role: 'feature', derived: { op: 'ratio', of: ['amount', 'income'] } }];
    const clients = (extra: string, values: string) => csv(`id,amount,income${extra}\na,1,2${values}\n`);
    const derivedModel = treeFile(1, [
      { feature: 0, mode: 'BRANCH_LEQ', threshold: 1, yes: { value: 1 }, no: { value: 2 } },
    ]);
    const make = (table: ReturnType<typeof csv>) =>
      pack({
        model: derivedModel,
        clients: table,
        idColumn: 'id',
        features: ['ratio'],
        dictionary: dictionary({ columns }),
      });
    const read = await openPart(
      await readManifest(memorySource('t', (await make(clients('', ''))).files)),
      'clients',
    );
    expect(read && texts(await readColumn(read, 'ratio'))).toEqual(['0.5']);
    const stored = (await make(clients(',ratio', ',0.5000001'))).files;
    const part = await openPart(await readManifest(memorySource('t', stored)), 'clients');
    expect(part?.names).toEqual(['id', 'amount', 'income', 'ratio']);
    expect(await part?.read('ratio')).toMatchObject({ values: Float64Array.of(0.5000001) });
    expect(await part?.read('no such')).toBe(null);
    expect((await make(clients(',ratio', ',0.5000001'))).manifest.columns.length).toBe(4);
    expect(await codeOf(() => make(clients(',ratio', ',0.6')))).toBe('derived-mismatch');
    const cycle = [{ name: 'ratio', role: 'feature', derived: { op: 'ratio', of: ['ratio', 'income'] } }];
    expect(
      await codeOf(() =>
        pack({
          model: derivedModel,
          clients: clients('', ''),
          idColumn: 'id',
          features: ['ratio'],
          dictionary: dictionary({ columns: cycle }),
        }),
      ),
    ).toBe('derived-cycle');
  });

  test('one-row bundles, missing values everywhere and infinities pack, open and explain', async () => {
    const clients = csv('id,amount,job\nx,inf,\n');
    const engine = await openBundle(
      memorySource(
        'one',
        (
          await pack({
            model,
            clients,
            idColumn: 'id',
            reference: input().reference,
            target: { column: 'y' },
          })
        ).files,
      ),
    );
    const view = await clientView(engine, 'x', null);
    expect(view.cells).toEqual([
      { column: 'amount', value: Infinity, flag: 'outOfRange' },
      { column: 'job', value: null, flag: 'missing' },
    ]);
    expect(view.explanation?.reasons.total.points).not.toBeNaN();
  });

  test.each<[string, Partial<PackInput>, string]>([
    ['another count than the model’s', { features: ['amount'] }, 'feature-count'],
    ['a feature the data lack', { features: ['amount', 'jobb'] }, 'feature-missing'],
    ['an id column that is not there', { idColumn: 'idd', features: ['amount', 'job'] }, 'column-unknown'],
    ['repeated ids', { clients: csv('id,amount,job\n1,1,a\n1,2,b\n') }, 'ids-repeated'],
    ['a missing id', { clients: csv('id,amount,job\n,1,a\n') }, 'id-missing'],
    ['no rows', { clients: csv('id,amount,job\n') }, 'rows-none'],
    [
      'a target that is neither 0/1 nor named',
      { target: { column: 'job' }, features: ['amount', 'id'] },
      'target-values',
    ],
    [
      'an outcome among the features',
      { target: { column: 'job' }, features: ['amount', 'job'] },
      'outcome-feature',
    ],
    ['a target value that never occurs', { target: { column: 'y', value: 'bad' } }, 'target-value-absent'],
    ['a target that is not there', { target: { column: 'z' } }, 'column-unknown'],
    [
      'text where the dictionary declares numbers',
      { dictionary: dictionary({ columns: [{ name: 'job', type: 'number' }] }) },
      'column-not-number',
    ],
    [
      'predictions that are not the model’s',
      { expected: csv('id,probability\n007,0.9\n008,0.9\n009,0.9\n', 'p.csv') },
      'predictions-missed',
    ],
    [
      'a client without prediction',
      { expected: csv('id,probability\n007,0.268941421\n', 'p.csv') },
      'prediction-missing',
    ],
  ])('%s is refused', async (_, changes, code) =>
    expect(await codeOf(() => pack(input(changes)))).toBe(code),
  );
});

describe('bundle.json', () => {
  let manifest: Manifest;
  beforeAll(async () => {
    ({ manifest } = await pack(await germanInput()));
  });
  const bytes = (json: unknown) => new TextEncoder().encode(JSON.stringify(json));
  const changed = (changes: object) => bytes({ ...manifest, ...changes });

  test('the shipped one is valid, and unknown keys pass', () => {
    expect(parseManifest(changed({ somethingNew: { a: 1 } })).id).toBe('german-credit');
  });

  test.each<[string, () => Uint8Array, string]>([
    ['a login page', () => new TextEncoder().encode('<!doctype html><title>Log in</title>'), 'bundle-not'],
    ['another JSON', () => bytes({ a: 1 }), 'bundle-not'],
    ['null', () => bytes(null), 'bundle-not'],
    ['a newer format', () => changed({ formatVersion: 2 }), 'bundle-newer'],
    ['an id that is a path', () => changed({ id: '../x' }), 'bundle-invalid'],
    [
      'a path that leaves the bundle',
      () => changed({ files: [{ path: '../../etc/passwd', bytes: 1, sha256: 'a'.repeat(64) }] }),
      'bundle-invalid',
    ],
    ['a threshold over one', () => changed({ decision: { threshold: 1.5 } }), 'bundle-invalid'],
    [
      'a review zone above the threshold',
      () => changed({ decision: { threshold: 0.2, reviewFrom: 0.3 } }),
      'bundle-invalid',
    ],
    [
      'huge counts',
      () =>
        changed({ data: { clients: { id: 'client_id', files: [{ path: 'clients.parquet', rows: 1e15 }] } } }),
      'bundle-invalid',
    ],
    ['columns of another type', () => changed({ columns: 'all' }), 'bundle-invalid'],
    [
      'files that are not listed',
      () => changed({ files: [{ path: 'model.onnx', bytes: 1, sha256: 'a'.repeat(64) }] }),
      'bundle-invalid',
    ],
  ])('%s is refused', async (_, content, code) =>
    expect(await codeOf(() => parseManifest(content()))).toBe(code),
  );

  test('a refusal names the path, what was found and what was expected', async () => {
    await expect(async () =>
      parseManifest(changed({ decision: { threshold: 'high' } })),
    ).rejects.toMatchObject({
      params: { path: 'decision.threshold', found: '"high"', expected: 'number' },
    });
  });
});

test('the dictionary’s decision is the one that training chose', () => {
  const chosen = JSON.parse(textOf('demo/german-credit/lightgbm/training.json')) as {
    threshold: number;
    reviewFrom: number;
  };
  const { decision } = JSON.parse(textOf('demo/german-credit/dictionary.json')) as {
    decision: typeof chosen;
  };
  expect([decision.threshold, decision.reviewFrom]).toEqual([chosen.threshold, chosen.reviewFrom]);
});

test('later rows that come on use are marked: the bundle is ready without them', async () => {
  const current = csv('id,amount,job\n9,1,clerk\n8,2,manager\n', 'current.csv');
  const packed = await pack(input({ current, currentOnUse: true }));
  expect(packed.manifest.data.current?.files).toEqual([{ path: 'current.parquet', rows: 2, optional: true }]);
  expect(filesAtOnce(packed.manifest).map(({ path }) => path)).not.toContain('current.parquet');
  expect(await codeOf(() => pack(input({ currentOnUse: true })))).toBe('part-lacking');
});

test('a part of many rows is several files, read as one', async () => {
  const rows = 250_003;
  const ids = Array.from({ length: rows }, (_, i) => `c${i}`);
  const clients: Table = {
    name: 'many.csv',
    rows,
    columns: new Map<string, Column>([
      ['id', textColumn(ids)],
      // Whole numbers first, a fraction that needs double precision at the end.
      ['income', { kind: 'number', values: Float64Array.from(ids, (_, i) => (i === rows - 1 ? 0.1 : i)) }],
    ]),
  };
  const model = treeFile(1, [
    { feature: 0, mode: 'BRANCH_LEQ', threshold: 7, yes: { value: -1 }, no: { value: 1 } },
  ]);
  const { files, manifest } = await pack({ model, clients, idColumn: 'id', features: ['income'] });
  expect(manifest.data.clients.files).toEqual([
    { path: 'clients-1.parquet', rows: 250_000 },
    { path: 'clients-2.parquet', rows: 3 },
  ]);
  const engine = await openBundle(memorySource('many', files), { runtime: 'core' });
  expect([engine.clients.count, engine.clients.rowOf('c250002')]).toEqual([rows, rows - 1]);
  const income = await engine.clients.column('income');
  expect(
    income?.kind === 'number' && [income.values[5], income.values[249_999], income.values[rows - 1]],
  ).toEqual([5, 249_999, 0.1]);
  const one = await engine.clients.of(['c250001'], ['income']);
  expect(one.columns.get('income')).toMatchObject({ kind: 'number' });
  expect((await engine.scores()).length).toBe(rows);
});
