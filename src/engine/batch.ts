import { asCoded, checkStopped, ScoredeskError } from '../core/errors';
import type { Decision } from '../core/decision/decision';
import type { Contributions } from '../core/explain/explainer';
import { toPoints } from '../core/explain/points';
import {
  blocksOf,
  readColumn,
  scanned,
  tableOfRange,
  wholeTable,
  type TableSource,
} from '../core/table/source';
import { columnOf, concatColumns, texts, type Column, type Table } from '../core/table/table';
import { readRowsApart, withRow, type ProblemRow } from '../bundle/apart';
import type { RowsOptions } from '../bundle/rows';
import { absentInputs, ROWS_AT_ONCE, rowsFor, type ChosenRows } from './tables';
import type { Engine } from './engine';
import { mostOf } from './portfolio/reasons';
import type { Task } from './runtime';

/** A user's table of any size, scored part after part: what a command writes and a page saves. */

/** Rows that are compared with the training before any is scored; of a larger table so many of it, in whole blocks. */
const COMPARED_ROWS = 200_000;

/** Rows of a table that could be taken, and those that could not. */
export interface BatchPart {
  rows: ChosenRows;
  /** Rows of the table from its beginning. */
  problems: ProblemRow[];
}

export interface BatchOptions extends Task {
  /** Rows with a problem are kept apart; else the first of them is thrown. */
  apart?: boolean | undefined;
}

/** Columns of a table that the bundle declares. @throws column-unknown for the id or the only input that it lacks; columns-absent */
export async function neededOf(engine: Engine, source: TableSource): Promise<string[]> {
  const { manifest, idColumn } = engine;
  const absent = absentInputs(engine, source.names);
  if (absent.length > 1)
    throw new ScoredeskError('columns-absent', {
      file: source.name,
      column: absent[0],
      count: absent.length,
      of: engine.inputs.length,
    });
  if (!source.names.includes(idColumn)) absent.unshift(idColumn);
  // One name may be a slip: the nearest is told.
  if (absent.length > 0) await readColumn(source, absent[0]);
  const declared = new Set([idColumn, ...manifest.columns.map(({ name }) => name)]);
  return source.names.filter((name) => declared.has(name));
}

/**
 * A table's rows as rows of the bundle, part after part in their order.
 * @throws column-unknown; unless `apart` what `rowsFor` throws, with the row of the table; stopped
 */
export async function* batchParts(
  engine: Engine,
  source: TableSource,
  { apart = false, signal }: BatchOptions = {},
): AsyncGenerator<BatchPart> {
  let from = 0;
  for await (const table of scanned(source, await neededOf(engine, source), ROWS_AT_ONCE)) {
    checkStopped(signal);
    yield partOf(engine, table, { apart, before: from });
    from += table.rows;
  }
}

/** Rows of a bundle out of a part of a table. @param before rows of the table before it. @throws as `batchParts` */
export function partOf(
  engine: Engine,
  table: Table,
  { apart = false, before = 0 }: { apart?: boolean | undefined; before?: number } = {},
): BatchPart {
  if (apart) return partApart(engine, table, before);
  return { rows: ownRow(() => rowsFor(engine, table), before), problems: [] };
}

/** A problem's row counted from the beginning of the whole table. */
function ownRow<T>(read: () => T, before: number): T {
  try {
    return read();
  } catch (error) {
    const coded = asCoded(error);
    if (!coded || !('row' in coded.params)) throw error;
    throw withRow(coded, before + coded.params.row - 1);
  }
}

function partApart(engine: Engine, table: Table, before: number): BatchPart {
  const { columns } = engine.manifest;
  const outcome = columns.find(({ role }) => role === 'target');
  const options: RowsOptions = {
    id: engine.idColumn,
    inputs: engine.inputs,
    target: outcome && { column: outcome.name, value: outcome.positive },
    late: true,
  };
  const { rows, problems } = readRowsApart(table, columns, options);
  const ids = columnOf(rows.table, engine.idColumn);
  return {
    rows: { table: rows.table, ids: texts(ids), wholeIds: ids.written === 'whole', target: rows.target },
    problems: problems.map(({ row, error }) => ({ row: before + row, error: withRow(error, before + row) })),
  };
}

/**
 * Rows of a table to compare with the training before any is scored: all of them, or of a large table whole blocks from its
 * beginning to its end.
 */
export async function comparedPart(
  engine: Engine,
  source: TableSource,
): Promise<{ table: Table; whole: boolean }> {
  const names = await neededOf(engine, source);
  if (source.rows <= COMPARED_ROWS) return { table: await wholeTable(source, names), whole: true };
  const blocks = blocksOf(source);
  const count = Math.max(1, Math.floor((COMPARED_ROWS * blocks.length) / source.rows));
  const share = Math.floor(COMPARED_ROWS / count);
  const parts: Table[] = [];
  for (let k = 0; k < count; k++) {
    const { from, to } = blocks[Math.floor((k * blocks.length) / count)];
    parts.push(await tableOfRange(source, names, { from, to: Math.min(to, from + share) }));
  }
  const columns = names.map((name): [string, Column] => [
    name,
    concatColumns(parts.map((part) => columnOf(part, name))),
  ]);
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  return { table: { name: source.name, rows, columns: new Map(columns) }, whole: false };
}

/** Reasons of each row in a file. */
const REASONS = 3;

/** A table of scores with what moved each most: names of inputs, and points above 0 where they raise the risk. */
export function withReasons(engine: Engine, scores: Table, found: Contributions): Table {
  const columns = new Map(scores.columns);
  const most = mostOf(found, Math.min(REASONS, found.width));
  const names = engine.columns.map(({ name }) => name);
  most.forEach((inputs, k) => {
    const values = Float64Array.from(inputs, (j, row) =>
      toPoints(found.values[row * found.width + j], engine.unit),
    );
    columns.set(`reason_${k + 1}`, { kind: 'text', codes: inputs, dictionary: names });
    columns.set(`points_${k + 1}`, { kind: 'number', values });
  });
  return { ...scores, columns };
}

/** What came of a table. */
export interface BatchSummary {
  scored: number;
  problems: number;
  decisions: Record<Decision, number>;
  /** Mean P(default) of the rows with a score; NaN of none. */
  mean: number;
}

/** Adds up part after part. */
export class BatchTally {
  readonly #decisions: Record<Decision, number> = { accepted: 0, review: 0, refused: 0, unscored: 0 };
  #sum = 0;
  #problems = 0;

  add(engine: Engine, scores: Float64Array, problems: number): void {
    this.#problems += problems;
    for (const probability of scores) {
      this.#decisions[engine.decide(probability)]++;
      if (!Number.isNaN(probability)) this.#sum += probability;
    }
  }

  get summary(): BatchSummary {
    const { unscored, ...scored } = this.#decisions;
    const count = scored.accepted + scored.review + scored.refused;
    return {
      scored: count + unscored,
      problems: this.#problems,
      decisions: { ...this.#decisions },
      mean: this.#sum / count,
    };
  }
}

/** @throws rows-none */
export function requireSomeRows({ rows, name }: TableSource): void {
  if (rows === 0) throw new ScoredeskError('rows-none', { file: name });
}
