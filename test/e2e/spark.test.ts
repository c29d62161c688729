import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { columnOf, texts } from '../../src/core/table/table';
import type { Manifest } from '../../src/bundle/schema';
import { differing } from '../support/columns';
import { largestDifference, numbers, tableOf } from '../support/files';

const PYTHON = process.env['SCOREDESK_SPARK'] ?? '';
const BUNDLE = 'public/bundles/home-credit-twin';
/** Spark starts a Java machine, and a Python for each core. */
const PATIENCE = 300_000;
let dir: string;
beforeAll(() => (dir = mkdtempSync(join(tmpdir(), 'scoredesk-spark-'))));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function submit(job: string, ...args: string[]): { status: number | null; out: string } {
  const bin = dirname(resolve(PYTHON));
  // Of so few rows compiling the plan takes longer than running it.
  const interpreted = ['spark.sql.codegen.wholeStage=false', 'spark.sql.codegen.factoryMode=NO_CODEGEN'];
  const conf = ['spark.sql.shuffle.partitions=4', 'spark.ui.enabled=false', ...interpreted].flatMap((one) => [
    '--conf',
    one,
  ]);
  const { status, stdout, stderr } = spawnSync(
    join(bin, 'spark-submit'),
    ['--master', 'local[2]', ...conf, `deploy/spark/${job}.py`, ...args],
    { encoding: 'utf8', env: { ...process.env, PYSPARK_PYTHON: resolve(PYTHON) } },
  );
  return { status, out: stdout + stderr };
}

function run(...command: string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/scoredesk.js', ...command], {
    encoding: 'utf8',
  });
  expect(status, stderr).toBe(0);
  return stdout;
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
  test(
    'the same SQL gives pandas’ features',
    async () => {
      const sets = ['home-credit', 'home-credit-extended'];
      const files = ['home-credit-features.csv', 'home-credit-extended.csv'];
      const out = sets.map((set) => join(dir, `${set}.parquet`));
      const sql = sets.map((set) => `sql/${set}`);
      const { status, out: said } = submit(
        'features',
        ...['--sql', ...sql, '--input', 'test/oracles/home-credit', '--out', ...out],
      );
      expect(status, said).toBe(0);
      for (const [i, file] of files.entries()) {
        const expected = await tableOf(`test/oracles/${file}`, ['SK_ID_CURR']);
        const found = await rowsOf(out[i]);
        expect([...found.keys()].sort()).toEqual(texts(columnOf(expected, 'SK_ID_CURR')).sort());
        expect(differing(expected, 'SK_ID_CURR', (name, id) => found.get(id)?.get(name))).toEqual([]);
      }
    },
    PATIENCE,
  );

  test(
    'the twin: DuckDB’s features, the app’s scores, and a bundle in shards that check accepts',
    async () => {
      const [tables, own, theirs, scores, sharded, ours] = [
        ...['tables', 'own.parquet', 'theirs.parquet', 'scores.parquet', 'sharded', 'scores.csv'],
      ].map((name) => join(dir, name));
      const sql = 'demo/home-credit-twin/sql';
      run('generate', 'home-credit', '--clients', '400', '--seed', '9', '--out', tables);
      run('features', '--sql', sql, '--input', tables, '--out', own);
      const made = submit('features', '--sql', sql, '--input', tables, '--out', theirs);
      expect(made.status, made.out).toBe(0);
      const found = await rowsOf(theirs);
      const wanted = await tableOf(own, ['SK_ID_CURR']);
      expect(differing(wanted, 'SK_ID_CURR', (name, id) => found.get(id)?.get(name))).toEqual([]);

      const args = [
        '--bundle',
        BUNDLE,
        '--rows',
        theirs,
        '--scores',
        scores,
        '--out',
        sharded,
        '--shard',
        '150',
      ];
      const scored = submit('score', ...args);
      expect(scored.status, scored.out).toBe(0);
      run('score', BUNDLE, '--data', own, '--out', ours);
      const app = await tableOf(ours, ['SK_ID_CURR']);
      const probability = (rows: Map<string, Map<string, number>>): number[] =>
        texts(columnOf(app, 'SK_ID_CURR')).map((id) => rows.get(id)?.get('probability') ?? NaN);
      expect(largestDifference(probability(await rowsOf(scores)), numbers(app, 'probability'))).toBeLessThan(
        1e-9,
      );

      const manifest = JSON.parse(readFileSync(join(sharded, 'bundle.json'), 'utf8')) as Manifest;
      expect(manifest.data.clients.files.map(({ rows }) => rows)).toEqual([134, 133, 133]);
      expect(run('check', sharded)).toMatch(/expected +ok: 50 clients by onnxruntime/);
      const again = run('score', sharded, '--out', '-').trimEnd().split('\n').slice(1);
      const byId = new Map(again.map((line) => line.split(',') as [string, string]));
      const fromShards = texts(columnOf(app, 'SK_ID_CURR')).map((id) => Number(byId.get(id)));
      expect(largestDifference(fromShards, numbers(app, 'probability'))).toBeLessThan(1e-9);
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
      expect(out).toContain('The rows lack SK_ID_CURR, NAME_CONTRACT_TYPE, AMT_CREDIT');
    },
    PATIENCE,
  );
});
