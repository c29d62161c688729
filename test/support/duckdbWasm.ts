import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { DuckDBBindings } from '@duckdb/duckdb-wasm/blocking';
import type { Connector } from '../../src/features/connector';
import { fromFile, viewSql } from '../../src/features/duckdbSql';

/** What this test needs of apache-arrow's table. */
interface Rows {
  numRows: number;
  schema: { fields: { name: string }[] };
  getChild(name: string): { get(row: number): unknown } | null;
  getChildAt(column: number): { get(row: number): unknown } | null;
}

/** DuckDB-Wasm, as browsers have it, behind the connector; what is written stays in its memory as tables. */
export async function duckdbWasm(): Promise<Connector & { rows(sql: string): Rows }> {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve('@duckdb/duckdb-wasm'));
  const duckdb = require('@duckdb/duckdb-wasm/blocking') as typeof import('@duckdb/duckdb-wasm/blocking');
  const bundle = (kind: 'mvp' | 'eh') => ({
    mainModule: join(folder, `duckdb-${kind}.wasm`),
    mainWorker: '',
  });
  const bindings: DuckDBBindings = await duckdb.createDuckDB(
    { mvp: bundle('mvp'), eh: bundle('eh') },
    new duckdb.VoidLogger(),
    duckdb.NODE_RUNTIME,
  );
  await bindings.instantiate(() => undefined);
  const connection = bindings.connect();
  const rows = (sql: string): Rows => connection.query(sql) as unknown as Rows;
  const tableOf = (path: string): string => `"${path}"`;
  const known = new Set<string>();
  const register = (path: string): void => {
    if (known.has(path)) return;
    bindings.registerFileBuffer(path, new Uint8Array(readFileSync(path)));
    known.add(path);
  };
  const columnsGiven = async (sql: string): Promise<string[]> =>
    rows(`SELECT * FROM (${sql}) LIMIT 0`).schema.fields.map(({ name }) => name);
  return {
    rows,
    columnsGiven,
    async describe(path) {
      register(path);
      return { path, columns: await columnsGiven(`SELECT * FROM ${fromFile(path)}`) };
    },
    async view(name, columns, file) {
      rows(viewSql(name, columns, file));
    },
    async number(sql) {
      return Number(rows(sql).getChildAt(0)?.get(0));
    },
    async write(sql, path) {
      rows(`CREATE TABLE ${tableOf(path)} AS ${sql}`);
      return Number(
        rows(`SELECT count(*) FROM ${tableOf(path)}`)
          .getChildAt(0)
          ?.get(0),
      );
    },
    from: tableOf,
    close: () => connection.close(),
  };
}
