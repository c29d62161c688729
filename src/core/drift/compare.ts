import { asCoded, ScoredeskError } from '../errors';
import { nearestName } from '../table/names';
import type { TableSource } from '../table/source';
import { chunksOf, medianSize, timesOf, type Chunking, type Chunks } from './chunks';
import { adjustedForMany } from '../stats/tests';
import { compareColumn, unreadColumn, type ColumnDrift, type Sides } from './column';
import { performanceByChunk, type EstimateNote, type ScoresToCompare } from './estimates';
import { DATASET_SHARE } from './evidently';
import { monitorColumn, type ChunkValue } from './monitor';
import { ALL_COLUMNS } from './names';
import { readyPair } from './pair';
import type { MetricValue } from './metric';
import { policyOf, type Policy } from './policy';
import { reconstructionByChunk } from './together';
import type { Preset } from './types';

export interface CompareOptions {
  preset: Preset;
  /** Columns to compare, in this order; all of either table by default. */
  columns?: readonly string[] | undefined;
  /** Columns that are compared with others one by one, but are no part of what the model sees. */
  outside?: readonly string[] | undefined;
  chunking?: Chunking | null | undefined;
  /** The time column of either table. */
  time?: string | undefined;
  /** Asked for when the columns are done; null where performance can't be estimated. */
  scores?: (() => Promise<ScoresToCompare | null>) | undefined;
  /** Where limits come from and how far the columns are taken together; the preset's own rule by default. */
  policy?: Policy | undefined;
}

/** What is not one column's. */
export type DatasetNote = EstimateNote | 'few-chunks' | 'small-chunks' | 'rows-without-time';

export interface Comparison {
  preset: Preset;
  reference: { name: string; rows: number };
  current: { name: string; rows: number };
  /** Of the columns that could be compared. */
  dataset: { drifted: boolean; count: number; compared: number; share: number; threshold: number };
  columns: ColumnDrift[];
  chunks: ChunkReport[];
  /** Whether scores were calibrated before metrics were estimated; null without an estimate. */
  calibrated: boolean | null;
  notes: DatasetNote[];
}

export interface ChunkReport {
  index: number;
  /** ISO times of the first and last row; "" without a time column. */
  start: string;
  end: string;
  rows: number;
  columns: (ChunkValue & { name: string })[];
  metrics: MetricValue[];
}

/** Fewer chunks of the reference are too few to set limits by. */
const ENOUGH_CHUNKS = 6;
/** Chunks of fewer rows say more of chance than of drift. */
const ENOUGH_ROWS = 30;

/**
 * Compares two tables, column by column; each finished column is yielded, so that a caller can show it, breathe
 * and stop. Nothing about a column is thrown.
 *
 * Columns are read one at a time and not kept; only a reconstruction error holds those of the model together.
 *
 * @returns the whole comparison
 * @throws column-unknown (a column asked for that neither table has), drift-period-time; what reading throws
 */
export async function* compareTables(
  reference: TableSource,
  current: TableSource,
  options: CompareOptions,
): AsyncGenerator<ColumnDrift, Comparison> {
  const { preset, policy = policyOf(preset) } = options;
  const names = namesOf(reference, current, options);
  const chunks = await chunked(reference, current, options);
  const reports = chunks.current.map(({ rows, start, end }, index): ChunkReport => ({
    index,
    start,
    end,
    rows: rows.length,
    columns: [],
    metrics: [],
  }));
  const columns: ColumnDrift[] = [];
  for await (const [name, read] of readAhead(names, (column) => readBoth(reference, current, column))) {
    if ('reason' in read) {
      const column = unreadColumn(name, read.reason);
      columns.push(column);
      yield column;
      continue;
    }
    const ready = readyPair(read.sides.reference, read.sides.current, preset);
    const monitored = reports.length ? monitorColumn(ready, preset, chunks) : null;
    monitored?.chunks.forEach((values, i) =>
      reports[i].columns.push(...values.map((value) => ({ name, ...value }))),
    );
    const column = compareColumn(name, read.sides, { preset, ready, monitored });
    columns.push(column);
    yield column;
  }
  if (reports.length && policy.together) {
    const seen = names.filter((column) => !options.outside?.includes(column));
    const sides = { reference, read: (column: string) => readBoth(reference, current, column) };
    const values = await reconstructionByChunk(sides, seen, chunks, { ...policy, together: policy.together });
    values.forEach((value, i) => reports[i].columns.push({ name: ALL_COLUMNS, ...value }));
  }
  const scores = await options.scores?.();
  const estimated = scores ? performanceByChunk(chunks, scores, policy) : null;
  estimated?.metrics.forEach((metrics, i) => (reports[i].metrics = metrics));
  return {
    preset,
    reference: { name: reference.name, rows: reference.rows },
    current: { name: current.name, rows: current.rows },
    dataset: datasetOf(columns),
    columns: withAdjusted(columns),
    chunks: reports,
    calibrated: estimated?.calibrated ?? null,
    notes: [...(estimated?.notes ?? []), ...chunkNotes(current.rows, chunks, options)],
  };
}

