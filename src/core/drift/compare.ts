import { ScoredeskError } from '../errors';
import { sampleRows, seededRandom } from '../numeric/random';
import { nearestName } from '../table/nearest';
import type { TableSource } from '../table/source';
import type { Column } from '../table/table';
import { chunksOf, timesOf, type Chunk, type Chunking } from './chunks';
import { compareColumn, unreadColumn, type ColumnDrift } from './column';
import { DATASET_SHARE } from './evidently';
import { monitorColumn, type ChunkValue } from './monitor';
import { ALL_COLUMNS } from './names';
import { isAlert, limitsOf } from './nannyml';
import {
  fitPerformance,
  labelledOf,
  performanceOf,
  takeScored,
  type Costs,
  type MetricValue,
  type Scored,
} from './performance';
import { fitReconstruction, reconstructionError, rowErrors } from './reconstruction';
import { adjustedForMany } from '../stats/tests';
import { aligned, driftTypeOf, type Preset } from './types';

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
  /** Reconstruction error by chunk; by default NannyML's preset has it. */
  multivariate?: boolean | undefined;
  /** Limits from samples of the reference, drawn with replacement in the chunks' size, instead of from its chunks. */
  resampled?: boolean | undefined;
}

/** Scores to estimate performance from. */
export interface ScoresToCompare {
  /** Labelled rows; those of the reference table, row by row, unless `resampled`. */
  reference: Scored;
  /** Of the current table, row by row. */
  current: Scored;
  costs: Costs;
}

/** What is not one column's. */
export type DatasetNote =
  | 'reference-unlabelled'
  | 'reference-one-class'
  | 'current-unlabelled'
  | 'not-probabilities'
  | 'few-chunks'
  | 'small-chunks'
  | 'rows-without-time';

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

