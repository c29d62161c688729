import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { keptAsWritten } from '../../src/bundle/columns';
import { memorySource } from '../../src/bundle/memory';
import { pack } from '../../src/bundle/pack';
import type { PackInput } from '../../src/bundle/packPlan';
import { parseDictionary } from '../../src/bundle/validate';
import { zipSource } from '../../src/bundle/zip';
import { auc } from '../../src/core/metrics/binary';
import { readCsv } from '../../src/core/table/csv';
import { readTable } from '../../src/core/table/read';
import { TensorProto_DataType as Type } from '../../src/core/onnx/schema/onnx_pb';
import { openBundle } from '../../src/engine/engine';
import { verifyBundle } from '../../src/engine/verify';
import { codeOf, largestDifference } from '../support/files';
import { onnxFile, treeAttributes, treeFile, type TestTree } from '../support/onnx';

/** What real files do to a careless reader: each of these once gave a wrong number, a hang or a crash. */

const bytes = (text: string) => new TextEncoder().encode(text);
const csv = (text: string, keep = ['id']) => readCsv(bytes(text), 'c.csv', { text: keep });
const stump = (feature = 0, threshold = 1): TestTree => ({
  feature,
  mode: 'BRANCH_LEQ',
  threshold,
  yes: { value: -1 },
  no: { value: 2 },
});
const scoresOf = async (input: PackInput) => [
  ...(await (await openBundle(memorySource('m', await (await pack(input)).files))).scores()),
];
const sigmoid = (m: number) => 1 / (1 + Math.exp(-m));

