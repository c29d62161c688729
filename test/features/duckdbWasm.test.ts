import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { columnOf, texts } from '../../src/core/table/table';
import { buildFeatures, planned } from '../../src/features/build';
import { parseManifest } from '../../src/features/manifest';
import { recognise } from '../../src/features/recognise';
import { differing } from '../support/columns';
import { bytesOf, tableOf, textOf } from '../support/files';
import { duckdbWasm } from '../support/duckdbWasm';

const TABLES = 'test/oracles/home-credit';

test.each([
  ['home-credit', 798, 'home-credit-features.csv'],
  ['home-credit-extended', 731, 'home-credit-extended.csv'],
])('the SQL of %s gives pandas’ values in DuckDB-Wasm, which browsers run', async (set, columns, file) => {
  const connector = await duckdbWasm();
  const manifest = await parseManifest(bytesOf(`sql/${set}/manifest.json`), async (path) =>
    bytesOf(join('sql', set, path)),
  );
  const files = [];
  for (const name of readdirSync(TABLES)) files.push(await connector.describe(join(TABLES, name)));
  const found = recognise(manifest, files);
  const parts = planned(manifest, found).made.map((family) => ({
    family,
    sql: textOf(`sql/${set}/${family.name}.sql`),
    path: `made_${family.name}`,
  }));
  const done = { isKept: async () => false, keep: async () => undefined };
  const told = { begins: () => undefined, progress: () => undefined, ended: () => undefined };
  const size = await buildFeatures(connector, manifest, found, parts, 'features', { ...done, ...told });
  expect(size).toEqual({ rows: 62, columns });
  const rows = connector.rows('SELECT * FROM features ORDER BY SK_ID_CURR');
  const expected = await tableOf(`test/oracles/${file}`, ['SK_ID_CURR']);
  const ids = texts(columnOf(expected, 'SK_ID_CURR'));
  expect(ids.map((_, row) => String(rows.getChild('SK_ID_CURR')?.get(row)))).toEqual(ids);
  const value = (name: string, _: string, row: number): number | null => {
    const found = rows.getChild(name)?.get(row) ?? null;
    return found === null ? null : Number(found);
  };
  expect(differing(expected, 'SK_ID_CURR', value)).toEqual([]);
  connector.close();
});
