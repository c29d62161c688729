import { textAt, type Table } from './table';

/** Rows joined into one piece of text: strings have a greatest length, tables do not. */
const PIECE_ROWS = 10_000;

/** The table as CSV with a header, RFC 4180 quoting and LF; missing cells are empty. Piece by piece. */
export function* csvPieces(table: Table): Generator<string> {
  const columns = [...table.columns.values()];
  yield [...table.columns.keys()].map(textCell).join(',') + '\n';
  for (let from = 0; from < table.rows; from += PIECE_ROWS) {
    const rows = Math.min(PIECE_ROWS, table.rows - from);
    const lines = Array.from({ length: rows }, (_, i) =>
      columns
        .map((column) => (column.kind === 'text' ? textCell : quoted)(textAt(column, from + i)))
        .join(','),
    );
    yield lines.join('\n') + '\n';
  }
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
  const columns = [...table.columns];
  for (let row = 0; row < table.rows; row++) {
    const cells = columns.map(([name, column]) => [
      name,
      column.kind === 'text' ? textAt(column, row) : jsonNumber(column.values[row]),
    ]);
    yield (row === 0 ? '[\n' : ',\n') + JSON.stringify(Object.fromEntries(cells));
  }
  yield table.rows === 0 ? '[]\n' : '\n]\n';
}

function jsonNumber(value: number): number | string | null {
  if (Number.isNaN(value)) return null;
  return Number.isFinite(value) ? value : String(value);
}
