import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { columnOf, texts } from '../../src/core/table/table';
import type { Manifest } from '../../src/bundle/schema';
import { largestDifference, numbers, tableOf } from '../support/files';

const PYTHON = process.env['SCOREDESK_SPARK'] ?? '';
const BUNDLE = 'public/bundles/german-credit';
/** Each takes half a minute: the second one, and the twin, only where time is no matter (SCOREDESK_LONG=1). */
const SETS = [
  ['home-credit', 'home-credit-features.csv'],
  ...(process.env['SCOREDESK_LONG'] ? [['home-credit-extended', 'home-credit-extended.csv']] : []),
];
/** Spark starts a Java machine, and a Python for each core. */
const PATIENCE = 300_000;
let dir: string;
beforeAll(() => (dir = mkdtempSync(join(tmpdir(), 'scoredesk-spark-'))));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function submit(job: string, ...args: string[]): { status: number | null; out: string } {
  const bin = dirname(resolve(PYTHON));
  const conf = ['spark.sql.shuffle.partitions=4', 'spark.ui.enabled=false'].flatMap((one) => ['--conf', one]);
  const { status, stdout, stderr } = spawnSync(
    join(bin, 'spark-submit'),
    ['--master', 'local[2]', ...conf, `deploy/spark/${job}.py`, ...args],
    { encoding: 'utf8', env: { ...process.env, PYSPARK_PYTHON: resolve(PYTHON) } },
  );
  return { status, out: stdout + stderr };
}

/** The rows of a folder of Parquet files, as one table. */
async function rowsOf(folder: string): Promise<Map<string, Map<string, number>>> {
  const rows = new Map<string, Map<string, number>>();
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.parquet'))) {
    const table = await tableOf(join(folder, name), ['SK_ID_CURR', 'id', 'decision']);
    const key = table.columns.has('id') ? 'id' : 'SK_ID_CURR';
    const figures = [...table.columns].flatMap(([column, { kind }]) =>
      kind === 'number' ? [[column, numbers(table, column)] as const] : [],
    );
    texts(columnOf(table, key)).forEach((id, row) =>
      rows.set(id, new Map(figures.map(([column, values]) => [column, values[row]]))),
    );
  }
  return rows;
}

