import { parquetMetadataAsync, parquetRead, type DecodedArray, type FileMetaData } from 'hyparquet';
import { compressors as allCompressors } from 'hyparquet-compressors';
import { asCoded, reasonOf, ScoredeskError } from '../errors';
import { checkedMetadata, columnNames, groupStarts, ownColumns, type OwnColumn } from './parquetColumns';
import { guarded } from './parquetPages';
import { asMeant } from './parquetTypes';
import { rangesOf, type ByteRanges } from './ranges';
import { wholeTable, type RowRange, type TableSource } from './source';
import { decodeUtf8 } from './utf8';
import {
  concatNumbers,
  lengthOf,
  sliceColumn,
  TextBuilder,
  type Column,
  type NumberColumn,
  type Table,
} from './table';

export interface ParquetOptions {
  /** A nested column is refused when it is read, not with the file. */
  lenient?: boolean | undefined;
  /** Columns to keep as text, such as ids. */
  text?: readonly string[] | undefined;
  /** Cells at most, where all of it is read; as many as a browser holds unless said. */
  cells?: number | undefined;
}

/**
 * Reads a flat Parquet file as pandas, pyarrow, DuckDB and `parquetWrite` write it: snappy, zstd,
 * gzip, brotli, lz4; dictionary, nullable, half floats, booleans (0 and 1), decimals, dates (ISO text), times (text).
 *
 * @throws parquet-unreadable, parquet-type (a nested column), column-repeated
 */
export async function readParquet(
  bytes: Uint8Array,
  file: string,
  options: ParquetOptions = {},
): Promise<Table> {
  const source = await openParquet(rangesOf(bytes), file, options);
  return wholeTable(source, source.names, options.cells);
}

/**
 * A Parquet file that is read column by column, each from its row groups: nothing else of it is held.
 *
 * @throws as `readParquet`
 */
export async function openParquet(
  bytes: ByteRanges,
  file: string,
  options: ParquetOptions = {},
): Promise<TableSource> {
  let metadata: FileMetaData;
  let names: string[];
  let columns: ReadonlyMap<string, OwnColumn>;
  let blocks: number[];
  try {
    metadata = checkedMetadata(await parquetMetadataAsync(bytes));
    names = columnNames(metadata, file, options.lenient);
    blocks = groupStarts(metadata);
    columns = ownColumns(metadata);
  } catch (error) {
    throw asUnreadable(file, error);
  }
  const rows = Number(metadata.num_rows);
  const asText = new Set(options.text);
  return {
    name: file,
    rows,
    names,
    blocks,
    read: async (name, range = { from: 0, to: rows }) => {
      const own = columns.get(name);
      if (!own) return null;
      if (own.nested) throw new ScoredeskError('parquet-type', { file, column: name, found: 'nested' });
      const { element } = own;
      const around = groupsAround(range, blocks, rows);
      const chunks = await readChunks(bytes, own, { file, range: around });
      const column = toColumn(chunks, around.to - around.from, asText.has(name), {
        file,
        name,
        whole: element.type === 'INT32' && element.converted_type !== 'DECIMAL',
      });
      const { from, to } = range;
      return asMeant(partOf(column, from - around.from, to - around.from), own.meaning);
    },
  };
}

/** The row groups that hold these rows. */
function groupsAround({ from, to }: RowRange, starts: readonly number[], rows: number): RowRange {
  const first = starts.findLast((start) => start <= from) ?? 0;
  return { from: first, to: starts.find((start) => start >= to && start > first) ?? rows };
}

/** The cells `from` .. `to`; few of many are copied, so that the others can be forgotten. */
function partOf(column: Column, from: number, to: number): Column {
  const part = sliceColumn(column, from, to);
  if (2 * (to - from) > lengthOf(column)) return part;
  return part.kind === 'text'
    ? { ...part, codes: part.codes.slice() }
    : { ...part, values: part.values.slice() };
}

function asUnreadable(file: string, error: unknown): ScoredeskError {
  return (
    asCoded(error) ??
    new ScoredeskError('parquet-unreadable', { file, reason: reasonOf(error) }, { cause: error })
  );
}

async function readChunks(
  bytes: ByteRanges,
  { metadata, element: { name }, chunks: own }: OwnColumn,
  { file, range }: { file: string; range: RowRange },
): Promise<DecodedArray[]> {
  const chunks: { start: number; data: DecodedArray }[] = [];
  try {
    await parquetRead({
      ...guarded(bytes, own, allCompressors),
      metadata,
      parsers: { stringFromBytes: (text: Uint8Array) => text && decodeUtf8(text) },
      columns: [name],
      rowStart: range.from,
      rowEnd: range.to,
      onChunk: ({ rowStart, columnData }) => chunks.push({ start: rowStart, data: columnData }),
    });
  } catch (error) {
    throw asUnreadable(file, error);
  }
  return chunks.sort((a, b) => a.start - b.start).map(({ data }) => data);
}

