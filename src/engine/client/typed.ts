import { textColumn, type Column, type Table } from '../../core/table/table';
import { withDerived } from '../../bundle/derived';
import type { ManifestColumn } from '../../bundle/schema';
import type { Engine } from '../engine';
import { cellValue, type CellValue } from './cells';
import type { Edits } from './sheet';
import { rowsFor } from './tables';

/** Clients that are typed in, pasted or read from a file: not of the bundle, scored by the same model. */

/** A row of these values by column, all others missing; derived columns follow. */
export function typedRow({ manifest, idColumn }: Engine, id: string, values: Edits): Table {
  const columns = new Map<string, Column>();
  for (const column of manifest.columns) {
    if (column.role === 'target' || column.derived) continue;
    const value = Object.hasOwn(values, column.name) ? values[column.name] : null;
    columns.set(column.name, column.name === idColumn ? textColumn([id]) : cellColumn(column, value));
  }
  return withDerived(
    { name: id, rows: 1, columns },
    manifest.columns,
    () => true,
    (_, rule) => rule(),
  );
}

function cellColumn({ type, levels, role }: ManifestColumn, value: CellValue): Column {
  if (type === 'category') {
    const dictionary = levels?.map((level) => level.value) ?? [];
    if (value === null) return { kind: 'text', codes: Int32Array.of(-1), dictionary };
    const code = dictionary.indexOf(String(value));
    return code < 0
      ? { kind: 'text', codes: Int32Array.of(dictionary.length), dictionary: [...dictionary, String(value)] }
      : { kind: 'text', codes: Int32Array.of(code), dictionary };
  }
  if (type === 'text' || type === 'date' || role === 'name')
    return textColumn([value === null ? '' : String(value)]);
  return { kind: 'number', values: Float64Array.of(value === null ? NaN : Number(value)) };
}

/** One row of a user's table. */
export interface ReadClient {
  id: string;
  values: Record<string, CellValue>;
}

/** Clients that are read at once: more belong into a bundle. */
export const MOST_READ = 200;

/**
 * The rows of a user's table as typed values: those of a column that is absent are missing.
 * @throws column-not-number, derived-mismatch … naming the field
 */
export function readClients(engine: Engine, table: Table): ReadClient[] {
  const { manifest, idColumn, inputs } = engine;
  const rows = Math.min(table.rows, MOST_READ);
  const absent = new Map<string, Column>();
  for (const name of [idColumn, ...inputs]) {
    const declared = manifest.columns.find((column) => column.name === name);
    if (!declared || table.columns.has(name) || declared.derived) continue;
    absent.set(name, name === idColumn ? numbered(table.rows) : missing(declared, table.rows));
  }
  const { table: read, ids } = rowsFor(engine, { ...table, columns: new Map([...table.columns, ...absent]) });
  const named = manifest.columns.filter(
    ({ name, role }) => role !== 'target' && name !== idColumn && read.columns.has(name),
  );
  return Array.from({ length: rows }, (_, row) => ({
    id: ids[row],
    values: Object.fromEntries(
      named.map(({ name }) => [name, cellValue(read.columns.get(name) as Column, row)]),
    ),
  }));
}

const numbered = (rows: number): Column => textColumn(Array.from({ length: rows }, (_, i) => String(i + 1)));

const missing = ({ type }: ManifestColumn, rows: number): Column =>
  type === 'category'
    ? { kind: 'text', codes: new Int32Array(rows).fill(-1), dictionary: [] }
    : { kind: 'number', values: new Float64Array(rows).fill(NaN) };
