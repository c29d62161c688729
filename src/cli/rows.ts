import { ScoredeskError } from '../core/errors';
import { columnOf, takeRows, textColumn, texts, type Column, type Table } from '../core/table/table';
import { idsOf, keptAsWritten, toDeclared } from '../bundle/columns';
import { withDerived } from '../bundle/derived';
import type { Engine } from '../engine/engine';
import type { Background } from '../engine/explanations';
import { plural, say } from './console';
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
  const rowOf = new Map<string, number>();
  all.forEach((id, row) => rowOf.has(id) || rowOf.set(id, row));
  const rows = wanted.map((id) => {
    const row = rowOf.get(id);
    if (row === undefined) throw new ScoredeskError('client-unknown', { id });
    return row;
  });
  return { table: takeRows(table, Int32Array.from(rows)), ids: wanted };
}

/** What interventional values compare with: so many rows of the reference, or the rows of a file. */
export async function backgroundOf(engine: Engine, wanted: string): Promise<Background> {
  return /^[1-9]\d*$/.test(wanted) ? Number(wanted) : readRows(engine, wanted);
}

/** A user's rows as bundle rows: declared types, level codes, derived columns. */
async function readRows(engine: Engine, path: string): Promise<Table> {
  const table = await readTableFile(path, keptAsWritten(engine.manifest.columns, engine.idColumn));
  const columns = new Map<string, Column>();
  if (table.columns.has(engine.idColumn))
    columns.set(engine.idColumn, textColumn(idsOf(table, engine.idColumn)));
  for (const declared of engine.manifest.columns) {
    const column = table.columns.get(declared.name);
    if (column && declared.role !== 'id' && declared.role !== 'target')
      columns.set(declared.name, toDeclared(column, declared, table));
  }
  const out = withDerived({ ...table, columns }, engine.manifest.columns);
  for (const { name } of engine.columns) columnOf(out, name);
  sayUnknownLevels(engine, out);
  return out;
}

/** Values that are no level of the model are scored as missing: said, with how many and one of them. */
function sayUnknownLevels(engine: Engine, table: Table): void {
  for (const { name, levels } of engine.columns) {
    const column = table.columns.get(name);
    if (!levels || column?.kind !== 'text') continue;
    const unknown = column.codes.filter((code) => code >= levels.length);
    if (unknown.length === 0) continue;
    const example = column.dictionary[unknown[0]].slice(0, 40);
    say(
      `Note: ${plural(unknown.length, 'value')} of ${name} no level of the model, as “${example}”: scored as missing.`,
    );
  }
}

/** A name that the output does not have yet: a feature may be called `base`, an id `probability`. */
export function freeName(taken: ReadonlyMap<string, unknown>, name: string): string {
  let free = name;
  while (taken.has(free)) free += '_';
  return free;
}