describe('which number', () => {
  test('declared levels are read as written: "01", "1.0", "NA", a blank before', async () => {
    const levels = ['01', '1.0', 'NA', ' a'].map((value) => ({ value }));
    const dictionary = parseDictionary(
      bytes(JSON.stringify({ columns: [{ name: 'c', type: 'category', levels }] })),
    );
    const keep = keptAsWritten(dictionary.columns ?? [], 'id');
    const clients = csv('id,c\n1,01\n2,1.0\n3,NA\n4, a\n5,\n6,?\n', keep);
    const { files } = await pack({ model: treeFile(1, [stump()]), clients, idColumn: 'id', dictionary });
    const engine = await openBundle(memorySource('m', files));
    const column = await engine.clients.column('c');
    expect(column?.kind === 'text' && [...column.codes]).toEqual([0, 1, 2, 3, -1, 4]);
  });

  const named = (type?: Type) => {
    const nodes = [
      { op: 'Cast', inputs: ['income'], outputs: ['cast'], attributes: { to: 1 } },
      { op: 'Concat', inputs: ['cast', 'monthly_debt'], outputs: ['x'], attributes: { axis: 1 } },
      {
        op: 'TreeEnsembleClassifier',
        inputs: ['x'],
        outputs: ['label', 'p'],
        attributes: treeAttributes([stump(1, 10)]),
      },
    ];
    return onnxFile(2, nodes, [{ name: 'p' }], [{ name: 'income', type }, { name: 'monthly_debt' }]);
  };

  test('named inputs are matched by name, whatever the order of the columns', async () => {
    const { manifest } = await pack({
      model: named(),
      clients: csv('id,monthly debt,x,income\n1,20,0,5\n'),
      idColumn: 'id',
    });
    expect(manifest.model.inputs.flatMap((input) => input.columns)).toEqual(['income', 'monthly debt']);
  });

  test('a named input without its column is refused', async () => {
    const clients = csv('id,debt,income\n1,20,5\n');
    expect(await codeOf(() => pack({ model: named(), clients, idColumn: 'id' }))).toBe('onnx-input-name');
  });

  const labelled = (labels: number[] | string[]) => {
    const { classlabels_int64s: usual, ...attributes } = treeAttributes([stump()]);
    expect(usual).toEqual([0, 1]);
    const name = typeof labels[0] === 'string' ? 'classlabels_strings' : 'classlabels_int64s';
    const node = {
      op: 'TreeEnsembleClassifier',
      inputs: ['x'],
      outputs: ['label', 'p'],
      attributes: { ...attributes, [name]: labels },
    };
    return onnxFile(1, [node], [{ name: 'p' }]);
  };
  const one = csv('id,x,y\n1,5,bad\n2,5,good\n');
  const input = (model: Uint8Array, changes: Partial<PackInput> = {}): PackInput => ({
    model,
    clients: one,
    idColumn: 'id',
    features: ['x'],
    ...changes,
  });

  test('the class that is default is found by its label', async () => {
    const target = { column: 'y', value: 'bad' };
    expect((await scoresOf(input(labelled([0, 1]))))[0]).toBeCloseTo(sigmoid(2), 6);
    expect((await scoresOf(input(labelled([1, 0]))))[0]).toBeCloseTo(1 - sigmoid(2), 6);
    expect((await scoresOf(input(labelled(['bad', 'good']), { target })))[0]).toBeCloseTo(1 - sigmoid(2), 6);
    expect((await scoresOf(input(labelled(['good', 'bad']), { target })))[0]).toBeCloseTo(sigmoid(2), 6);
    expect((await scoresOf(input(labelled(['bad', 'good']))))[0]).toBeCloseTo(1 - sigmoid(2), 6);
    expect((await scoresOf(input(labelled(['payé', 'Impayé']))))[0]).toBeCloseTo(sigmoid(2), 6);
    for (const unsaid of [
      ['A', 'B'],
      ['good', 'best'],
    ])
      expect(await codeOf(() => pack(input(labelled(unsaid))))).toBe('onnx-labels');
  });

  test('metrics leave out rows without an outcome or a score', async () => {
    const testRows = csv('id,x,y\n1,0,0\n2,5,1\n3,5,\n4,0,\n');
    const { manifest } = await pack(
      input(treeFile(1, [stump()]), { test: testRows, target: { column: 'y' }, clients: testRows }),
    );
    expect(manifest.metrics?.['test']).toMatchObject({
      auc: 1,
      brier: expect.closeTo((sigmoid(-1) ** 2 + (1 - sigmoid(2)) ** 2) / 2, 12),
    });
    expect(auc([0, 1, 1], [NaN, 0.5, NaN])).toBeTypeOf('number');
  });

  test('an integer input takes no gaps and no fractions', async () => {
    const clients = csv('id,income,monthly_debt\n1,,5\n');
    const engine = await openBundle(
      memorySource('m', (await pack({ model: named(Type.INT64), clients, idColumn: 'id' })).files),
    );
    expect(await codeOf(() => engine.scores())).toBe('onnx-whole-numbers');
  });

  test('covers of other rows than the reference are found out', async () => {
    const reference = csv('id,x,y\n1,0,0\n2,5,1\n3,6,1\n');
    const packed = await pack(input(treeFile(1, [stump()]), { reference, target: { column: 'y' } }));
    const other = await pack(
      input(treeFile(1, [stump()]), {
        reference: csv('id,x,y\n1,0,0\n2,0,1\n3,6,1\n'),
        target: { column: 'y' },
      }),
    );
    const manifest = JSON.parse(new TextDecoder().decode(packed.files.get('bundle.json'))) as {
      files: { path: string; sha256: string }[];
    };
    const entry = manifest.files.find((file) => file.path === 'covers.bin');
    const theirs = other.manifest.files.find((file) => file.path === 'covers.bin');
    if (entry && theirs) entry.sha256 = theirs.sha256;
    const lie = new Map(packed.files)
      .set('covers.bin', other.files.get('covers.bin') as Uint8Array)
      .set('bundle.json', bytes(JSON.stringify(manifest)));
    expect(await codeOf(async () => verifyBundle(await openBundle(memorySource('lie', lie))))).toBe(
      'covers-invalid',
    );
  });

  test.each<[string, () => unknown, string]>([
    [
      'a level twice',
      () => parseDictionary(bytes('{"columns":[{"name":"c","levels":[{"value":"a"},{"value":"a"}]}]}')),
      'dictionary-invalid',
    ],
    [
      'a feature twice',
      () => pack({ ...input(treeFile(2, [stump()])), features: ['x', 'x'] }),
      'feature-repeated',
    ],
    [
      'a reference without rows',
      () => pack(input(treeFile(1, [stump()]), { reference: csv('id,x,y\n') })),
      'rows-none',
    ],
    [
      'a target that no table has',
      () => pack(input(treeFile(1, [stump()]), { target: { column: 'nope' } })),
      'column-unknown',
    ],
    [
      'numbers with a few words',
      () =>
        pack({
          model: treeFile(1, [stump()]),
          clients: csv(`id,x\n${Array.from({ length: 40 }, (_, i) => `${i},${i}.5`).join('\n')}\nz,?\n`),
          idColumn: 'id',
        }),
      'column-not-number',
    ],
    ['nested JSON', () => readTable(bytes('[{"id":1,"x":[[40]]}]'), 'f.json'), 'json-unreadable'],
  ])('%s is refused', async (_, step, code) => expect(await codeOf(step)).toBe(code));

  test('JSON rows lack what they lack, whatever it is called', async () => {
    const table = await readTable(bytes('[{"a":1,"valueOf":"x"},{"a":2}]'), 'f.json');
    const column = table.columns.get('valueOf');
    expect(column?.kind === 'text' && [...column.codes]).toEqual([0, -1]);
  });

  test('an outcome column among the clients may be all missing', async () => {
    const clients = csv('id,x,y\n1,5,\n');
    const reference = csv('id,x,y\n1,0,0\n2,5,1\n');
    expect(
      (
        await pack({
          model: treeFile(1, [stump()]),
          clients,
          reference,
          idColumn: 'id',
          target: { column: 'y' },
        })
      ).manifest.data.clients.target,
    ).toBeUndefined();
  });
});