describe.skipIf(PYTHON === '')('deploy/spark', () => {
  test.each(SETS)(
    'the same SQL gives pandas’ features: %s',
    async (set, file) => {
      const out = join(dir, `${set}.parquet`);
      const args = ['--sql', `sql/${set}`, '--input', 'test/oracles/home-credit', '--out', out];
      const { status, out: said } = submit('features', ...args);
      expect(status, said).toBe(0);
      const expected = await tableOf(`test/oracles/${file}`, ['SK_ID_CURR']);
      const found = await rowsOf(out);
      const ids = texts(columnOf(expected, 'SK_ID_CURR'));
      expect([...found.keys()].sort()).toEqual([...ids].sort());
      const isNumber = (name: string) => expected.columns.get(name)?.kind === 'number';
      const wrong = [...expected.columns.keys()]
        .slice(1)
        .filter(isNumber)
        .filter((name) => {
          const theirs = numbers(expected, name);
          return ids.some((id, row) => {
            const [own, x] = [found.get(id)?.get(name) ?? NaN, theirs[row]];
            return Number.isNaN(x)
              ? !Number.isNaN(own)
              : !(Math.abs(own - x) <= 1e-6 * Math.max(1, Math.abs(x)));
          });
        });
      expect(wrong).toEqual([]);
    },
    PATIENCE,
  );

  test(
    'a bundle’s scores are the app’s, and its clients in shards are a bundle that check accepts',
    async () => {
      const [scores, out] = ['scores.parquet', 'sharded'].map((name) => join(dir, name));
      const rows = 'demo/german-credit/german-credit.csv';
      const args = ['--bundle', BUNDLE, '--rows', rows, '--scores', scores, '--out', out, '--shard', '300'];
      const { status, out: said } = submit('score', ...args);
      expect(status, said).toBe(0);
      const native = await tableOf('test/oracles/demo.csv', ['client_id']);
      const found = await rowsOf(scores);
      const own = texts(columnOf(native, 'client_id')).map((id) => found.get(id)?.get('probability') ?? NaN);
      expect(largestDifference(own, numbers(native, 'probability'))).toBeLessThan(1e-12);
      const manifest = JSON.parse(readFileSync(join(out, 'bundle.json'), 'utf8')) as Manifest;
      expect(manifest.data.clients.files).toHaveLength(4);
      expect(manifest.data.clients.files.reduce((sum, file) => sum + file.rows, 0)).toBe(1000);
      const run = (...command: string[]) =>
        spawnSync(process.execPath, ['bin/scoredesk.js', ...command], { encoding: 'utf8' });
      const checked = run('check', out);
      expect(checked.stdout).toMatch(/expected +ok: 50 clients by onnxruntime/);
      expect(checked.status).toBe(0);
      const scored = run('score', out, '--out', '-').stdout.trimEnd().split('\n').slice(1);
      const byId = new Map(scored.map((line) => line.split(',') as [string, string]));
      const theirs = texts(columnOf(native, 'client_id')).map((id) => Number(byId.get(id)));
      expect(largestDifference(theirs, numbers(native, 'probability'))).toBeLessThan(1e-12);
    },
    PATIENCE,
  );

  test.runIf(process.env['SCOREDESK_LONG'])(
    'on the twin: the demo’s SQL gives DuckDB’s features, and its bundle the app’s scores',
    async () => {
      const [tables, own, theirs] = ['tables', 'own.parquet', 'theirs.parquet'].map((name) =>
        join(dir, name),
      );
      const sql = 'demo/home-credit-twin/sql';
      const run = (...command: string[]) => {
        const { status, stderr } = spawnSync(process.execPath, ['bin/scoredesk.js', ...command], {
          encoding: 'utf8',
        });
        expect(status, stderr).toBe(0);
      };
      run('generate', 'home-credit', '--clients', '400', '--seed', '9', '--out', tables);
      run('features', '--sql', sql, '--input', tables, '--out', own);
      const made = submit('features', '--sql', sql, '--input', tables, '--out', theirs);
      expect(made.status, made.out).toBe(0);
      const wanted = await tableOf(own, ['SK_ID_CURR']);
      const found = await rowsOf(theirs);
      const ids = texts(columnOf(wanted, 'SK_ID_CURR'));
      const names = [...wanted.columns].flatMap(([name, { kind }]) => (kind === 'number' ? [name] : []));
      expect(names.length).toBeGreaterThan(65);
      const wrong = names.filter((name) => {
        const values = numbers(wanted, name);
        return ids.some((id, row) => {
          const [x, y] = [found.get(id)?.get(name) ?? NaN, values[row]];
          return Number.isNaN(y) ? !Number.isNaN(x) : !(Math.abs(x - y) <= 1e-6 * Math.max(1, Math.abs(y)));
        });
      });
      expect(wrong).toEqual([]);
      const [scores, ours] = ['twin-scores.parquet', 'twin-scores.csv'].map((name) => join(dir, name));
      const bundle = 'public/bundles/home-credit-twin';
      const scored = submit('score', '--bundle', bundle, '--rows', theirs, '--scores', scores);
      expect(scored.status, scored.out).toBe(0);
      run('score', bundle, '--data', own, '--out', ours);
      const app = await tableOf(ours, ['SK_ID_CURR']);
      const bySpark = await rowsOf(scores);
      const ofSpark = texts(columnOf(app, 'SK_ID_CURR')).map(
        (id) => bySpark.get(id)?.get('probability') ?? NaN,
      );
      expect(largestDifference(ofSpark, numbers(app, 'probability'))).toBeLessThan(1e-9);
    },
    PATIENCE,
  );

  test(
    'rows that lack a column are refused by its name',
    () => {
      const rows = join(dir, 'lacking.parquet');
      cpSync('test/oracles/drift/car-loan-reference.parquet', rows);
      const { status, out } = submit(
        'score',
        '--bundle',
        BUNDLE,
        '--rows',
        rows,
        '--scores',
        join(dir, 'none'),
      );
      expect(status).toBeGreaterThan(0);
      expect(out).toContain('The rows lack client_id, checking_status, duration');
    },
    PATIENCE,
  );
});
