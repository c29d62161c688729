import { ScoredeskError } from '../core/errors';
import type { Contributions } from '../core/explain/explainer';
import { freeName } from '../core/table/names';
import { columnOf, takeRows, textColumn, texts, type Column, type Table } from '../core/table/table';
import { readRows, requireRows } from '../bundle/rows';
import type { Engine } from './engine';

/** Scores and contributions as tables: what a command writes and an API answers. */

/** A user's rows for a bundle, with their ids. */
export interface ChosenRows {
  table: Table;
  ids: string[];
  /** Their file has them as whole numbers. */
  wholeIds: boolean;
  /** 1 default, 0 repaid, -1 unknown; null without outcomes. */
  target: Int8Array | null;
}

/** @throws column-unknown (also of the id), column-not-number, derived-mismatch */
export function rowsFor(engine: Engine, table: Table): ChosenRows {
  const inputs = engine.columns.map(({ name }) => name);
  const { columns } = engine.manifest;
  const outcome = columns.find(({ role }) => role === 'target');
  const target = outcome && { column: outcome.name, value: outcome.positive };
  const read = readRows(table, columns, { id: engine.idColumn, inputs, target, late: true });
  // Outcomes that can't be read are no reason not to score.
  const unreadable = read.unreadable.filter(({ column }) => column !== outcome?.name);
  const rows = requireRows({ ...read, unreadable });
  return { ...idsIn(engine, rows.table), target: rows.target };
}

/** Inputs of the model that rows of these columns lack and that no rule computes, in the model's order. */
export function absentInputs({ manifest, inputs }: Engine, names: readonly string[]): string[] {
  const computed = new Set(manifest.columns.filter(({ derived }) => derived).map(({ name }) => name));
  const there = new Set(names);
  return inputs.filter((name) => !there.has(name) && !computed.has(name));
}

/** All clients of the bundle. */
export async function clientRows(engine: Engine): Promise<ChosenRows> {
  const table = await engine.clients.table();
  return { ...idsIn(engine, table), target: null };
}

/** The same part after part, in their order. */
export async function* clientParts(engine: Engine): AsyncGenerator<{ rows: ChosenRows; problems: [] }> {
  const { idColumn, inputs } = engine;
  const names = [...new Set([idColumn, ...inputs])];
  for await (const table of engine.clients.scan(names, ROWS_AT_ONCE))
    yield { rows: { ...idsIn(engine, table), target: null }, problems: [] };
}

/** Rows in memory at once. */
export const ROWS_AT_ONCE = 20_000;

function idsIn(engine: Engine, table: Table): Pick<ChosenRows, 'table' | 'ids' | 'wholeIds'> {
  const column = columnOf(table, engine.idColumn);
  return { table, ids: texts(column), wholeIds: column.written === 'whole' };
}

/** The rows of these ids, in that order; of an id that stands twice the first. @throws client-unknown */
export function onlyIds(rows: ChosenRows, wanted: readonly string[]): ChosenRows {
  const rowOf = new Map<string, number>();
  rows.ids.forEach((id, row) => rowOf.has(id) || rowOf.set(id, row));
  const positions = wanted.map((id) => {
    const row = rowOf.get(id);
    if (row === undefined) throw new ScoredeskError('client-unknown', { id });
    return row;
  });
  return {
    table: takeRows(rows.table, Int32Array.from(positions)),
    ids: [...wanted],
    wholeIds: rows.wholeIds,
    target: rows.target && Int8Array.from(positions, (row) => rows.target?.[row] ?? -1),
  };
}

/** id, probability, decision. */
export function scoreTable(engine: Engine, chosen: Ids, scores: Float64Array): Table {
  const { columns, add } = outputOf(engine, chosen);
  add('probability', { kind: 'number', values: scores });
  add('decision', textColumn(Array.from(scores, (p) => engine.decide(p))));
  return { name: 'scores', rows: scores.length, columns };
}

/** id, base, a column a feature: base + sum is the model's raw output. */
export function contributionTable(engine: Engine, chosen: Ids, found: Contributions): Table {
  const { base, bases, rows, width, values } = found;
  const { columns, add } = outputOf(engine, chosen);
  add('base', { kind: 'number', values: bases ?? new Float64Array(rows).fill(base) });
  engine.columns.forEach(({ name }, j) =>
    add(name, {
      kind: 'number',
      values: Float64Array.from({ length: rows }, (_, i) => values[i * width + j]),
    }),
  );
  return { name: 'contributions', rows, columns };
}

/** Ids come back in the type that they had. */
type Ids = Pick<ChosenRows, 'ids' | 'wholeIds'>;

function outputOf(engine: Engine, { ids, wholeIds }: Ids) {
  const own: Column = wholeIds ? { ...textColumn(ids), written: 'whole' } : textColumn(ids);
  const columns = new Map<string, Column>([[engine.idColumn, own]]);
  const add = (name: string, column: Column) =>
    columns.set(
      freeName(name, (taken) => columns.has(taken)),
      column,
    );
  return { columns, add };
}