/** Each of these once cost far more than its size: what is that slow again returns past the test's limit. */
describe('small input, small cost', () => {
  test('a long field of digits', () => {
    expect(csv(`id,x\n1,${'1'.repeat(200_000)}x\n`).columns.get('x')?.kind).toBe('text');
  });
  test('a header of 50,000 columns', () => {
    expect(csv(`${','.repeat(50_000)}\n`).columns.size).toBe(50_001);
  });
  test('JSON with a new key in each row', async () => {
    const rows = Array.from({ length: 30_000 }, (_, i) => ({ [`k${i}`]: 1 }));
    expect(await codeOf(() => readTable(bytes(JSON.stringify(rows)), 'f.json'))).toBe('json-unreadable');
  });
  test('deep JSON', async () => {
    const deep = bytes(`[{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}]`);
    expect(await codeOf(() => readTable(deep, 'f.json'))).toBe('json-unreadable');
  });

  test('a chain of == shared by many nodes', async () => {
    let chain: TestTree = { value: 0 };
    const shared: TestTree = { value: 1 };
    for (let i = 0; i < 600; i++)
      chain = { feature: 0, mode: 'BRANCH_EQ', threshold: i, yes: shared, no: chain };
    let tree: TestTree = chain;
    for (let i = 0; i < 600; i++)
      tree = { feature: 1, mode: 'BRANCH_LEQ', threshold: i, yes: chain, no: tree };
    const input = { model: treeFile(2, [tree]), clients: csv('id,a,b\n1,2,3\n'), idColumn: 'id' };
    expect(await codeOf(() => pack(input))).toBe('onnx-attribute');
  });

  test('stored zip entries that claim to be empty count by what they are', async () => {
    const zip = zipSync({ 'bundle.json': new Uint8Array(1_000_000) }, { level: 0 });
    const view = new DataView(zip.buffer, zip.byteOffset);
    const central = view.getUint32(zip.length - 22 + 16, true);
    const entry = zip.slice(central, zip.length - 22);
    const entries = Array.from({ length: 3000 }, (_, i) => {
      const copy = entry.slice();
      copy.set(bytes(`n${String(i).padStart(9, '0')}x`), 46);
      new DataView(copy.buffer).setUint32(24, 0, true);
      return copy;
    });
    const end = zip.slice(zip.length - 22);
    new DataView(end.buffer).setUint16(8, entries.length, true);
    new DataView(end.buffer).setUint16(10, entries.length, true);
    new DataView(end.buffer).setUint32(12, entries.length * entry.length, true);
    const bomb = Uint8Array.from([...zip.slice(0, central), ...entries.flatMap((e) => [...e]), ...end]);
    expect(await codeOf(() => zipSource('z.zip', bomb))).toBe('zip-too-large');
  });

  test('harmless names in a zip are no reason to refuse it', async () => {
    const { files } = await pack({
      model: treeFile(1, [stump()]),
      clients: csv('id,x\n1,5\n'),
      idColumn: 'id',
    });
    const zip = zipSync({
      'Lisez moi (été).txt': bytes('x'),
      ...Object.fromEntries([...files].map(([path, content]) => [`My bundle (1)/${path}`, content])),
    });
    expect((await openBundle(zipSource('z.zip', zip))).clients.ids).toEqual(['1']);
  });
});

test('index columns are left out where the model has no room for them, and told', async () => {
  const clients = csv('Unnamed: 0,id,x,__index_level_0__\n0,1,5,0\n1,2,6,1\n');
  const { manifest, leftOut } = await pack({ model: treeFile(1, [stump()]), clients, idColumn: 'id' });
  expect(manifest.model.inputs[0].columns).toEqual(['x']);
  expect(leftOut).toEqual(['Unnamed: 0', '__index_level_0__']);
});

test('800 features: brackets in names, infinities, booleans as text, a column that is all missing', async () => {
  const names = Array.from({ length: 800 }, (_, i) => `sum(amount)[t-${i}] <${i}>`);
  const cell = (row: number, column: number): string => {
    if (column === 1) return '';
    if (column === 2) return row % 2 ? 'True' : 'False';
    if (column === 3 && row === 0) return 'inf';
    return String((row * 7 + column) % 11);
  };
  const rows = Array.from({ length: 50 }, (_, row) =>
    [row, ...names.map((_, column) => cell(row, column))].join(','),
  );
  const clients = csv(`id,${names.map((name) => `"${name}"`).join(',')}\n${rows.join('\n')}\n`);
  const trees = [stump(0, 4), stump(1, 4), stump(2, 0.5), stump(3, 1e30), stump(799, 5)];
  const { manifest, files } = await pack({ model: treeFile(800, trees), clients, idColumn: 'id' });
  expect(manifest.model.inputs[0].columns).toEqual(names);
  const scores = await (await openBundle(memorySource('wide', files))).scores();
  const margin = (row: number) =>
    [0, 2, 3, 799].reduce((sum, column) => {
      const value = Number(
        cell(row, column).replace('True', '1').replace('False', '0').replace('inf', 'Infinity'),
      );
      const threshold = { 0: 4, 2: 0.5, 3: 1e30, 799: 5 }[column] ?? 0;
      return sum + (value <= threshold ? -1 : 2);
    }, 2);
  expect(
    largestDifference(
      scores,
      Float64Array.from({ length: 50 }, (_, row) => sigmoid(margin(row))),
    ),
  ).toBeLessThan(1e-6);
});
