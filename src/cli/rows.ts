import { readColumn, wholeTable } from '../core/table/source';
import type { Table } from '../core/table/table';
import { keptAsWritten } from '../bundle/columns';
import { rowFindings, scoreFindings } from '../bundle/training/compare';
import { everyRow } from '../core/stats/evenRows';
import { clientRows, onlyIds, rowsFor, type ChosenRows } from '../engine/client/tables';
import type { Engine } from '../engine/engine';
import type { Background } from '../engine/explanations';
import { trainedOf } from '../engine/training';
import { requireFindings } from './findings';
import { openTableFile } from './files';

export interface RowOptions {
  data?: string;
  ids?: string;
  strict?: boolean;
}

/** The rows a command works on: those of --data, else the bundle's clients; of them the --ids asked for. */
export async function chooseRows(engine: Engine, { data, ids, strict }: RowOptions): Promise<ChosenRows> {
  const rows = data === undefined ? await clientRows(engine) : await readFileRows(engine, data, strict);
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

/** A file's rows; what they hold that the training did not is said before they are scored. @throws unlike-training */
async function readFileRows(engine: Engine, path: string, strict = false): Promise<ChosenRows> {
  const rows = rowsFor(engine, await readNeeded(engine, path));
  requireFindings(rowFindings(trainedOf(engine), { table: rows.table, id: engine.idColumn }), strict);
  return rows;
}

/** The columns that the bundle declares: of a wide file no others are read. @throws column-unknown for an input that it lacks */
async function readNeeded({ manifest, idColumn, inputs }: Engine, path: string): Promise<Table> {
  const { columns } = manifest;
  const source = await openTableFile(path, keptAsWritten(columns, idColumn));
  const computed = new Set(columns.filter(({ derived }) => derived).map(({ name }) => name));
  const absent = inputs.find((name) => !source.names.includes(name) && !computed.has(name));
  if (absent !== undefined) await readColumn(source, absent);
  const declared = new Set([idColumn, ...columns.map(({ name }) => name)]);
  return wholeTable(
    source,
    source.names.filter((name) => declared.has(name)),
  );
}

/** Says what is strange in the scores of a file's rows. @throws unlike-training */
export function requireScores(
  engine: Engine,
  { table, scores, target }: { table: Table; scores: Float64Array; target: Int8Array | null },
  { strict = false }: RowOptions,
): void {
  const outcomes = target && Float64Array.from(target, (label) => (label < 0 ? NaN : label));
  const scored = { rows: everyRow(table.rows), probabilities: scores };
  requireFindings(
    scoreFindings(trainedOf(engine), { table, id: engine.idColumn, scores: scored, outcomes }),
    strict,
  );
}