interface Place {
  file: string;
  name: string;
  /** Held as whole numbers of 32 bits, which a dictionary gives as any number. */
  whole: boolean;
}

function toColumn(chunks: readonly DecodedArray[], rows: number, asText: boolean, place: Place): Column {
  const cells = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  if (cells !== rows)
    throw new ScoredeskError('parquet-unreadable', {
      file: place.file,
      reason: `${place.name}: ${cells} values for ${rows} rows`,
    });
  // Numbers stay numbers whatever was asked: they may be level codes, and read the same as text.
  const numbers = chunks.every((chunk) => typeof firstCell(chunk) === 'number');
  const text = (asText && !numbers) || chunks.some((chunk) => holdsText(chunk));
  return text ? toTextColumn(chunks, rows, place) : toNumberColumn(chunks, rows, place);
}

function firstCell(chunk: DecodedArray): unknown {
  for (let i = 0; i < chunk.length; i++) if (chunk[i] !== null && chunk[i] !== undefined) return chunk[i];
  return undefined;
}

function holdsText(chunk: DecodedArray): boolean {
  if (!Array.isArray(chunk)) return false;
  const first = firstCell(chunk);
  return typeof first === 'string' || first instanceof Date;
}

function toTextColumn(chunks: readonly DecodedArray[], rows: number, place: Place): Column {
  const builder = new TextBuilder(rows);
  for (const chunk of chunks) for (let i = 0; i < chunk.length; i++) builder.add(cellText(chunk[i], place));
  const whole = writtenAs(chunks, place).written === 'whole';
  return whole ? { ...builder.finish(), written: 'whole' } : builder.finish();
}

function cellText(cell: unknown, { file, name }: Place): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'string') return cell;
  if (cell instanceof Date) return isoText(cell);
  if (typeof cell === 'number') return Number.isNaN(cell) ? '' : String(cell);
  if (typeof cell === 'bigint' || typeof cell === 'boolean') return String(cell);
  throw new ScoredeskError('parquet-type', { file, column: name, found: typeof cell });
}

function isoText(date: Date): string {
  if (Number.isNaN(date.getTime())) return '';
  const iso = date.toISOString();
  return iso.endsWith('T00:00:00.000Z') ? iso.slice(0, 10) : iso;
}

function toNumberColumn(chunks: readonly DecodedArray[], rows: number, place: Place): Column {
  const written = writtenAs(chunks, place);
  if (chunks.length > 0 && chunks.every((chunk) => isNumbers(chunk)))
    return { kind: 'number', values: chunks.length === 1 ? chunks[0] : concatNumbers(chunks), ...written };
  const values = new Float64Array(rows);
  let row = 0;
  for (const chunk of chunks)
    for (let i = 0; i < chunk.length; i++) values[row++] = cellNumber(chunk[i], place);
  return { kind: 'number', values, ...written };
}

const isNumbers = (chunk: DecodedArray): chunk is Float64Array | Float32Array | Int32Array =>
  chunk instanceof Float64Array || chunk instanceof Float32Array || chunk instanceof Int32Array;

/** What pandas would hold as int64 or bool: integers without a gap, truth values. */
function writtenAs(
  chunks: readonly DecodedArray[],
  place: Pick<Place, 'whole'>,
): Pick<NumberColumn, 'written'> {
  const every = (holds: (chunk: DecodedArray) => boolean) => chunks.length > 0 && chunks.every(holds);
  if (every((chunk) => Array.isArray(chunk) && chunk.every((cell) => typeof cell === 'boolean')))
    return { written: 'truth' };
  const whole = (chunk: DecodedArray) =>
    Array.isArray(chunk)
      ? chunk.length > 0 &&
        chunk.every((cell) => typeof cell === 'bigint' || (place.whole && typeof cell === 'number'))
      : !(chunk instanceof Float64Array || chunk instanceof Float32Array);
  return every(whole) ? { written: 'whole' } : {};
}

function cellNumber(cell: unknown, { file, name }: Place): number {
  if (typeof cell === 'number') return cell;
  if (cell === null || cell === undefined) return NaN;
  if (typeof cell === 'bigint' || typeof cell === 'boolean') return Number(cell);
  throw new ScoredeskError('parquet-type', { file, column: name, found: typeof cell });
}
