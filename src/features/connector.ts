/** What SQL files speak to: an engine that reads tables from files and writes what a query gives. */
export interface Connector {
  /** A file with the names of its columns, as they stand there. @throws table-unreadable */
  describe(path: string): Promise<TableFile>;
  /** Makes a table of this name: of a file's rows, or of none. Columns that the file lacks are null. */
  view(name: string, columns: ColumnTypes, file: TableFile | null): Promise<void>;
  /** Names of the columns that a query gives. @throws sql-failed */
  columnsGiven(sql: string): Promise<string[]>;
  /**
   * Writes what a query gives, as Parquet or CSV by the file's ending.
   *
   * @returns rows written
   * @throws sql-failed; table-unreadable where a value is not of its column's type
   */
  write(sql: string, path: string, progress: (done: number, total: number) => void): Promise<number>;
  /** The one number that a query gives. */
  number(sql: string): Promise<number>;
  /** Rows of a file that was written, as something to stand in a FROM. */
  from(path: string): string;
  close(): void;
}

/** Types of columns by name, as SQL has them in all engines. */
export type ColumnTypes = Readonly<Record<string, 'BIGINT' | 'DOUBLE' | 'VARCHAR'>>;

/** A file with the names of its columns. */
export interface TableFile {
  path: string;
  columns: readonly string[];
  /** Of a CSV: what stands between two values; a comma unless said. */
  delimiter?: string | undefined;
}
