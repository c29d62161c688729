import type { DuckDBConnection } from '@duckdb/node-api';
import { basename } from 'node:path';
import { asCoded, reasonOf, ScoredeskError } from '../core/errors';
import type { ColumnTypes, Connector, TableFile } from '../features/connector';
import { causeOf, delimiterSql, fromFile, isParquet, quotedText, viewSql } from '../features/duckdbSql';

/** Memory of the engine; what does not fit goes to the disk. */
const MEMORY = '6GB';
/** How often it is asked how far it is. */
const ASKED_MS = 200;

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

  async describe(path: string): Promise<TableFile> {
    try {
      const columns = await this.#names(`SELECT * FROM ${fromFile(path)}`);
      if (isParquet(path)) return { path, columns };
      const sniffed = await this.#connection.runAndReadAll(delimiterSql(path));
      return { path, columns, delimiter: String(sniffed.getRows()[0]?.[0] ?? ',') };
    } catch (error) {
      throw unreadable(path, error);
    }
  }

  async view(name: string, columns: ColumnTypes, file: TableFile | null): Promise<void> {
    try {
      await this.#connection.run(viewSql(name, columns, file));
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
      const result = await this.#connection.runAndReadAll(`COPY (${sql}) TO ${quotedText(path)} (${format})`);
      return Number(result.getRows()[0]?.[0]);
    } catch (error) {
      const file = basename(path).replace(/\.\w+$/, '.sql');
      throw asCoded(error) ?? new ScoredeskError('sql-failed', { file, reason: causeOf(error) });
    } finally {
      clearInterval(timer);
    }
  }

  from(path: string): string {
    return fromFile(path);
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

const unreadable = (path: string, error: unknown): ScoredeskError =>
  new ScoredeskError('table-unreadable', { file: basename(path), reason: causeOf(error) });
