import { timeOf, timesOf } from '../../core/drift/chunks';
import type { Condition, Side, Source } from '../../core/drift/request';
import { ScoredeskError } from '../../core/errors';
import {
  mapped,
  readColumn,
  remembered,
  sourceOf,
  takeRowsOf,
  wholeTable,
  type TableSource,
} from '../../core/table/source';
import { textAt, textColumn, type Column, type Table } from '../../core/table/table';
import { readRows } from '../../bundle/rows';
import { outcomesOf } from '../../bundle/target';
import { rowFindings } from '../../bundle/training/compare';
import type { Finding } from '../../bundle/training/findings';
import type { Engine } from '../engine';
import { trainedOf } from '../training';

/** What the engine can't have of itself: a file somebody picked, the scores kept over time. */
export interface Supplies {
  file?: Table | undefined;
  logged?: readonly LoggedScore[] | undefined;
}

/** A client scored at some time. */
export interface LoggedScore {
  id: string;
  /** ISO time. */
  at: string;
  probability: number;
}

/** The rows of a side, as bundle rows where they can be. Columns are read when they are asked for. */
export interface SideRows {
  source: TableSource;
  /** The column of times; null without one. */
  time: string | null;
  /** 1 default, 0 repaid, -1 unknown; null without a column of outcomes. */
  target: Int8Array | null;
  /** Features the rows lack: they can't be scored. */
  absent: string[];
  /** Of a file: what it holds that the rows which trained the model did not. */
  findings?: Finding[];
}

export const LOGGED_AT = 'logged_at';

/**
 * The rows of a side.
 *
 * @throws drift-side-none when the bundle has no such part, nothing was logged or no file is there;
 *   drift-filter-empty when the filter leaves no row; drift-filter-column, drift-filter-times
 */
export async function sideRows(engine: Engine, side: Side, supplies: Supplies): Promise<SideRows> {
  const whole = await sourceRows(engine, side.source, supplies);
  const rows = await keptRows(whole, side);
  if (rows && rows.length === 0) throw new ScoredeskError('drift-filter-empty', { source: side.source });
  if (!rows) return whole;
  return {
    ...whole,
    source: remembered(takeRowsOf(whole.source, rows)),
    target: whole.target && Int8Array.from(rows, (row) => whole.target?.[row] ?? -1),
  };
}

/** The side's rows as the model takes them. */
export const modelRows = (engine: Engine, { source }: SideRows): Promise<Table> =>
  wholeTable(
    source,
    engine.columns.map(({ name }) => name),
  );

async function sourceRows(engine: Engine, source: Source, supplies: Supplies): Promise<SideRows> {
  const none = () => new ScoredeskError('drift-side-none', { source });
  if (source === 'file') {
    if (!supplies.file) throw none();
    return fileRows(engine, supplies.file);
  }
  if (source === 'logged') {
    if (!supplies.logged?.length) throw none();
    return partRows(engine, sourceOf(await loggedTable(engine, supplies.logged)), null);
  }
  const part = await engine.part(source);
  if (!part) throw none();
  return partRows(engine, part, engine.manifest.data[source]?.target ?? null);
}

/** The clients that were scored, as often as they were, with the time. */
async function loggedTable(engine: Engine, logged: readonly LoggedScore[]): Promise<Table> {
  const known = logged.filter(({ id }) => engine.clients.has(id));
  const table = await engine.clients.of(known.map(({ id }) => id));
  const columns = new Map(table.columns).set(LOGGED_AT, textColumn(known.map(({ at }) => at)));
  return { name: 'log', rows: known.length, columns };
}

async function partRows(engine: Engine, source: TableSource, target: string | null): Promise<SideRows> {
  const there = new Set(source.names);
  return {
    source: mapped(source, noted),
    time: timeColumn(engine, there),
    target: target ? await labelsOf(source, target) : null,
    absent: engine.columns.filter(({ name }) => !there.has(name)).map(({ name }) => name),
  };
}

/** Bundles keep whole numbers as floats: noted again, so that a preset that asks for it finds them. */
function noted(column: Column): Column {
  if (column.kind === 'text' || column.written) return column;
  for (const value of column.values) if (!Number.isInteger(value)) return column;
  return { ...column, written: 'whole' };
}

function timeColumn(engine: Engine, there: ReadonlySet<string>): string | null {
  if (there.has(LOGGED_AT)) return LOGGED_AT;
  return engine.manifest.columns.find(({ role, name }) => role === 'time' && there.has(name))?.name ?? null;
}

async function labelsOf(source: TableSource, target: string): Promise<Int8Array> {
  return outcomesOf(await readColumn(source, target), { column: target });
}

/** A file's rows as bundle rows; what can't be read as declared stays as it came, and the comparison says so. */
async function fileRows(engine: Engine, file: Table): Promise<SideRows> {
  const { manifest } = engine;
  const inputs = engine.columns.map(({ name }) => name);
  const declared = manifest.columns.find(({ role }) => role === 'target');
  const { table, absent, unreadable, target } = readRows(file, manifest.columns, {
    id: engine.idColumn,
    inputs,
    target: declared && { column: declared.name, value: declared.positive },
    late: true,
  });
  const side = await partRows(engine, sourceOf(table), null);
  // A derived column that disagrees with its rule has numbers: it is compared and scored as it came.
  const unread = new Set(
    unreadable.filter(({ error }) => error.code !== 'derived-mismatch').map(({ column }) => column),
  );
  const lacking = [...absent, ...inputs.filter((name) => unread.has(name))];
  const trained = trainedOf(engine);
  // The model's splits can be looked at where all its inputs are there.
  const model = lacking.length > 0 ? null : trained.model;
  const findings = rowFindings({ ...trained, model }, { table, id: engine.idColumn });
  return { ...side, absent: lacking, target, findings };
}

/**
 * Rows that the filter leaves; null when there is none.
 * @throws drift-filter-column, drift-filter-times: a filter that can't be applied is not left out in silence
 */
async function keptRows({ source, time }: SideRows, side: Side): Promise<Int32Array | null> {
  const { where, from, to } = side;
  const tests: ((row: number) => boolean)[] = [];
  if (where) {
    const test = conditionOn(await source.read(where.column), where);
    if (!test) throw new ScoredeskError('drift-filter-column', { source: side.source, column: where.column });
    tests.push(test);
  }
  if (from || to) {
    const dated = time ? await source.read(time) : null;
    if (!dated) throw new ScoredeskError('drift-filter-times', { source: side.source });
    const times = timesOf(dated);
    const first = from ? timeOf(from) : -Infinity;
    const last = to ? timeOf(to) + DAY : Infinity;
    tests.push((row) => times[row] >= first && times[row] < last);
  }
  if (tests.length === 0) return null;
  return Int32Array.from({ length: source.rows }, (_, row) => row).filter((row) =>
    tests.every((test) => test(row)),
  );
}

const DAY = 86_400_000;

/** null where the column can't answer: it is not there, or holds texts where numbers are asked for. */
function conditionOn(column: Column | null, where: Condition): ((row: number) => boolean) | null {
  const { level, from, to } = where;
  if (!column) return null;
  if (level !== undefined) return (row) => textAt(column, row) === level;
  if (from === undefined && to === undefined) return () => true;
  if (column.kind === 'text') return null;
  const { values } = column;
  return (row) => values[row] >= (from ?? -Infinity) && values[row] <= (to ?? Infinity);
}
