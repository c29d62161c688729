import * as duckdb from '@duckdb/duckdb-wasm';
import { reasonOf, ScoredeskError } from '../core/errors';
import type { Column, Table } from '../core/table/table';
import { textColumn } from '../core/table/table';
import type { ColumnTypes, Connector, TableFile } from './connector';
import { describeCsv } from './csvHead';
import { causeOf, quotedName, viewSql } from './duckdbSql';

/** Where DuckDB-Wasm comes from, and how its worker is started. */
export interface Engine {
  wasmUrl: string;
  worker: () => Worker;
  /** Bytes of the engine that have come. */
  progress: (done: number, total: number) => void;
}

/** DuckDB in a browser: reads files where they are, keeps what it made as tables in its memory, fetches nothing. */
export interface BrowserConnector extends Connector {
  /** What a query gives, part by part. */
  tables(sql: string, name: string): AsyncGenerator<Table>;
}

/** @throws duckdb-missing where the engine can't be started */
export async function browserConnector(
  files: ReadonlyMap<string, File>,
  { wasmUrl, worker, progress }: Engine,
): Promise<BrowserConnector> {
  const own = worker();
  try {
    const database = new duckdb.AsyncDuckDB(new duckdb.VoidLogger(), own);
    await database.instantiate(wasmUrl, null, ({ bytesLoaded, bytesTotal }) =>
      progress(bytesLoaded, bytesTotal),
    );
    for (const [path, file] of files)
      await database.registerFileHandle(path, file, duckdb.DuckDBDataProtocol.BROWSER_FILEREADER, true);
    const connection = await database.connect();
    // Rows come in any order; nothing but the tables that are named is read, and nothing is fetched.
    for (const setting of SETTINGS) await connection.query(`SET ${setting}`);
    return new Browser(files, connection, () => own.terminate());
  } catch (error) {
    own.terminate();
    throw new ScoredeskError('duckdb-missing', { reason: reasonOf(error) });
  }
}

const SETTINGS = [
  'preserve_insertion_order = false',
  'autoinstall_known_extensions = false',
  'autoload_known_extensions = false',
];

class Browser implements BrowserConnector {
  readonly #files: ReadonlyMap<string, File>;
  readonly #connection: duckdb.AsyncDuckDBConnection;
  readonly #end: () => void;

  constructor(files: ReadonlyMap<string, File>, connection: duckdb.AsyncDuckDBConnection, end: () => void) {
    this.#files = files;
    this.#connection = connection;
    this.#end = end;
  }

  async describe(path: string): Promise<TableFile> {
    const file = this.#files.get(path);
    if (!file) throw new ScoredeskError('file-not-found', { path });
    return describeCsv(file, path);
  }

  async view(name: string, columns: ColumnTypes, file: TableFile | null): Promise<void> {
    try {
      await this.#connection.query(viewSql(name, columns, file));
    } catch (error) {
      throw new ScoredeskError('table-unreadable', { file: file?.path ?? name, reason: causeOf(error) });
    }
  }

  async columnsGiven(sql: string): Promise<string[]> {
    const { schema } = await this.#connection.query(`SELECT * FROM (${sql}) LIMIT 0`);
    return schema.fields.map(({ name }) => name);
  }

  async number(sql: string): Promise<number> {
    return Number((await this.#connection.query(sql)).getChildAt(0)?.get(0));
  }

  /** Into a table of its memory. */
  async write(sql: string, path: string): Promise<number> {
    try {
      await this.#connection.query(`CREATE TABLE ${this.from(path)} AS ${sql}`);
    } catch (error) {
      throw new ScoredeskError('sql-failed', {
        file: `${path.replace(/^made_/, '')}.sql`,
        reason: causeOf(error),
      });
    }
    return this.number(`SELECT count(*) FROM ${this.from(path)}`);
  }

  from(path: string): string {
    return quotedName(path);
  }

  async *tables(sql: string, name: string): AsyncGenerator<Table> {
    for await (const batch of await this.#connection.send(sql)) {
      const { numRows: rows, schema } = batch;
      if (rows === 0) continue;
      const columns = schema.fields.map(({ name: column, type }, i): [string, Column] => {
        const cells = batch.getChildAt(i) as { get(row: number): unknown };
        return [column, String(type) === 'Utf8' ? textsOf(cells, rows) : numbersOf(cells, rows)];
      });
      yield { name, rows, columns: new Map(columns) };
    }
  }

  close(): void {
    this.#end();
  }
}

interface Cells {
  get(row: number): unknown;
}

const textsOf = (cells: Cells, rows: number): Column =>
  textColumn(Array.from({ length: rows }, (_, row) => (cells.get(row) as string | null) ?? ''));

const numbersOf = (cells: Cells, rows: number): Column => ({
  kind: 'number',
  values: Float64Array.from({ length: rows }, (_, row) => {
    const value = cells.get(row);
    return value === null ? NaN : Number(value);
  }),
});
