import { ScoredeskError } from '../errors';
import { nearestName } from './names';
import { takeColumn, textAt, texts, type Column, type Table } from './table';

/** A table that is read column by column, so that a file may be larger than memory. */
export interface TableSource {
  name: string;
  rows: number;
  names: readonly string[];
  /** null where there is no such column. */
  read(name: string): Promise<Column | null>;
}

/** 1.2 GB of doubles: some kB of a file can claim as many. */
const MAX_CELLS = 150_000_000;

/** All of a source's columns in memory, or those of these names that it has. @throws table-too-large */
export async function wholeTable(
  source: TableSource,
  only: readonly string[] = source.names,
): Promise<Table> {
  if (source.rows * only.length > MAX_CELLS)
    throw new ScoredeskError('table-too-large', {
      file: source.name,
      rows: source.rows,
      columns: only.length,
    });
  const columns = new Map<string, Column>();
  for (const name of only) {
    const column = await source.read(name);
    if (column) columns.set(name, column);
  }
  return { name: source.name, rows: source.rows, columns };
}

export const sourceOf = ({ name, rows, columns }: Table): TableSource => ({
  name,
  rows,
  names: [...columns.keys()],
  read: (column) => Promise.resolve(columns.get(column) ?? null),
});

/** The same, each column read once and kept; one that could not be read is tried again. */
export function remembered(source: TableSource): TableSource {
  const known = new Map<string, Promise<Column | null>>();
  const read = (name: string): Promise<Column | null> => {
    const found = known.get(name) ?? source.read(name);
    known.set(name, found);
    found.catch(() => known.delete(name));
    return found;
  };
  return { ...source, read };
}

/** The same rows, every column as `change` makes it when it is read. */
export const mapped = (source: TableSource, change: (column: Column) => Column): TableSource => ({
  ...source,
  read: async (name) => {
    const column = await source.read(name);
    return column && change(column);
  },
});

/** The rows at `positions`, in that order. */
export const takeRowsOf = (source: TableSource, positions: Int32Array): TableSource => ({
  ...mapped(source, (column) => takeColumn(column, positions)),
  rows: positions.length,
});

/** A column that must be there. @throws column-unknown with the nearest name */
export async function readColumn(source: TableSource, name: string): Promise<Column> {
  const column = await source.read(name);
  if (column) return column;
  const nearest = nearestName(name, source.names);
  throw new ScoredeskError('column-unknown', { column: name, nearest, file: source.name });
}

/** A column that must be of numbers. @throws column-unknown, column-not-number with the first value that is none */
export async function readNumbers(source: TableSource, name: string): Promise<Float64Array> {
  const column = await readColumn(source, name);
  if (column.kind === 'number') return Float64Array.from(column.values);
  const row = column.codes.findIndex((code) => code >= 0);
  throw new ScoredeskError('column-not-number', {
    column: name,
    file: source.name,
    row: row + 1,
    value: row < 0 ? '' : textAt(column, row).slice(0, 60),
  });
}

/** Rows whose value in a column is there already, as text; 0 without such a column. */
export async function countRepeats(source: TableSource, name: string): Promise<number> {
  const column = await source.read(name);
  const values = column ? texts(column) : [];
  return values.length - new Set(values).size;
}
