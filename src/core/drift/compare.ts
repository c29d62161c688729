import { columnOf, type Column, type Table } from '../table/table';
import { chunksOf, timesOf, type Chunk, type Chunking } from './chunks';
import { compareColumn, type ColumnDrift } from './column';
import { DATASET_SHARE } from './evidently';
import { monitorColumn, type ChunkValue } from './monitor';
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
import { fitReconstruction, reconstructionError } from './reconstruction';
import { adjustedForMany } from './tests';
import { asCompared, driftTypeOf, type Preset } from './types';

export interface CompareOptions {
  preset: Preset;
  /** Columns to compare, in this order; all of either table by default. */
  columns?: readonly string[] | undefined;
  /** Columns that are compared with others one by one, but are no part of what the model sees. */
  outside?: readonly string[] | undefined;
  chunking?: Chunking | null | undefined;
  /** The time column of either table. */
  time?: string | undefined;
  scores?: { reference: Scored; current: Scored; costs: Costs } | undefined;
}

/** What is not one column's. */
export type DatasetNote =
  'reference-unlabelled' | 'reference-one-class' | 'current-unlabelled' | 'few-chunks';

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

/** The name under which a chunk reports what is measured on all columns together. */
export const ALL_COLUMNS = '*';
const FEW_CHUNKS = 6;

/**
 * Compares two tables, column by column; each finished column is yielded, so that a caller can show it, breathe
 * and stop. Nothing about a column is thrown.
 *
 * @returns the whole comparison
 * @throws column-unknown (a column asked for that neither table has), drift-period-time
 */
export function* compareTables(
  reference: Table,
  current: Table,
  options: CompareOptions,
): Generator<ColumnDrift, Comparison> {
  const names = namesOf(reference, current, options);
  const chunks = chunked(reference, current, options);
  const reports = chunks.current.map(({ rows, start, end }, index): ChunkReport => ({
    index,
    start,
    end,
    rows: rows.length,
    columns: [],
    metrics: [],
  }));
  const columns: ColumnDrift[] = [];
  for (const name of names) {
    const [a, b] = [reference, current].map((table) => table.columns.get(name) ?? null);
    const monitored = a && b && reports.length ? monitorColumn(a, b, options.preset, chunks) : null;
    monitored?.chunks.forEach((values, i) =>
      reports[i].columns.push(...values.map((value) => ({ name, ...value }))),
    );
    const column = compareColumn(name, a, b, {
      preset: options.preset,
      ...(monitored ? { limits: monitored.limits } : {}),
    });
    columns.push(column);
    yield column;
  }
  if (options.preset === 'nannyml')
    addReconstruction(reports, names, chunks, { reference, current }, options);
  const estimated = options.scores ? addPerformance(reports, chunks, options.scores) : null;
  return {
    preset: options.preset,
    reference: { name: reference.name, rows: reference.rows },
    current: { name: current.name, rows: current.rows },
    dataset: datasetOf(columns),
    columns: withAdjusted(columns),
    chunks: reports,
    calibrated: estimated?.calibrated ?? null,
    notes: [
      ...(estimated?.notes ?? []),
      ...(reports.length > 0 && reports.length < FEW_CHUNKS ? (['few-chunks'] as const) : []),
    ],
  };
}

function namesOf(reference: Table, current: Table, { columns, time }: CompareOptions): string[] {
  if (columns) {
    for (const name of columns) if (!current.columns.has(name)) columnOf(reference, name);
    return [...columns];
  }
  const all = new Set([...reference.columns.keys(), ...current.columns.keys()]);
  if (time) all.delete(time);
  return [...all];
}

interface Chunks {
  reference: Chunk[];
  current: Chunk[];
}

/** NannyML and estimates need chunks; elsewhere they are made when asked for. */
function chunked(reference: Table, current: Table, options: CompareOptions): Chunks {
  const { preset, time, chunking = null, scores } = options;
  if (!chunking && preset !== 'nannyml' && !scores) return { reference: [], current: [] };
  const times = (table: Table) => {
    const column = time ? table.columns.get(time) : undefined;
    return column ? timesOf(column) : null;
  };
  const ofCurrent = chunksOf(current.rows, chunking, times(current));
  const own = times(reference);
  // A reference without times can't be cut by period: pieces of the size of the current ones stand in.
  const sameSize = { size: Math.max(1, medianSize(ofCurrent)) };
  const ofReference = chunksOf(reference.rows, own || !isPeriod(chunking) ? chunking : sameSize, own);
  return { reference: ofReference, current: ofCurrent };
}

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
function addReconstruction(
  reports: ChunkReport[],
  names: readonly string[],
  chunks: Chunks,
  tables: { reference: Table; current: Table },
  { outside = [] }: CompareOptions,
): void {
  const inside = names.filter((name) => !outside.includes(name) && canReconstruct(tables, name));
  if (inside.length === 0 || tables.reference.rows < 2) return;
  const sideOf = ({ columns }: Table) =>
    new Map(inside.map((name): [string, Column] => [name, asCompared(columns.get(name) as Column)]));
  const [reference, current] = [sideOf(tables.reference), sideOf(tables.current)];
  const fit = fitReconstruction(reference);
  const own = chunks.reference.map(({ rows }) => reconstructionError(fit, reference, rows).value);
  const limits = limitsOf(own, 0, null, true);
  chunks.current.forEach(({ rows }, i) => {
    const { value } = reconstructionError(fit, current, rows);
    const test = 'reconstruction_error';
    reports[i].columns.push({ name: ALL_COLUMNS, test, value, ...limits, alert: isAlert(value, limits) });
  });
}

/** Columns of one kind on both sides, other than times. */
function canReconstruct({ reference, current }: { reference: Table; current: Table }, name: string): boolean {
  const [a, b] = [reference.columns.get(name), current.columns.get(name)];
  if (!a || !b || asCompared(a).kind !== asCompared(b).kind) return false;
  return driftTypeOf(a, 'nannyml') !== 'time' && driftTypeOf(a, 'psi') !== 'text';
}

function addPerformance(
  reports: ChunkReport[],
  chunks: Chunks,
  { reference, current, costs }: NonNullable<CompareOptions['scores']>,
): { calibrated: boolean | null; notes: DatasetNote[] } {
  const labelled = labelledOf(withScores(reference));
  if (labelled.target.length === 0) return { calibrated: null, notes: ['reference-unlabelled'] };
  if (new Set(labelled.target).size < 2) return { calibrated: null, notes: ['reference-one-class'] };
  const pieces = chunks.reference.map(({ rows }) => labelledOf(withScores(takeScored(reference, rows))));
  const fit = fitPerformance(labelled, pieces, costs);
  chunks.current.forEach(({ rows }, i) => {
    reports[i].metrics = performanceOf(fit, withScores(takeScored(current, rows)));
  });
  const known = current.target?.some((label) => label >= 0);
  return { calibrated: fit.calibration !== null, notes: known ? [] : ['current-unlabelled'] };
}

/** The rows that have a score. */
function withScores(scored: Scored): Scored {
  const rows = Int32Array.from(scored.probability, (_, row) => row);
  return takeScored(
    scored,
    rows.filter((row) => !Number.isNaN(scored.probability[row])),
  );
}
