import type { Column, Table } from './table';

/** A table that is read column by column, so that a file may be larger than memory. */
export interface TableSource {
  name: string;
  rows: number;
  names: readonly string[];
  /** null where there is no such column. */
  read(name: string): Promise<Column | null>;
}

/** All of a source's columns in memory. */
export async function wholeTable({ name, rows, names, read }: TableSource): Promise<Table> {
  const columns = new Map<string, Column>();
  for (const column of names) columns.set(column, (await read(column)) as Column);
  return { name, rows, columns };
}

export const sourceOf = ({ name, rows, columns }: Table): TableSource => ({
  name,
  rows,
  names: [...columns.keys()],
  read: (column) => Promise.resolve(columns.get(column) ?? null),
});
