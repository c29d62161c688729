import { wilsonInterval } from '../../core/stats/interval';
import { columnOf, textAt, type Column, type Table } from '../../core/table/table';
import type { Engine } from '../engine';

/** A group of labelled rows: what it has in common, and how many of it defaulted. */

/** What somebody wants a group to have: a level, or a number within a range. */
export type Condition = { column: string; level: string } | { column: string; least: number; most: number };

/** How many, and those who defaulted with the 95 % interval (Wilson) of their share; null without outcomes. */
export interface Counted {
  people: number;
  outcomes: { defaulted: number; interval: [number, number] } | null;
}

/** Share of a value within which others count as near. */
const NEAR = 0.05;

export const sameAs = (client: Table, column: string): Condition => ({
  column,
  level: textAt(columnOf(client, column), 0),
});

/** Rows that have all of it. */
export function having(table: Table, wanted: readonly Condition[]): Int32Array {
  const tests = wanted.map((condition) => holdsFor(condition, columnOf(table, condition.column)));
  const rows: number[] = [];
  for (let row = 0; row < table.rows; row++) if (tests.every((test) => test(row))) rows.push(row);
  return Int32Array.from(rows);
}

/** Whether a row of a column is as it should be; a number that is missing lies within no range. */
export function holdsFor(condition: Condition, column: Column | null): (row: number) => boolean {
  if (!column) return () => false;
  if ('level' in condition) return (row) => textAt(column, row) === condition.level;
  if (column.kind !== 'number') return () => false;
  const { values } = column;
  return (row) => values[row] >= condition.least && values[row] <= condition.most;
}

/** Of some rows those whose value is within 5 % of one; of 0 those that are 0. */
export const nearTo = (values: ArrayLike<number>, rows: Int32Array, value: number): Int32Array =>
  rows.filter((row) => Math.abs(values[row] - value) <= NEAR * Math.abs(value));

export const counted = (rows: Int32Array, outcomes: ArrayLike<number> | null): Counted => ({
  people: rows.length,
  outcomes: outcomes && rateOf(rows, outcomes),
});

/** 1 default, 0 repaid, of every row; null where the part has no outcomes. */
export function outcomesOf({ manifest }: Engine, reference: Table): ArrayLike<number> | null {
  const name = manifest.data.reference?.target;
  const column = name === undefined ? undefined : reference.columns.get(name);
  return column?.kind === 'number' ? column.values : null;
}

function rateOf(rows: Int32Array, outcomes: ArrayLike<number>): Counted['outcomes'] {
  const defaulted = rows.reduce((sum, row) => sum + (outcomes[row] === 1 ? 1 : 0), 0);
  return rows.length === 0 ? null : { defaulted, interval: wilsonInterval(defaulted, rows.length) };
}
