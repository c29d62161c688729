import { presentRows } from '../stats/present';
import { ScoredeskError } from '../errors';
import type { Column } from '../table/table';

/** How rows are cut in pieces: so many rows each, so many pieces, or a period of the time column. */
export type Chunking = { size: number } | { number: number } | { period: Period };
export const PERIODS = ['day', 'week', 'month', 'quarter', 'year'] as const;
export type Period = (typeof PERIODS)[number];

/** A piece of a table: which of its rows, in order of time if there is a time column. */
export interface Chunk {
  rows: Int32Array;
  /** Times of the first and last row, as ISO text; "" without a time column. */
  start: string;
  end: string;
}

/** Of both tables. */
export interface Chunks {
  reference: Chunk[];
  current: Chunk[];
}

/** Rows of the chunk in the middle, by size; 0 without any. */
export function medianSize(chunks: readonly Chunk[]): number {
  const sizes = chunks.map(({ rows }) => rows.length).sort((a, b) => a - b);
  return sizes[sizes.length >> 1] ?? 0;
}

const DEFAULT_CHUNKS = 10;

/**
 * Cuts rows into chunks as NannyML does: by size (what is left over is a chunk of its own), by number (the size is
 * the whole part of rows / number), or by calendar period. Rows are taken in order of time; rows of equal time
 * keep their order.
 *
 * @param times milliseconds a row; null without a time column, NaN rows are left out
 * @throws drift-period-time a period without a time column
 */
export function chunksOf(rows: number, chunking: Chunking | null, times: Float64Array | null): Chunk[] {
  const order = inOrder(rows, times);
  if (chunking && 'period' in chunking) {
    if (!times) throw new ScoredeskError('drift-period-time', { period: chunking.period });
    return byPeriod(order, times, chunking.period);
  }
  const parts = chunking && 'number' in chunking ? chunking.number : DEFAULT_CHUNKS;
  const size = chunking && 'size' in chunking ? chunking.size : Math.max(1, Math.floor(order.length / parts));
  const chunks: Chunk[] = [];
  for (let from = 0; from < order.length; from += size)
    chunks.push(chunkOf(order.subarray(from, from + size), times));
  return chunks;
}

function inOrder(rows: number, times: Float64Array | null): Int32Array {
  if (!times) return Int32Array.from({ length: rows }, (_, row) => row);
  return presentRows(times).sort((a, b) => times[a] - times[b] || a - b);
}

function chunkOf(rows: Int32Array, times: Float64Array | null): Chunk {
  const at = (row: number) => (times ? new Date(times[row]).toISOString() : '');
  return { rows, start: at(rows[0]), end: at(rows[rows.length - 1]) };
}

function byPeriod(order: Int32Array, times: Float64Array, period: Period): Chunk[] {
  const chunks: Chunk[] = [];
  let from = 0;
  for (let i = 1; i <= order.length; i++) {
    if (i < order.length && periodOf(times[order[i]], period) === periodOf(times[order[from]], period))
      continue;
    chunks.push(chunkOf(order.subarray(from, i), times));
    from = i;
  }
  return chunks;
}

const DAY = 86_400_000;

/** A number that two times share when they lie in the same period (UTC; weeks begin on Monday). */
function periodOf(time: number, period: Period): number {
  const date = new Date(time);
  const month = date.getUTCFullYear() * 12 + date.getUTCMonth();
  if (period === 'year') return date.getUTCFullYear();
  if (period === 'quarter') return Math.floor(month / 3);
  if (period === 'month') return month;
  const day = Math.floor(time / DAY);
  // 1970-01-01 was a Thursday.
  return period === 'week' ? Math.floor((day + 3) / 7) : day;
}

/** Time of each row in milliseconds: ISO text (no zone means UTC), or numbers as milliseconds; NaN where there is none. */
export function timesOf(column: Column): Float64Array {
  if (column.kind === 'number') return Float64Array.from(column.values);
  const known = Float64Array.from(column.dictionary, timeOf);
  return Float64Array.from(column.codes, (code) => (code < 0 ? NaN : known[code]));
}

const ISO =
  /^(\d{4}-\d{2}(?:-\d{2})?)(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?(?: ?(Z|UTC|[+-]\d{2}(?::?\d{2})?))?$/;

/** Milliseconds of an ISO date or time; NaN if it is none. */
export function timeOf(text: string): number {
  const parts = ISO.exec(text.trim());
  if (!parts) return NaN;
  const [, date, time = '00:00', zone = 'Z'] = parts;
  const day = date.length === 7 ? `${date}-01` : date;
  // A day that does not exist is none, not one of the next month.
  const exists = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(exists) || new Date(exists).toISOString().slice(0, 10) !== day) return NaN;
  const seconds = time.length === 5 ? `${time}:00` : time;
  const offset = zone === 'UTC' ? 'Z' : /^[+-]\d{2}$/.test(zone) ? `${zone}:00` : zone;
  return Date.parse(`${day}T${seconds.slice(0, 12)}${offset}`);
}

/** Whether a column looks like times: texts of which all that are there are ISO dates. */
export function isTimeColumn(column: Column): boolean {
  if (column.kind === 'number') return false;
  const { dictionary } = column;
  return dictionary.length > 0 && dictionary.every((text) => !Number.isNaN(timeOf(text)));
}
