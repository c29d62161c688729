import { ScoredeskError } from '../core/errors';
import { columnOf, takeRows, textColumn, texts, type Column, type Table } from '../core/table/table';
import { toDeclared } from '../bundle/columns';
import { withDerived } from '../bundle/derived';
import type { Engine } from '../engine/engine';
import { readTableFile } from './files';

export interface RowOptions {
  data?: string;
  ids?: string;
}

/** The rows a command works on: those of --data, else the bundle's clients; of them the --ids asked for. */
export async function chooseRows(
  engine: Engine,
  { data, ids }: RowOptions,
): Promise<{ table: Table; ids: string[] }> {
  const table = data === undefined ? engine.clients : await readRows(engine, data);
  const all = texts(columnOf(table, engine.idColumn));
  if (ids === undefined) return { table, ids: all };
  const wanted = ids.split(',').map((id) => id.trim());
  const rowOf = new Map(all.map((id, row) => [id, row]));
  const rows = wanted.map((id) => {
    const row = rowOf.get(id);
    if (row === undefined) throw new ScoredeskError('client-unknown', { id });
    return row;
  });
  return { table: takeRows(table, Int32Array.from(rows)), ids: wanted };
}

/** A user's rows as bundle rows: declared types, level codes, derived columns. */
async function readRows(engine: Engine, path: string): Promise<Table> {
  const table = await readTableFile(path, [engine.idColumn]);
  const columns = new Map<string, Column>([
    [engine.idColumn, textColumn(texts(columnOf(table, engine.idColumn)))],
  ]);
  for (const declared of engine.manifest.columns) {
    const column = table.columns.get(declared.name);
    if (column && declared.role !== 'id' && declared.role !== 'target')
      columns.set(declared.name, toDeclared(column, declared, table));
  }
  const out = withDerived({ ...table, columns }, engine.manifest.columns);
  for (const { name } of engine.columns) columnOf(out, name);
  return out;
}
