import { textAt, type Table } from './table';

/** The table as CSV with a header, RFC 4180 quoting and LF; missing cells are empty. */
export function writeCsv(table: Table): string {
  const columns = [...table.columns.values()];
  const lines = [[...table.columns.keys()].map(quoted).join(',')];
  for (let row = 0; row < table.rows; row++)
    lines.push(columns.map((column) => quoted(textAt(column, row))).join(','));
  return lines.join('\n') + '\n';
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** The table as a JSON list of objects; missing numbers are null, infinities "Infinity" and "-Infinity". */
export function writeJson(table: Table): string {
  const rows = Array.from({ length: table.rows }, (_, row) =>
    Object.fromEntries(
      [...table.columns].map(([name, column]) => [
        name,
        column.kind === 'text' ? textAt(column, row) : jsonNumber(column.values[row]),
      ]),
    ),
  );
  return JSON.stringify(rows, null, 1) + '\n';
}

function jsonNumber(value: number): number | string | null {
  if (Number.isNaN(value)) return null;
  return Number.isFinite(value) ? value : String(value);
}
