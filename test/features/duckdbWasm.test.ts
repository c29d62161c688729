import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { columnOf, texts } from '../../src/core/table/table';
import { buildFeatures, planned } from '../../src/features/build';
import { parseManifest } from '../../src/features/manifest';
import { recognise } from '../../src/features/recognise';
import { bytesOf, numbers, tableOf, textOf } from '../support/files';
import { duckdbWasm } from '../support/duckdbWasm';

const TABLES = 'test/oracles/home-credit';

test('the SQL of Home Credit’s features gives pandas’ values in DuckDB-Wasm, which browsers run', async () => {
  const connector = await duckdbWasm();
  const manifest = parseManifest(bytesOf('sql/home-credit/manifest.json'));
  const files = [];
  for (const name of readdirSync(TABLES)) files.push(await connector.describe(join(TABLES, name)));
  const found = recognise(manifest, files);
  const parts = planned(manifest, found).made.map((family) => ({
    family,
    sql: textOf(`sql/home-credit/${family.name}.sql`),
    path: `made_${family.name}`,
  }));
  const done = { isKept: async () => false, keep: async () => undefined };
  const told = { begins: () => undefined, progress: () => undefined, ended: () => undefined };
  const size = await buildFeatures(connector, manifest, found, parts, 'features', { ...done, ...told });
  expect(size).toEqual({ rows: 62, columns: 798 });
  const rows = connector.rows('SELECT * FROM features ORDER BY SK_ID_CURR');
  const expected = await tableOf('test/oracles/home-credit-features.csv', ['SK_ID_CURR']);
  const ids = texts(columnOf(expected, 'SK_ID_CURR'));
  expect(ids.map((_, row) => String(rows.getChild('SK_ID_CURR')?.get(row)))).toEqual(ids);
  const wrong = [...expected.columns.keys()].slice(1).filter((name) => {
    const theirs = numbers(expected, name);
    return ids.some((_, row) => {
      const value = rows.getChild(name)?.get(row);
      const [own, x] = [value === null || value === undefined ? NaN : Number(value), theirs[row]];
      return Number.isNaN(x) ? !Number.isNaN(own) : !(Math.abs(own - x) <= 1e-6 * Math.max(1, Math.abs(x)));
    });
  });
  expect(wrong).toEqual([]);
  connector.close();
});