/** Each name with what was read of it; the next is on its way meanwhile. */
async function* readAhead<T>(
  names: readonly string[],
  read: (name: string) => Promise<T>,
): AsyncGenerator<[string, T]> {
  let next = names.length ? read(names[0]) : null;
  for (let i = 0; next; i++) {
    const found = await next;
    next = i + 1 < names.length ? read(names[i + 1]) : null;
    // Nobody may ask for it any more.
    next?.catch(() => undefined);
    yield [names[i], found];
  }
}

/** Both columns; the reason where a file can't give one. */
async function readBoth(
  reference: TableSource,
  current: TableSource,
  name: string,
): Promise<{ sides: Sides } | { reason: string }> {
  try {
    const [a, b] = await Promise.all([reference.read(name), current.read(name)]);
    return { sides: { reference: a, current: b } };
  } catch (error) {
    const coded = asCoded(error);
    if (coded?.code.startsWith('parquet-')) return { reason: reasonIn(coded) };
    throw error;
  }
}

function reasonIn({ params }: ScoredeskError): string {
  const { reason, found } = params as { reason?: string; found?: string };
  return reason ?? found ?? '';
}

function namesOf(reference: TableSource, current: TableSource, { columns, time }: CompareOptions): string[] {
  const all = new Set([...reference.names, ...current.names]);
  if (columns) {
    for (const column of columns)
      if (!all.has(column)) {
        const nearest = nearestName(column, [...all]);
        throw new ScoredeskError('column-unknown', { column, nearest, file: current.name });
      }
    return [...new Set(columns)];
  }
  if (time) all.delete(time);
  return [...all];
}

/** NannyML and estimates need chunks; elsewhere they are made when asked for. */
async function chunked(
  reference: TableSource,
  current: TableSource,
  options: CompareOptions,
): Promise<Chunks> {
  const { time, chunking = null } = options;
  if (!wantsChunks(options)) return { reference: [], current: [] };
  const times = async (table: TableSource) => {
    const column = time ? await table.read(time) : null;
    return column ? timesOf(column) : null;
  };
  const ofCurrent = chunksOf(current.rows, chunking, await times(current));
  const own = await times(reference);
  // A reference without times can't be cut by period: pieces of the size of the current ones stand in.
  const sameSize = { size: Math.max(1, medianSize(ofCurrent)) };
  const ofReference = chunksOf(reference.rows, own || !isPeriod(chunking) ? chunking : sameSize, own);
  return { reference: ofReference, current: ofCurrent };
}

function chunkNotes(rows: number, chunks: Chunks, options: CompareOptions): DatasetNote[] {
  const inChunks = chunks.current.reduce((sum, chunk) => sum + chunk.rows.length, 0);
  const notes: DatasetNote[] = [];
  if (chunks.current.length > 0 && medianSize(chunks.current) < ENOUGH_ROWS) notes.push('small-chunks');
  if (isNannyml(options) && chunks.reference.length < ENOUGH_CHUNKS) notes.push('few-chunks');
  if (options.time !== undefined && wantsChunks(options) && inChunks < rows) notes.push('rows-without-time');
  return notes;
}

const wantsChunks = ({ preset, chunking, scores }: CompareOptions): boolean =>
  Boolean(chunking) || preset === 'nannyml' || scores !== undefined;

const isNannyml = ({ preset }: CompareOptions): boolean => preset === 'nannyml';
const isPeriod = (chunking: Chunking | null): boolean => chunking !== null && 'period' in chunking;

function datasetOf(columns: readonly ColumnDrift[]): Comparison['dataset'] {
  const compared = columns.filter(({ verdict }) => verdict !== null).length;
  const count = columns.filter(({ verdict }) => verdict === 'drifted').length;
  const share = compared === 0 ? 0 : count / compared;
  return {
    drifted: compared > 0 && share >= DATASET_SHARE,
    count,
    compared,
    share,
    threshold: DATASET_SHARE,
  };
}

function withAdjusted(columns: readonly ColumnDrift[]): ColumnDrift[] {
  const adjusted = adjustedForMany(columns.map(({ p }) => p));
  return columns.map((column, i) => ({ ...column, adjusted: adjusted[i] }));
}
