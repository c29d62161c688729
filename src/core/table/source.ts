import { takeColumn, type Column, type Table } from './table';

/** A table that is read column by column, so that a file may be larger than memory. */
export interface TableSource {
  name: string;
  rows: number;
  names: readonly string[];
  /** null where there is no such column. */
  read(name: string): Promise<Column | null>;
}

/** All of a source's columns in memory, or those of these names that it has. */
export async function wholeTable(
  source: TableSource,
  only: readonly string[] = source.names,
): Promise<Table> {
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
