import { reasonOf, ScoredeskError } from '../errors';
import { readCsv, type CsvOptions } from './csv';
import { readParquet, type ParquetOptions } from './parquet';
import { TextBuilder, type Column, type Table } from './table';

/**
 * Reads a table by its content: Parquet by its magic bytes, JSON by the file's ending, else CSV.
 *
 * @param file name for messages, and for telling .json from .csv
 */
export async function readTable(
  bytes: Uint8Array,
  file: string,
  options: CsvOptions & Pick<ParquetOptions, 'cells'> = {},
): Promise<Table> {
  if (startsWith(bytes, 'PAR1')) return readParquet(bytes, file, options);
  if (/\.parquet$/i.test(file))
    throw new ScoredeskError('parquet-unreadable', { file, reason: 'no PAR1 at its start' });
  if (startsWith(bytes, 'PK\u0003\u0004')) throw new ScoredeskError('table-format', { file });
  if (/\.(json|jsonl|ndjson)$/i.test(file)) return readJson(bytes, file, options);
  return readCsv(bytes, file, options);
}

function startsWith(bytes: Uint8Array, magic: string): boolean {
  return [...magic].every((c, i) => bytes[i] === c.charCodeAt(0));
}

/** Reads a JSON list of objects, as `jsonPieces` and pandas' `to_json(orient="records")` write it, or an object a line. */
function readJson(bytes: Uint8Array, file: string, options: CsvOptions): Table {
  const rows = parseRows(bytes, file);
  const asText = new Set(options.text);
  const names = namesOf(rows, file);
  const columns = names.map((name): [string, Column] => {
    const cells = rows.map((row) => (Object.hasOwn(row, name) ? row[name] : null));
    if (cells.some((cell) => cell !== null && typeof cell === 'object'))
      throw new ScoredeskError('json-unreadable', { file, reason: `nested values in ${name.slice(0, 60)}` });
    const text =
      asText.has(name) || cells.some((cell) => typeof cell === 'string' && !/^-?Infinity$/.test(cell));
    return [
      name,
      text
        ? jsonTexts(cells as (string | number | boolean | null)[])
        : { kind: 'number', values: Float64Array.from(cells, jsonNumber) },
    ];
  });
  return { name: file, rows: rows.length, columns: new Map(columns) };
}

const MAX_COLUMNS = 20_000;
/** Cells of a table whose rows hold few of its columns cost as much as full ones. */
const MAX_CELLS = 50_000_000;

function namesOf(rows: readonly Record<string, unknown>[], file: string): string[] {
  const names = new Set<string>();
  for (const row of rows) for (const name of Object.keys(row)) names.add(name);
  if (names.size > MAX_COLUMNS || names.size * rows.length > MAX_CELLS)
    throw new ScoredeskError('json-unreadable', {
      file,
      reason: `${names.size} columns in ${rows.length} rows`,
    });
  return [...names];
}

function parseRows(bytes: Uint8Array, file: string): Record<string, unknown>[] {
  let parsed: unknown;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    parsed = isLines(text) ? parseLines(text) : JSON.parse(text);
  } catch (error) {
    throw new ScoredeskError('json-unreadable', { file, reason: reasonOf(error) }, { cause: error });
  }
  if (!Array.isArray(parsed) || !parsed.every((row) => row && typeof row === 'object' && !Array.isArray(row)))
    throw new ScoredeskError('json-unreadable', { file, reason: 'not a list of objects' });
  return parsed as Record<string, unknown>[];
}

/** An object a line, as pandas' `to_json(lines=True)`, Spark and BigQuery write it. */
const isLines = (text: string): boolean => /^\s*\{/.test(text);

/** @throws SyntaxError naming the line */
function parseLines(text: string): unknown[] {
  return text.split(/\r?\n/).flatMap((line, i) => {
    if (line.trim() === '') return [];
    try {
      return [JSON.parse(line) as unknown];
    } catch (error) {
      throw new SyntaxError(`line ${i + 1}: ${reasonOf(error)}`, { cause: error });
    }
  });
}

const jsonNumber = (cell: unknown): number => (cell === null ? NaN : Number(cell));

/** Objects were refused before. */
function jsonTexts(cells: readonly (string | number | boolean | null)[]): Column {
  const builder = new TextBuilder(cells.length);
  for (const cell of cells) builder.add(cell === null ? '' : String(cell));
  return builder.finish();
}
