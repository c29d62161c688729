import { reasonOf, ScoredeskError } from '../errors';
import { readCsv, type CsvOptions } from './csv';
import { readParquet } from './parquet';
import { TextBuilder, type Column, type Table } from './table';

/**
 * Reads a table by its content: Parquet by its magic bytes, JSON by the file's ending, else CSV.
 *
 * @param file name for messages, and for telling .json from .csv
 */
export async function readTable(bytes: Uint8Array, file: string, options: CsvOptions = {}): Promise<Table> {
  if (startsWith(bytes, 'PAR1')) return readParquet(bytes, file, options);
  if (/\.parquet$/i.test(file))
    throw new ScoredeskError('parquet-unreadable', { file, reason: 'no PAR1 at its start' });
  if (startsWith(bytes, 'PK')) throw new ScoredeskError('table-format', { file });
  if (/\.json$/i.test(file)) return readJson(bytes, file, options);
  return readCsv(bytes, file, options);
}

function startsWith(bytes: Uint8Array, magic: string): boolean {
  return [...magic].every((c, i) => bytes[i] === c.charCodeAt(0));
}

/** Reads a JSON list of objects, as `writeJson` and pandas' `to_json(orient="records")` write it. */
function readJson(bytes: Uint8Array, file: string, options: CsvOptions): Table {
  const rows = parseRows(bytes, file);
  const asText = new Set(options.text);
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const columns = names.map((name): [string, Column] => {
    const cells = rows.map((row) => row[name] ?? null);
    const text =
      asText.has(name) || cells.some((cell) => typeof cell === 'string' && !/^-?Infinity$/.test(cell));
    return [name, text ? jsonTexts(cells) : { kind: 'number', values: Float64Array.from(cells, jsonNumber) }];
  });
  return { name: file, rows: rows.length, columns: new Map(columns) };
}

function parseRows(bytes: Uint8Array, file: string): Record<string, unknown>[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new ScoredeskError('json-unreadable', { file, reason: reasonOf(error) }, { cause: error });
  }
  if (!Array.isArray(parsed) || !parsed.every((row) => row && typeof row === 'object' && !Array.isArray(row)))
    throw new ScoredeskError('json-unreadable', { file, reason: 'not a list of objects' });
  return parsed as Record<string, unknown>[];
}

const jsonNumber = (cell: unknown): number => (cell === null ? NaN : Number(cell));

function jsonTexts(cells: readonly unknown[]): Column {
  const builder = new TextBuilder(cells.length);
  for (const cell of cells)
    builder.add(cell === null ? '' : typeof cell === 'object' ? JSON.stringify(cell) : String(cell));
  return builder.finish();
}