const FEW_CHUNKS = 6;
/** Chunks of fewer rows say more of chance than of drift. */
const FEW_ROWS = 30;

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
    const [a, b] = read.columns;
    const monitored = a && b && reports.length ? monitorColumn(a, b, options.preset, chunks) : null;
    monitored?.chunks.forEach((values, i) =>
      reports[i].columns.push(...values.map((value) => ({ name, ...value }))),
    );
    const column = compareColumn(name, a, b, {
      preset: options.preset,
      monitored,
    });
    columns.push(column);
    yield column;
  }
  if (reports.length && (options.multivariate ?? isNannyml(options)))
    await addReconstruction(reports, names, chunks, { reference, current }, options);
  const scores = await options.scores?.();
  const estimated = scores ? addPerformance(reports, chunks, scores, options.resampled) : null;
  return {
    preset: options.preset,
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
): Promise<{ columns: [Column | null, Column | null] } | { reason: string }> {
  try {
    return { columns: await Promise.all([reference.read(name), current.read(name)]) };
  } catch (error) {
    if (error instanceof ScoredeskError && error.code.startsWith('parquet-'))
      return { reason: reasonIn(error) };
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

interface Chunks {
  reference: Chunk[];
  current: Chunk[];
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
  if (chunks.current.length > 0 && medianSize(chunks.current) < FEW_ROWS) notes.push('small-chunks');
  if (isNannyml(options) && chunks.reference.length < FEW_CHUNKS) notes.push('few-chunks');
  if (options.time !== undefined && wantsChunks(options) && inChunks < rows) notes.push('rows-without-time');
  return notes;
}

const wantsChunks = ({ preset, chunking, scores }: CompareOptions): boolean =>
  Boolean(chunking) || preset === 'nannyml' || scores !== undefined;

const isNannyml = ({ preset }: CompareOptions): boolean => preset === 'nannyml';
const isPeriod = (chunking: Chunking | null): boolean => chunking !== null && 'period' in chunking;

function medianSize(chunks: readonly Chunk[]): number {
  const sizes = chunks.map(({ rows }) => rows.length).sort((a, b) => a - b);
  return sizes[sizes.length >> 1] ?? 0;
}

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

/** Reconstruction error by chunk, over the columns that the model sees; limits on both sides. */
async function addReconstruction(
  reports: ChunkReport[],
  names: readonly string[],
  chunks: Chunks,
  sources: { reference: TableSource; current: TableSource },
  { outside = [], resampled }: CompareOptions,
): Promise<void> {
  const reference = new Map<string, Column>();
  const current = new Map<string, Column>();
  for (const name of names.filter((column) => !outside.includes(column))) {
    const read = await readBoth(sources.reference, sources.current, name);
    const [a, b] = 'columns' in read ? read.columns : [null, null];
    // NannyML takes free text as a category; in the app it is left out.
    if (!a || !b || isTime(a) || isTime(b) || (resampled && driftTypeOf(a, 'psi') === 'text')) continue;
    const both = aligned(a, b, 'nannyml');
    if (both[0].kind !== both[1].kind) continue;
    reference.set(name, both[0]);
    current.set(name, both[1]);
  }
  if (reference.size === 0 || sources.reference.rows < 2) return;
  if (resampled && reference.size > MOST_TOGETHER) return;
  const fitted = sampleRows(sources.reference.rows, resampled ? mostRows(reference.size) : Infinity, SEED);
  const fit = fitReconstruction(reference, fitted);
  const own = resampled
    ? resampledMeans(rowErrors(fit, reference, fitted), medianSize(chunks.current))
    : chunks.reference.map(({ rows }) => reconstructionError(fit, reference, rows));
  const limits = limitsOf(own, 0, null, true);
  chunks.current.forEach(({ rows }, i) => {
    const value = reconstructionError(fit, current, rows);
    const test = 'reconstruction_error';
    reports[i].columns.push({ name: ALL_COLUMNS, test, value, ...limits, alert: isAlert(value, limits) });
  });
}

/** In the app all columns are taken together up to this many, and so many products computed at most. */
const MOST_TOGETHER = 300;
const MOST_PRODUCTS = 1.5e9;
const mostRows = (width: number): number => Math.floor(MOST_PRODUCTS / (width * width));

/** Means of samples of errors, drawn with replacement. */
function resampledMeans(errors: Float64Array, size: number): number[] {
  return samples(errors.length, size, SAMPLES).map((rows) =>
    rows.reduce((sum, row) => sum + errors[row] / rows.length, 0),
  );
}

const isTime = (column: Column): boolean => driftTypeOf(column, 'nannyml') === 'time';

function addPerformance(
  reports: ChunkReport[],
  chunks: Chunks,
  { reference, current, costs }: ScoresToCompare,
  resampled: boolean | undefined,
): { calibrated: boolean | null; notes: DatasetNote[] } {
  if (!areProbabilities(reference) || !areProbabilities(current))
    return { calibrated: null, notes: ['not-probabilities'] };
  const labelled = labelledOf(withScores(reference));
  if (labelled.target.length === 0) return { calibrated: null, notes: ['reference-unlabelled'] };
  if (new Set(labelled.target).size < 2) return { calibrated: null, notes: ['reference-one-class'] };
  const pieces = resampled
    ? samples(labelled.target.length, medianSize(chunks.current), SAMPLES).map((rows) =>
        labelledOf(takeScored(labelled, rows)),
      )
    : chunks.reference.map(({ rows }) => labelledOf(withScores(takeScored(reference, rows))));
  const fit = fitPerformance(labelled, pieces, costs);
  chunks.current.forEach(({ rows }, i) => {
    reports[i].metrics = performanceOf(fit, withScores(takeScored(current, rows)));
  });
  const known = current.target?.some((label) => label >= 0);
  return { calibrated: fit.calibration !== null, notes: known ? [] : ['current-unlabelled'] };
}

const SAMPLES = 200;
const SEED = 1;

/** So many samples of rows, drawn with replacement, seeded. */
function samples(total: number, size: number, count: number): Int32Array[] {
  const random = seededRandom(SEED);
  return Array.from({ length: count }, () => Int32Array.from({ length: size }, () => random() * total));
}

const areProbabilities = ({ probability }: Scored): boolean =>
  probability.every((p) => Number.isNaN(p) || (p >= 0 && p <= 1));

/** The rows that have a score. */
function withScores(scored: Scored): Scored {
  const rows = Int32Array.from(scored.probability, (_, row) => row);
  return takeScored(
    scored,
    rows.filter((row) => !Number.isNaN(scored.probability[row])),
  );
}
