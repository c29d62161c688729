import { ScoredeskError } from '../../core/errors';
import { columnOf, takeRows, texts, textColumn, type Table } from '../../core/table/table';
import { takeTrainRows, type TrainColumn, type TrainRows } from '../../core/train/data';
import { checkIds } from '../../bundle/ids';
import { chooseFeatures, inferColumns } from '../../bundle/infer';
import { readRows, requireRows } from '../../bundle/rows';
import type { Dictionary, ManifestColumn } from '../../bundle/schema';
import type { Target } from '../../bundle/target';

/** Rows of a table, as they are kept and as they are learned from. */
export interface LabPart {
  /** In the declared types, outcomes as 0 and 1. */
  table: Table;
  rows: TrainRows;
}

/** A table as something to learn from. */
export interface LabTable extends LabPart {
  /** Declared columns, those of categories with their levels. */
  declared: ManifestColumn[];
  /** Columns that nothing can be learned from: free texts and dates. */
  unused: string[];
}

export interface LabOptions {
  target: Target;
  /** Name of the id column; null where the table has none: rows are numbered. */
  id: string | null;
  dictionary: Dictionary;
  leaveOut: readonly string[];
  /** Column of how much each row counts. */
  weights?: string | undefined;
}

/** What rows are called where nothing names them. */
export const ROW_NUMBER = 'row_number';

/** The table with an id: its own, or numbers from 1. */
export function withIds(table: Table, id: string | null): { table: Table; id: string } {
  if (id !== null) return { table, id };
  const ids = textColumn(Array.from({ length: table.rows }, (_, row) => String(row + 1)));
  return { table: { ...table, columns: new Map([[ROW_NUMBER, ids], ...table.columns]) }, id: ROW_NUMBER };
}

/**
 * Reads a table to learn from; its levels are the dictionary's, else those that occur.
 *
 * @throws target-missing, target-values …; feature-missing, column-unknown, ids-repeated; column-not-number
 */
export function labTable(given: Table, options: LabOptions): LabTable {
  const { target, dictionary, leaveOut } = options;
  const { table, id } = withIds(given, options.id);
  const unasked = [...leaveOut, ...(options.weights === undefined ? [] : [options.weights])];
  for (const name of unasked) columnOf(table, name);
  const features = chooseFeatures(table, undefined, id, target.column, dictionary).filter(
    (name) => !unasked.includes(name),
  );
  const inferred = inferColumns(table, table, features, id, target, dictionary);
  const declared = inferred.map((column) =>
    column.role === 'feature' && !isUsable(column) ? { ...column, role: 'extra' as const } : column,
  );
  const unused = features.filter((name) =>
    inferred.some((column) => column.name === name && !isUsable(column)),
  );
  return { ...labPart(given, declared, options), declared, unused };
}

/** The same of a table with columns that are declared already: rows kept aside. @throws as `labTable`; train-weights */
export function labPart(
  given: Table,
  declared: readonly ManifestColumn[],
  { target, id: asked, weights }: Pick<LabOptions, 'target' | 'id' | 'weights'>,
): LabPart {
  const { table: named, id } = withIds(given, asked);
  const features = declared.filter(({ role }) => role === 'feature');
  const inputs = features.map(({ name }) => name);
  columnOf(named, target.column);
  const { table, target: outcomes } = requireRows(readRows(named, declared, { id, inputs, target }));
  const labels = outcomes ?? new Int8Array(table.rows).fill(-1);
  const unknown = labels.reduce((sum, y) => sum + (y < 0 ? 1 : 0), 0);
  if (unknown > 0)
    throw new ScoredeskError('target-missing', { column: target.column, rows: unknown, file: given.name });
  checkIds(texts(columnOf(table, id)), id);
  const columns = features.map((column) => trainColumn(table, column));
  const rows = { rows: table.rows, columns, target: Uint8Array.from(labels) };
  return {
    table,
    rows:
      weights === undefined ? rows : { ...rows, weights: weightsOf(numberColumn(named, weights), weights) },
  };
}

/** The rows that have an outcome; the table itself where all have. @throws column-unknown */
export function labelledRows(table: Table, { column: name }: Target): Table {
  const column = columnOf(table, name);
  const isThere = (row: number): boolean =>
    column.kind === 'number' ? !Number.isNaN(column.values[row]) : column.codes[row] >= 0;
  const rows = Int32Array.from({ length: table.rows }, (_, row) => row).filter(isThere);
  return rows.length === table.rows ? table : { ...takeRows(table, rows), name: table.name };
}

/** Rows that nothing is learned from, as a bundle keeps them: outcomes as 0 and 1 where they are known. @throws as `labTable` */
export function shownRows(
  given: Table,
  declared: readonly ManifestColumn[],
  { target, id: asked }: Pick<LabOptions, 'target' | 'id'>,
): Table {
  const { table, id } = withIds(given, asked);
  const inputs = declared.filter(({ role }) => role === 'feature').map(({ name }) => name);
  return requireRows(readRows(table, declared, { id, inputs, target, late: true })).table;
}

/** @throws train-weights where one is missing or below 0, or none is above */
function weightsOf(values: ArrayLike<number>, column: string): Float64Array {
  const weights = Float64Array.from(values);
  const bad = weights.findIndex((weight) => !(weight >= 0 && Number.isFinite(weight)));
  if (bad >= 0) throw new ScoredeskError('train-weights', { column, row: bad + 1, value: weights[bad] });
  return weights;
}

/** Values of a column that has to hold numbers. @throws column-unknown, column-not-number */
export function numberColumn(table: Table, name: string): ArrayLike<number> {
  const column = columnOf(table, name);
  if (column.kind === 'number') return column.values;
  const row = column.codes.findIndex((code) => code >= 0);
  const value = row < 0 ? '' : column.dictionary[column.codes[row]];
  throw new ScoredeskError('column-not-number', { column: name, file: table.name, row: row + 1, value });
}

/** Some rows of a part. */
export const takePart = ({ table, rows }: LabPart, positions: Int32Array, name: string): LabPart => ({
  table: { ...takeRows(table, positions), name },
  rows: takeTrainRows(rows, positions),
});

const isUsable = ({ type }: ManifestColumn): boolean =>
  type !== undefined && type !== 'text' && type !== 'date';

/** A column of rows in the declared types, as something to learn from. */
export function trainColumn(table: Table, { name, levels, monotone }: ManifestColumn): TrainColumn {
  const column = columnOf(table, name);
  if (column.kind === 'number') return { name, kind: 'number', values: column.values, monotone };
  return { name, kind: 'category', codes: column.codes, levels: levels?.length ?? column.dictionary.length };
}
