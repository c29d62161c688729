import type { Column, Table } from './table';

/** A table that is read column by column, so that a file may be larger than memory. */
export interface TableSource {
  name: string;
  rows: number;
  names: readonly string[];
  /** null where there is no such column. */
  read(name: string): Promise<Column | null>;
}

export const sourceOf = ({ name, rows, columns }: Table): TableSource => ({
  name,
  rows,
  names: [...columns.keys()],
  read: (column) => Promise.resolve(columns.get(column) ?? null),
});
