import type { DuckDBConnection } from '@duckdb/node-api';
import { basename } from 'node:path';
import { asCoded, reasonOf, ScoredeskError } from '../core/errors';
import type { ColumnTypes, Connector, TableFile } from '../features/connector';

/** Memory of the engine; what does not fit goes to the disk. */
const MEMORY = '6GB';
/** How often it is asked how far it is. */
const ASKED_MS = 200;

const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;
const named = (value: string): string => `"${value.replaceAll('"', '""')}"`;

/**
 * DuckDB in this process.
 *
 * @param folder for what does not fit into its memory
 * @throws duckdb-missing where its package is not there
 */
export async function duckdbConnector(folder: string): Promise<Connector> {
  const { DuckDBInstance } = await import('@duckdb/node-api').catch((error: unknown) => {
    throw new ScoredeskError('duckdb-missing', { reason: reasonOf(error) });
  });
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: MEMORY,
    temp_directory: folder,
    preserve_insertion_order: 'false',
    // Nothing but the tables that are named is read, and nothing is fetched.
    autoinstall_known_extensions: 'false',
  });
  const connection = await instance.connect();
  return new DuckDB(connection, () => instance.closeSync());
}

class DuckDB implements Connector {
  readonly #connection: DuckDBConnection;
  readonly #end: () => void;

  constructor(connection: DuckDBConnection, end: () => void) {
    this.#connection = connection;
    this.#end = end;
  }

  async columnsOf(path: string): Promise<string[]> {
    try {
      return await this.#names(`SELECT * FROM ${isParquet(path) ? this.from(path) : asTexts(path)}`);
    } catch (error) {
      throw unreadable(path, error);
    }
  }

  async view(name: string, columns: ColumnTypes, file: TableFile | null): Promise<void> {
    const all = Object.entries(columns);
    const own = new Map(file?.columns.map((column) => [column.toLowerCase(), column]));
    const selected = all.map(([column, type]) => {
      const there = own.get(column.toLowerCase());
      return `CAST(${there === undefined ? 'NULL' : named(there)} AS ${type}) AS ${named(column)}`;
    });
    const types = new Map(all.map(([column, type]) => [column.toLowerCase(), type]));
    const from = file
      ? `FROM ${isParquet(file.path) ? this.from(file.path) : typed(file, types)}`
      : 'WHERE false';
    try {
      await this.#connection.run(`CREATE VIEW ${named(name)} AS SELECT ${selected.join(', ')} ${from}`);
    } catch (error) {
      throw unreadable(file?.path ?? name, error);
    }
  }

  columnsGiven(sql: string): Promise<string[]> {
    return this.#names(sql);
  }

  async number(sql: string): Promise<number> {
    const reader = await this.#connection.runAndReadAll(sql);
    return Number(reader.getRows()[0]?.[0]);
  }

  async write(sql: string, path: string, progress: (done: number, total: number) => void): Promise<number> {
    const format = isParquet(path) ? 'FORMAT parquet, COMPRESSION snappy' : 'FORMAT csv, HEADER';
    const timer = setInterval(() => {
      const { rows_processed: done, total_rows_to_process: total } = this.#connection.progress;
      if (total > 0) progress(Number(done), Number(total));
    }, ASKED_MS);
    try {
      const result = await this.#connection.runAndReadAll(`COPY (${sql}) TO ${text(path)} (${format})`);
      return Number(result.getRows()[0]?.[0]);
    } catch (error) {
      const file = basename(path).replace(/\.\w+$/, '.sql');
      throw asCoded(error) ?? new ScoredeskError('sql-failed', { file, reason: reasonOf(error) });
    } finally {
      clearInterval(timer);
    }
  }

  from(path: string): string {
    return isParquet(path) ? `read_parquet(${text(path)})` : asTexts(path);
  }

  close(): void {
    this.#connection.closeSync();
    this.#end();
  }

  async #names(sql: string): Promise<string[]> {
    const reader = await this.#connection.runAndReadAll(`DESCRIBE ${sql}`);
    return reader.getRows().map(([name]) => String(name));
  }
}

const isParquet = (path: string): boolean => /\.parquet$/i.test(path);

/** A CSV, every value as the text that it is. */
const asTexts = (path: string): string => `read_csv(${text(path)}, header = true, all_varchar = true)`;

/** A CSV whose columns have their types; nothing stands for a gap but nothing. */
function typed({ path, columns }: TableFile, types: ReadonlyMap<string, string>): string {
  const of = columns.map(
    (column) => `${text(column)}: ${text(types.get(column.toLowerCase()) ?? 'VARCHAR')}`,
  );
  return `read_csv(${text(path)}, header = true, auto_detect = false, delim = ',', quote = '"', escape = '"', nullstr = '', columns = {${of.join(', ')}})`;
}

const unreadable = (path: string, error: unknown): ScoredeskError =>
  new ScoredeskError('table-unreadable', { file: basename(path), reason: reasonOf(error) });
