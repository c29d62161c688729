import { ScoredeskError } from '../errors';
import { nearestName } from './names';
import { sliceColumn, sliceRows, takeColumn, textAt, texts, type Column, type Table } from './table';

/** Rows `from` .. `to`, the last left out. */
export interface RowRange {
  from: number;
  to: number;
}

/** A table that is read by columns and by blocks of rows, so that a file may be larger than memory. */
export interface TableSource {
  name: string;
  rows: number;
  names: readonly string[];
  /** First rows of its blocks, ascending from 0: what lies within a block costs as much to read as all of it. */
  blocks: readonly number[];
  /** A column, all of it or these rows; null where there is none of that name. */
  read(name: string, rows?: RowRange): Promise<Column | null>;
  /** Several columns that it has, of these rows: where that costs less than one after the other. */
  readAll?(names: readonly string[], rows: RowRange): Promise<Column[]>;
}

/** The blocks of a source as ranges, in their order. */
export const blocksOf = ({ blocks, rows }: TableSource): RowRange[] =>
  blocks.map((from, i) => ({ from, to: blocks[i + 1] ?? rows }));

/** 1.2 GB of doubles: some kB of a file can claim as many. */
const MAX_CELLS = 150_000_000;

/** All of a source's columns in memory, or those of these names that it has. @param most cells @throws table-too-large */
export async function wholeTable(
  source: TableSource,
  only: readonly string[] = source.names,
  most = MAX_CELLS,
): Promise<Table> {
  if (source.rows * only.length > most)
    throw new ScoredeskError('table-too-large', {
      file: source.name,
      rows: source.rows,
      columns: only.length,
    });
  return source.readAll
    ? tableOfRange(source, only, { from: 0, to: source.rows })
    : tableOf(source, { names: only, rows: source.rows }, (name) => source.read(name));
}

/** The rows `from` .. `to` of these columns, those that are not there left out. */
export async function tableOfRange(
  source: TableSource,
  names: readonly string[],
  range: RowRange,
): Promise<Table> {
  const rows = range.to - range.from;
  if (!source.readAll) return tableOf(source, { names, rows }, (name) => source.read(name, range));
  const there = names.filter((name) => source.names.includes(name));
  const columns = await source.readAll(there, range);
  return { name: source.name, rows, columns: new Map(there.map((name, j) => [name, columns[j]])) };
}

/** A table of some columns, each read as `read` has it; those that are not there left out. */
export async function tableOf(
  { name: file }: TableSource,
  { names, rows }: { names: readonly string[]; rows: number },
  read: (name: string) => Promise<Column | null>,
): Promise<Table> {
  const columns = new Map<string, Column>();
  for (const name of names) {
    const column = await read(name);
    if (column) columns.set(name, column);
  }
  return { name: file, rows, columns };
}

export const sourceOf = ({ name, rows, columns }: Table): TableSource => ({
  name,
  rows,
  names: [...columns.keys()],
  blocks: [0],
  read: (wanted, range) => {
    const column = columns.get(wanted);
    return Promise.resolve(column ? cut(column, range) : null);
  },
});

/** These rows of a column; all of them unless said. */
export const cut = (column: Column, range: RowRange | undefined): Column =>
  range ? sliceColumn(column, range.from, range.to) : column;

/** The same, each column read once and kept whole; one that could not be read is tried again. */
export function remembered(source: TableSource): TableSource {
  const known = new Map<string, Promise<Column | null>>();
  const read = async (name: string, range?: RowRange): Promise<Column | null> => {
    const kept = known.get(name);
    if (range && !kept) return source.read(name, range);
    const found = kept ?? source.read(name);
    known.set(name, found);
    found.catch(() => known.delete(name));
    const column = await found;
    return column && cut(column, range);
  };
  return { ...oneByOne(source), read };
}

/** What is said of a source but how several columns are read: whoever changes `read` changes that. */
export const oneByOne = ({ name, rows, names, blocks }: TableSource): Omit<TableSource, 'read'> => ({
  name,
  rows,
  names,
  blocks,
});

/** The same rows, every column as `change` makes it when it is read. */
export const mapped = (source: TableSource, change: (column: Column) => Column): TableSource => ({
  ...oneByOne(source),
  read: async (name, range) => {
    const column = await source.read(name, range);
    return column && change(column);
  },
});

/** The rows at `positions`, in that order. */
export const takeRowsOf = (source: TableSource, positions: Int32Array): TableSource => ({
  ...oneByOne(source),
  rows: positions.length,
  blocks: [0],
  read: async (name, { from, to } = { from: 0, to: positions.length }) => {
    const column = await source.read(name);
    return column && takeColumn(column, positions.subarray(from, to));
  },
});

/** Cells that are decoded at once on a walk over a table: 64 MB of doubles. */
const WALKED_CELLS = 8_000_000;

/** All rows of these columns in their order, at most so many at once; of a large block no more than what has room is held. */
export async function* scanned(
  source: TableSource,
  names: readonly string[],
  most: number,
): AsyncGenerator<Table> {
  const held = Math.max(most, Math.floor(WALKED_CELLS / Math.max(1, names.length)));
  for (const block of blocksOf(source))
    for (let { from } = block; from < block.to; from += held) {
      const part = await tableOfRange(source, names, { from, to: Math.min(block.to, from + held) });
      for (let at = 0; at < part.rows; at += most) yield sliceRows(part, at, Math.min(part.rows, at + most));
    }
}

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
