import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetMetadata } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pack } from '../../src/bundle/pack';
import { writeParquet } from '../../src/core/table/parquetWrite';
import { columnOf, texts, type TextColumn } from '../../src/core/table/table';
import { TensorProto_DataType as Type } from '../../src/core/onnx/schema/onnx_pb';
import { NUMBERS } from '../support/families';
import { bytesOf, largestDifference, numbers, tableOf, textOf } from '../support/files';
import { germanInput, germanTraining } from '../support/german';
import { onnxFile, treeAttributes, treeFile } from '../support/onnx';

const BUNDLE = 'public/bundles/german-credit';
const DEMO = 'demo/german-credit';
let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'scoredesk-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function run(...args: string[]): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/scoredesk.js', ...args], {
    encoding: 'utf8',
  });
  return { status, out: stdout, err: stderr };
}

function file(name: string, content: string | Uint8Array): string {
  const path = join(dir, name);
  writeFileSync(path, content);
  return path;
}

const PACK = JSON.parse(textOf(`${DEMO}/lightgbm/pack.json`)) as string[];

/** A bundle of LightGBM's model of the same data. */
function lightgbm(): string {
  const out = join(dir, 'lightgbm');
  if (!existsSync(out)) expect(run('pack', ...PACK, '--out', out).status).toBe(0);
  return out;
}

const read = (path: string) => tableOf(path, ['client_id', 'id']);

