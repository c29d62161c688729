import { reasonOf } from '../core/errors';
import type { ColumnTypes, TableFile } from './connector';

/** How DuckDB is told of files: the same in a process and in a browser. */

export const quotedText = (value: string): string => `'${value.replaceAll("'", "''")}'`;
export const quotedName = (value: string): string => `"${value.replaceAll('"', '""')}"`;

export const isParquet = (path: string): boolean => /\.parquet$/i.test(path);

/** A table as it was written, to stand in a FROM; of a CSV every value is the text that it is. */
export const fromFile = (path: string): string =>
  isParquet(path)
    ? `read_parquet(${quotedText(path)})`
    : `read_csv(${quotedText(path)}, header = true, all_varchar = true)`;

/** Gives the delimiter of a CSV, found in its first lines. */
export const delimiterSql = (path: string): string => `SELECT Delimiter FROM sniff_csv(${quotedText(path)})`;

/** A CSV whose columns have their types; nothing stands for a gap but nothing. */
function typedCsv({ path, columns, delimiter = ',' }: TableFile, types: ReadonlyMap<string, string>): string {
  const of = columns.map(
    (column) => `${quotedText(column)}: ${quotedText(types.get(column.toLowerCase()) ?? 'VARCHAR')}`,
  );
  const form = `header = true, auto_detect = false, delim = ${quotedText(delimiter)}, quote = '"', escape = '"', nullstr = ''`;
  return `read_csv(${quotedText(path)}, ${form}, columns = {${of.join(', ')}})`;
}

/** Makes a table of this name of a file's rows, or of none; columns that the file lacks are null. */
export function viewSql(name: string, columns: ColumnTypes, file: TableFile | null): string {
  const all = Object.entries(columns);
  const own = new Map(file?.columns.map((column) => [column.toLowerCase(), column]));
  const selected = all.map(([column, type]) => {
    const there = own.get(column.toLowerCase());
    return `CAST(${there === undefined ? 'NULL' : quotedName(there)} AS ${type}) AS ${quotedName(column)}`;
  });
  const types = new Map(all.map(([column, type]) => [column.toLowerCase(), type]));
  const read = (own: TableFile): string => (isParquet(own.path) ? fromFile(own.path) : typedCsv(own, types));
  return `CREATE VIEW ${quotedName(name)} AS SELECT ${selected.join(', ')} ${file ? `FROM ${read(file)}` : 'WHERE false'}`;
}

/** Lines of its errors that say what happened, and to whom; the others tell of options that nobody gave. */
const TELLING = /^(Error when|Expected Number|Value with|file ?=|Invalid unicode|Could not)/i;

/** What DuckDB says went wrong, in a line. */
export function causeOf(error: unknown): string {
  const [first, ...others] = (error instanceof Error ? error.message : String(error)).split('\n');
  const telling = others.map((line) => line.trim()).filter((line) => TELLING.test(line));
  return reasonOf([first, ...telling.slice(0, 2)].join('; ').replace(/file ?= ?\S*\//, 'in '));
}
