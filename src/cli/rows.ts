import { keptAsWritten } from '../bundle/columns';
import { clientRows, onlyIds, rowsFor, type ChosenRows } from '../engine/client/tables';
import type { Engine } from '../engine/engine';
import type { Background } from '../engine/explanations';
import { plural, say } from './console';
import { readTableFile } from './files';

export interface RowOptions {
  data?: string;
  ids?: string;
}

/** The rows a command works on: those of --data, else the bundle's clients; of them the --ids asked for. */
export async function chooseRows(engine: Engine, { data, ids }: RowOptions): Promise<ChosenRows> {
  const rows = data === undefined ? await clientRows(engine) : await readFileRows(engine, data);
  return ids === undefined
    ? rows
    : onlyIds(
        rows,
        ids.split(',').map((id) => id.trim()),
      );
}

/** What interventional values compare with: so many rows of the reference, or the rows of a file. */
export async function backgroundOf(engine: Engine, wanted: string): Promise<Background> {
  return /^[1-9]\d*$/.test(wanted) ? Number(wanted) : (await readFileRows(engine, wanted)).table;
}

/** A file's rows; values that are no level of the model are scored as missing: said, with how many and one of them. */
async function readFileRows(engine: Engine, path: string): Promise<ChosenRows> {
  const table = await readTableFile(path, keptAsWritten(engine.manifest.columns, engine.idColumn));
  const rows = rowsFor(engine, table);
  for (const { column, rows: count, example } of rows.unknownLevels)
    say(
      `Note: ${plural(count, 'value')} of ${column} no level of the model, as “${example.slice(0, 40)}”: scored as missing.`,
    );
  return rows;
}
