import { textAt, type Column, type Table } from './table';

/** Rows joined into one piece of text: strings have a greatest length, tables do not. */
const PIECE_ROWS = 10_000;

/** The table as CSV with a header, RFC 4180 quoting and LF; missing cells are empty. Piece by piece. */
export function* csvPieces(table: Table): Generator<string> {
  yield csvHeader(table);
  yield* csvRows(table);
}

const csvHeader = ({ columns }: Table): string => [...columns.keys()].map(textCell).join(',') + '\n';

function* csvRows(table: Table): Generator<string> {
  const columns = [...table.columns.values()];
  for (let from = 0; from < table.rows; from += PIECE_ROWS) {
    const rows = Math.min(PIECE_ROWS, table.rows - from);
    const lines = Array.from({ length: rows }, (_, i) =>
      columns.map((column) => cellOf(column, from + i)).join(','),
    );
    yield lines.join('\n') + '\n';
  }
}

function cellOf(column: Column, row: number): string {
  if (column.kind === 'text') return textCell(textAt(column, row));
  const value = column.values[row];
  return column.written === 'decimal' && Number.isInteger(value) ? `${value}.0` : textAt(column, row);
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** A text as a cell of a CSV: one that begins like a formula and is no number is no formula in a spreadsheet. */
export function textCell(text: string): string {
  const formula = /^[=+\-@\t\r]/.test(text) && !/^[+-]?\d+([.,]\d+)?$/.test(text);
  return quoted(formula ? `'${text}` : text);
}

/** The table as a JSON list of objects; missing numbers are null, infinities "Infinity" and "-Infinity". */
export function* jsonPieces(table: Table): Generator<string> {
  yield '[';
  yield* jsonRows(table, '\n');
  yield table.rows === 0 ? ']\n' : '\n]\n';
}

function* jsonRows(table: Table, before: string): Generator<string> {
  const columns = [...table.columns];
  for (let row = 0; row < table.rows; row++) {
    const cells = columns.map(([name, column]) => [
      name,
      column.kind === 'text' ? textAt(column, row) : jsonNumber(column.values[row]),
    ]);
    yield (row === 0 ? before : ',\n') + JSON.stringify(Object.fromEntries(cells));
  }
}

export type TableFormat = 'csv' | 'json' | 'parquet';

/**
 * A file of a table that comes in parts, of the same columns all: piece by piece, so that it may be larger than memory. A
 * Parquet file has numbers in double precision and a row group a part.
 */
export async function* filePieces(
  parts: AsyncIterable<Table>,
  format: TableFormat,
): AsyncGenerator<string | Uint8Array> {
  if (format === 'parquet') {
    yield* (await import('./parquetWrite')).parquetPieces(parts);
    return;
  }
  let rows = 0;
  if (format === 'json') yield '[';
  for await (const part of parts) {
    if (format === 'csv' && rows === 0) yield csvHeader(part);
    yield* format === 'csv' ? csvRows(part) : jsonRows(part, rows === 0 ? '\n' : ',\n');
    rows += part.rows;
  }
  if (format === 'json') yield rows === 0 ? ']\n' : '\n]\n';
}

function jsonNumber(value: number): number | string | null {
  if (Number.isNaN(value)) return null;
  return Number.isFinite(value) ? value : String(value);
}
