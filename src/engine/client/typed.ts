import { ScoredeskError } from '../../core/errors';
import { columnOf, textColumn, type Column, type Table } from '../../core/table/table';
import { withDerived } from '../../bundle/derived';
import type { ManifestColumn } from '../../bundle/schema';
import type { Engine } from '../engine';
import { cellValue, type CellValue } from './cells';
import type { Edits } from './sheet';
import { rowsFor } from '../tables';

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
const MOST_READ = 200;

export interface ReadTable {
  clients: ReadClient[];
  /** Columns of the table that the bundle does not have, and inputs that the table lacks: they are missing. */
  unknown: string[];
  absent: string[];
}

/**
 * The rows of a user's table as typed values.
 *
 * @throws column-unknown where the table has none of the model's columns; column-not-number, derived-mismatch … naming the
 *   field; clients-too-many
 */
export function readClients(engine: Engine, table: Table): ReadTable {
  const { manifest, idColumn, inputs } = engine;
  if (table.rows > MOST_READ)
    throw new ScoredeskError('clients-too-many', { file: table.name, rows: table.rows, limit: MOST_READ });
  const declared = new Map(manifest.columns.map((column) => [column.name, column]));
  const absent = inputs.filter((name) => !table.columns.has(name) && !declared.get(name)?.derived);
  if (absent.length === inputs.length) columnOf(table, inputs[0]);
  const filled = new Map(table.columns);
  for (const name of absent) filled.set(name, missing(declared.get(name) as ManifestColumn, table.rows));
  if (!filled.has(idColumn)) filled.set(idColumn, numbered(table));
  const { table: read, ids } = rowsFor(engine, { ...table, columns: filled });
  const named = manifest.columns.filter(
    ({ name, role }) => role !== 'target' && name !== idColumn && read.columns.has(name),
  );
  const values = (row: number) =>
    Object.fromEntries(named.map(({ name }) => [name, cellValue(columnOf(read, name), row)]));
  return {
    clients: ids.map((id, row) => ({ id, values: values(row) })),
    unknown: [...table.columns.keys()].filter((name) => !declared.has(name)),
    absent,
  };
}

/** Rows without ids are named after their table: a number alone may be another client's. */
const numbered = ({ name, rows }: Table): Column =>
  textColumn(Array.from({ length: rows }, (_, i) => `${name} ${i + 1}`));

const missing = ({ type }: ManifestColumn, rows: number): Column =>
  type === 'category'
    ? { kind: 'text', codes: new Int32Array(rows).fill(-1), dictionary: [] }
    : { kind: 'number', values: new Float64Array(rows).fill(NaN) };