describe('scoredesk', () => {
  test('check reports the shipped bundle', () => {
    const { status, out } = run('check', BUNDLE);
    expect(status).toBe(0);
    expect(out).toMatch(/^german-credit@2\.0\.0 {2}[0-9a-f]{64}\nfiles +ok: 6 files/);
    expect(out).toMatch(/expected +ok: 50 clients by onnxruntime/);
    expect(out).toMatch(/parity +ok: core\/model and onnxruntime on 200 rows/);
  });

  test.each(['csv', 'parquet', 'json'])(
    'score writes all 1,000 clients as .%s, equal to native onnxruntime, in input order',
    async (ending) => {
      const out = join(dir, `scores.${ending}`);
      expect(run('score', BUNDLE, '--out', out).status).toBe(0);
      const scores = await read(out);
      const expected = await read('test/oracles/demo.csv');
      expect([...scores.columns.keys()]).toEqual(['client_id', 'probability', 'decision']);
      expect(texts(columnOf(scores, 'client_id'))).toEqual(texts(columnOf(expected, 'client_id')));
      expect(
        largestDifference(numbers(scores, 'probability'), numbers(expected, 'probability')),
      ).toBeLessThan(1e-12);
      const p = numbers(scores, 'probability');
      const decisions = Array.from(p, (value) =>
        value >= 0.145 ? 'refused' : value >= 0.125 ? 'review' : 'accepted',
      );
      expect(texts(columnOf(scores, 'decision'))).toEqual(decisions);
    },
  );

  test('ids of a Parquet come back as the whole numbers or texts that they were', async () => {
    const wide = await tableOf(`${DEMO}/german-credit.csv`, ['client_id']);
    const ids = columnOf(wide, 'client_id') as TextColumn;
    const typeAfter = async (column: TextColumn) => {
      const table = { ...wide, columns: new Map([['unasked', ids], ...wide.columns, ['client_id', column]]) };
      const [data, out] = [file('typed.parquet', writeParquet(table)), join(dir, 'typed-scores.parquet')];
      expect(run('score', BUNDLE, '--data', data, '--out', out).status).toBe(0);
      expect(texts(columnOf(await read(out), 'client_id'))).toEqual(texts(ids));
      return parquetMetadata(bytesOf(out).slice().buffer).schema[1].type;
    };
    expect(await typeAfter({ ...ids, written: 'whole' })).toBe('INT64');
    expect(await typeAfter(ids)).toBe('BYTE_ARRAY');
  });

  test('score of a user’s CSV gives what the bundle’s clients get; chosen ids in their order', async () => {
    const out = join(dir, 'rows.csv');
    expect(
      run('score', BUNDLE, '--data', `${DEMO}/german-credit.csv`, '--ids', '10,2', '--out', out).status,
    ).toBe(0);
    expect(readFileSync(out, 'utf8')).toBe(run('score', BUNDLE, '--ids', '10,2', '--out', '-').out);
    expect(texts(columnOf(await read(out), 'client_id'))).toEqual(['10', '2']);
  });

  test('rows that can’t be read are written apart with their lines where that is wanted, else the first is refused and nothing is left', async () => {
    const [header, ...rows] = textOf(`${DEMO}/german-credit.csv`).trim().split('\n');
    rows[4] = rows[4].replace(/^[^,]*/, '');
    rows[8] = 'short';
    const data = file('spoilt.csv', [header, ...rows].join('\n'));
    const [out, apart] = [join(dir, 'good.csv'), join(dir, 'apart.csv')];
    const refused = run('score', BUNDLE, '--data', data, '--out', out);
    expect([refused.status, refused.err]).toEqual([1, expect.stringContaining('line 10')]);
    expect(existsSync(out)).toBe(false);
    const { status, err } = run('score', BUNDLE, '--data', data, '--out', out, '--problems', apart);
    expect([status, err]).toEqual([0, expect.stringContaining('2 of 1,000 rows could not be read')]);
    expect([...numbers(await read(apart), 'line')]).toEqual([6, 10]);
    const scores = await read(out);
    expect([scores.rows, texts(columnOf(scores, 'client_id'))[4]]).toEqual([998, '6']);
    expect(readdirSync(dir).filter((name) => name.endsWith('.partial'))).toEqual([]);
  });

  test('score of the bundle’s own Parquet, with its level codes, gives the same scores', () => {
    const own = run('score', BUNDLE, '--data', `${BUNDLE}/clients.parquet`, '--out', '-');
    expect(own.out).toBe(run('score', BUNDLE, '--out', '-').out);
  });

  test('values that are no level of the model are said', () => {
    const row = textOf(`${DEMO}/german-credit.csv`)
      .split('\n')
      .slice(0, 2)
      .join('\n')
      .replace('radio/tv', 'yacht');
    expect(run('score', BUNDLE, '--data', file('yacht.csv', `${row}\n`), '--out', '-').err).toContain(
      '1 value of purpose (100.0%) is no level that the model knows, as “yacht”',
    );
  });

  test('explain --method path equals shap’s TreeExplainer to 1e-6 on all 1,000 clients', async () => {
    const out = join(dir, 'contributions.parquet');
    expect(run('explain', lightgbm(), '--method', 'path', '--out', out).status).toBe(0);
    const ours = await read(out);
    const shap = await read('test/oracles/german/shap.csv');
    expect([...ours.columns.keys()]).toEqual([...shap.columns.keys()]);
    for (const name of [...shap.columns.keys()].slice(1))
      expect(largestDifference(numbers(ours, name), numbers(shap, name)), name).toBeLessThan(1e-6);
  });

  test('explain --method interventional adds up to the same outputs, against a sample or a file', async () => {
    const total = async (...args: string[]) => {
      const out = join(dir, 'one.csv');
      expect(run('explain', BUNDLE, '--ids', '2,641', ...args, '--out', out).status).toBe(0);
      const table = await read(out);
      const columns = [...table.columns.keys()].filter((name) => name !== 'client_id');
      const values = columns.map((name) => numbers(table, name));
      return {
        base: values[0][0],
        sums: [0, 1].map((i) => values.reduce((sum, column) => sum + column[i], 0)),
      };
    };
    const path = await total('--method', 'path');
    for (const background of ['7', `${DEMO}/test.csv`]) {
      const other = await total('--method', 'interventional', '--background', background);
      expect(other.base).not.toBeCloseTo(path.base, 3);
      other.sums.forEach((sum, i) => expect(Math.abs(sum - path.sums[i])).toBeLessThan(1e-9));
    }
  });

  test('explain --method kernel adds up, lime does not; both keep to their seed', async () => {
    const explain = async (...args: string[]) => {
      const out = join(dir, 'agnostic.csv');
      const { status } = run('explain', BUNDLE, '--ids', '2,641', ...args, '--out', out);
      expect(status).toBe(0);
      const table = await read(out);
      const columns = [...table.columns.keys()].filter((name) => name !== 'client_id');
      return columns.map((name) => numbers(table, name));
    };
    const sum = (columns: Float64Array[], row: number) => columns.reduce((a, column) => a + column[row], 0);
    const path = await explain('--method', 'path');
    const kernel = await explain('--method', 'kernel', '--background', '5', '--samples', '300');
    for (const row of [0, 1]) expect(Math.abs(sum(kernel, row) - sum(path, row))).toBeLessThan(1e-9);
    const lime = await explain('--method', 'lime', '--samples', '800', '--seed', '4');
    expect(lime).toEqual(await explain('--method', 'lime', '--samples', '800', '--seed', '4'));
    expect(lime).not.toEqual(await explain('--method', 'lime', '--samples', '800', '--seed', '5'));
    // Each client has an intercept of its own.
    expect(lime[0][0]).not.toBe(lime[0][1]);
  });

  test('a graph that can’t be read is packed, checked, scored and explained by the runtime', async () => {
    const columns = NUMBERS.map((name) => ({ name, type: 'number' }));
    const to = join(dir, 'composite');
    const packed = run(
      'pack',
      '--model',
      'test/oracles/composite/calibrated-sigmoid.onnx',
      '--clients',
      'test/oracles/families/data.csv',
      '--id',
      'id',
      '--features',
      NUMBERS.join(','),
      '--dictionary',
      file('numbers.json', JSON.stringify({ columns })),
      '--out',
      to,
    );
    expect(packed.status).toBe(0);
    expect(packed.err).toContain('Composite model');
    const checked = run('check', to);
    expect(checked.status).toBe(0);
    expect(checked.out).toMatch(/parity {4}none: core\/model can't read [A-Z].*runtime only/);
    const out = join(dir, 'kernel.csv');
    expect(run('explain', to, '--ids', '1', '--background', '5', '--out', out).status).toBe(0);
    expect(run('explain', to, '--ids', '1', '--method', 'path', '--out', out)).toMatchObject({ status: 1 });
  });

  test('pack says what it found in a model and its tables, and is what the function makes', async () => {
    const out = join(dir, 'packed');
    const { status, err } = run('pack', ...PACK, '--out', out);
    expect(status).toBe(0);
    expect(err).toContain('Model: LightGBM, 240 trees; 18 features (11 categories)');
    const { files } = await pack({ ...(await germanInput()), version: '1.0.0' });
    for (const [path, bytes] of files)
      expect(Buffer.compare(bytes, readFileSync(join(out, path))), path).toBe(0);
  });

  test('train on the same rows reproduces the shipped bundle byte for byte', () => {
    const out = join(dir, 'trained');
    expect(run('train', ...germanTraining(), '--out', out).status).toBe(0);
    for (const name of [
      'bundle.json',
      'model.onnx',
      'covers.bin',
      'clients.parquet',
      'reference.parquet',
      'test.parquet',
    ])
      expect(Buffer.compare(readFileSync(join(out, name)), readFileSync(join(BUNDLE, name))), name).toBe(0);
  });

  test('a model that never ends is stopped, and the command says so', () => {
    const at = 'test/cases/onnx-days';
    const args = ['pack', '--model', `${at}/days.onnx`, '--clients', `${at}/clients.csv`, '--id', 'id'];
    const { signal, stderr } = spawnSync(
      process.execPath,
      ['bin/scoredesk.js', ...args, '--out', join(dir, 'days')],
      { encoding: 'utf8', env: { ...process.env, SCOREDESK_RUNTIME_SECONDS: '1' } },
    );
    expect(stderr).toContain('onnxruntime worked for 1 second on one step of this model and was stopped');
    expect(signal).toBe('SIGTERM');
    expect(existsSync(join(dir, 'days'))).toBe(false);
  });

  test.each(['pack', 'check', 'score', 'explain'])('%s --help has an example', (command) => {
    const { status, out } = run(command, '--help');
    expect(status).toBe(0);
    expect(out).toContain(`Example:\n  scoredesk ${command} `);
  });

  test.each<[string, string[], string]>([
    ['no command', [], 'Usage: scoredesk'],
    [
      'a table in a form that nobody writes',
      ['score', BUNDLE, '--out', 's.xlsx'],
      'ends in .csv, .parquet, .json',
    ],
    ['an unknown command', ['packk'], "unknown command 'packk'\n(Did you mean pack?)"],
    ['a missing option', ['score', BUNDLE], '--out'],
    ['an unknown option', ['check', BUNDLE, '--deep'], '--deep'],
    ['an unknown method', ['explain', BUNDLE, '--method', 'magic', '--out', '-'], 'Allowed choices'],
    [
      'a threshold that is none',
      ['pack', '--model', 'm', '--clients', 'c', '--id', 'i', '--out', 'o', '--threshold', '48'],
      'between 0 and 1',
    ],
    [
      'costs that are none',
      ['pack', '--model', 'm', '--clients', 'c', '--id', 'i', '--out', 'o', '--cost', '10:1'],
      'fn=10,fp=1',
    ],
  ])('%s: exit 2', (_, args, text) => {
    const { status, err } = run(...args);
    expect(err).toContain(text);
    expect(status).toBe(2);
  });

  test('pack replaces a bundle whole, and no folder that holds anything else', () => {
    const out = join(dir, 'again');
    const model = file(
      'm.onnx',
      treeFile(1, [{ feature: 0, mode: 'BRANCH_LEQ', threshold: 3, yes: { value: 1 }, no: { value: -1 } }]),
    );
    const pack = (...args: string[]) =>
      run(
        'pack',
        '--model',
        model,
        '--clients',
        file('c.csv', 'id,a\n1,2\n2,4\n'),
        '--id',
        'id',
        '--out',
        out,
        ...args,
      );
    const reference = ['--reference', file('r.csv', 'id,a,y\n7,1,0\n8,5,1\n'), '--target', 'y'];
    expect(pack(...reference).status).toBe(0);
    expect(existsSync(join(out, 'reference.parquet'))).toBe(true);
    expect(pack().status).toBe(0);
    expect(existsSync(join(out, 'reference.parquet'))).toBe(false);
    // As a shell completes it.
    const again = run(
      'pack',
      '--model',
      model,
      '--clients',
      join(dir, 'c.csv'),
      '--id',
      'id',
      '--out',
      `${out}/`,
    );
    expect(again).toMatchObject({ status: 0 });
    expect(readdirSync(dir).filter((name) => name.startsWith('.scoredesk'))).toEqual([]);
    expect(run('check', out).status).toBe(0);
    writeFileSync(join(out, 'notes.txt'), 'mine');
    const refused = pack();
    expect([refused.status, refused.err]).toEqual([1, expect.stringContaining('holds notes.txt')]);
    expect(readFileSync(join(out, 'notes.txt'), 'utf8')).toBe('mine');
  });

  test('what a table says reaches no terminal as a command, and no spreadsheet as a formula', () => {
    const out = join(dir, 'ids');
    const model = file(
      'm.onnx',
      treeFile(1, [{ feature: 0, mode: 'BRANCH_LEQ', threshold: 3, yes: { value: 1 }, no: { value: -1 } }]),
    );
    const clients = file('c.csv', 'id,a\n=1+1,2\n-5,4\n');
    expect(run('pack', '--model', model, '--clients', clients, '--id', 'id', '--out', out).status).toBe(0);
    const { out: scores } = run('score', out, '--out', '-');
    expect(scores.split('\n').map((line) => line.split(',')[0])).toEqual(['id', "'=1+1", '-5', '']);
    const { err } = run('score', out, '--ids', '\u001b[2J\u0008hidden', '--out', '-');
    expect(err).toContain('\ufffd[2J\ufffdhidden');
  });

  describe('refusals are one clear line and exit 1', () => {
    const model = () =>
      file(
        'model.onnx',
        treeFile(2, [
          { feature: 0, mode: 'BRANCH_LEQ', threshold: 30, yes: { value: 1 }, no: { value: -1 } },
        ]),
      );
    const clients = (text = 'id,age,income,bad\n1,20,5,0\n2,40,6,1\n') => file('clients.csv', text);
    const pack = (...args: string[]) => run('pack', '--out', join(dir, 'never'), ...args);
    const labelOnly = () =>
      file(
        'label.onnx',
        onnxFile(
          2,
          [
            {
              op: 'TreeEnsembleClassifier',
              inputs: ['x'],
              outputs: ['label'],
              attributes: treeAttributes([{ value: 1 }]),
            },
          ],
          [{ name: 'label', type: Type.INT64 }],
        ),
      );

    test.each<[string, () => ReturnType<typeof run>, string]>([
      [
        'no such column, with the nearest name',
        () => pack('--model', model(), '--clients', clients(), '--id', 'ID', '--target', 'bad'),
        'clients.csv has no column ID. Did you mean id?',
      ],
      [
        'duplicate ids',
        () => pack('--model', model(), '--clients', clients('id,age,income\n1,2,3\n1,2,3\n'), '--id', 'id'),
        'The id 1 stands in rows 1, 2 of column id.',
      ],
      [
        'a count of features that is not the model’s',
        () => pack('--model', model(), '--clients', clients(), '--id', 'id'),
        'The model wants 2 features, the data give 3 (age, income, bad).',
      ],
      [
        'a column that the training does not know, by its rows',
        () =>
          pack(
            ...['--model', model(), '--clients', clients(), '--id', 'id'],
            ...['--reference', file('r.csv', 'id,age,income\n1,2,3\n2,3,4\n')],
          ),
        'Unknown to the training: bad.',
      ],
      [
        'a key of a dictionary that is misspelt',
        () =>
          pack(
            ...[
              '--model',
              model(),
              '--clients',
              clients('id,age,income\n1,2,3\n'),
              '--id',
              'id',
              '--dictionary',
            ],
            file('d.json', JSON.stringify({ columns: [{ name: 'age', lable: { en: 'Age' } }] })),
          ),
        'columns.0.lable: found a key lable, expected label.',
      ],
      [
        'a folder that is not there',
        () => run('score', BUNDLE, '--out', join(dir, 'no', 's.csv')),
        'Make it first',
      ],
      [
        'a column the model wants and the data lack',
        () => pack('--model', model(), '--clients', clients(), '--id', 'id', '--features', 'age,incom'),
        'The model wants the column incom, which clients.csv lacks. Did you mean income?',
      ],
      [
        'a target that is neither 0/1 nor named',
        () =>
          pack(
            '--model',
            model(),
            '--clients',
            clients(),
            '--reference',
            file('r.csv', 'id,age,income,bad\n1,2,3,good\n2,3,4,poor\n'),
            '--id',
            'id',
            '--target',
            'bad',
          ),
        'The target bad is neither 0/1 nor named: it holds good, poor.',
      ],
      [
        'a label-only model',
        () => pack('--model', labelOnly(), '--clients', clients(), '--id', 'id', '--target', 'bad'),
        'The model gives a label only. Export it with its probabilities',
      ],
      [
        'an operator not supported',
        () =>
          pack(
            '--model',
            file(
              'svm.onnx',
              onnxFile(2, [{ op: 'SVMClassifier', inputs: ['x'], outputs: ['p'] }], [{ name: 'p' }]),
            ),
            '--clients',
            clients(),
            '--id',
            'id',
            '--target',
            'bad',
          ),
        'onnxruntime can’t run the model (',
      ],
      ['no such file', () => run('check', join(dir, 'nowhere')), 'There is no file'],
      ['a directory that is no bundle', () => run('check', 'demo'), 'The bundle has no file bundle.json.'],
      ['a file that is neither', () => run('check', 'package.json'), 'The zip can’t be read'],
      [
        'a client that is not there',
        () => run('score', BUNDLE, '--ids', '5000', '--out', '-'),
        'There is no client 5000',
      ],
      [
        'rows that lack a column',
        () => run('score', BUNDLE, '--data', clients('client_id,duration\n1,12\n'), '--out', '-'),
        'clients.csv lacks 17 of the 18 columns that the model needs',
      ],
    ])('%s', (_, call, text) => {
      const { status, out, err } = call();
      const lines = err.trim().split('\n');
      expect(lines.at(-1)).toContain(text);
      expect(lines.filter((line) => /\bat .*:\d+/.test(line))).toEqual([]);
      expect(out).toBe('');
      expect(status).toBe(1);
    });

    test('nothing is left behind', () =>
      expect(run('check', join(dir, 'never')).err).toContain('There is no file'));
  });

  test('a CSV, a model and one command: minimal pack, then check and explain', async () => {
    const model = file(
      'm.onnx',
      treeFile(1, [{ feature: 0, mode: 'BRANCH_LEQ', threshold: 30, yes: { value: 1 }, no: { value: -1 } }]),
    );
    const clients = file('c.csv', 'id;age\n007;20,5\n008;40\n');
    const out = join(dir, 'mini');
    const { status, err } = run('pack', '--model', model, '--clients', clients, '--id', 'id', '--out', out);
    expect(err).toContain('No --reference: covers are counted on the clients');
    expect(status).toBe(0);
    expect(run('check', out).status).toBe(0);
    expect(run('explain', out, '--ids', '007', '--out', '-').out).toBe('id,base,age\n007,0,1\n');
  });
});
