import { asCoded, type ScoredeskError } from '../core/errors';
import { columnOf, textColumn, type Column, type Table } from '../core/table/table';
import { idsOf, toDeclared } from './columns';
import { withDerived } from './derived';
import type { ManifestColumn } from './schema';
import { lateOutcomesOf, outcomeColumn, outcomesOf, type Target } from './target';

/**
 * The one door for a user's rows: a table as somebody has it becomes rows of a bundle. Of the rows nothing is thrown: what
 * could not be taken as it was meant is told, and the caller decides what is an error.
 */
export interface Rows {
  /**
   * Declared columns in their declared types (categories as level codes, ids without blanks around them, derived columns,
   * the outcome as 0 and 1), all others as they came. One that is unreadable stays as it came.
   */
  table: Table;
  /** Inputs of the model that the rows lack, in its order. */
  absent: string[];
  /** What could not be read as declared: column-not-number, derived-mismatch …; the first of a column. */
  unreadable: Unreadable[];
  /** 1 default, 0 repaid, -1 unknown; null without a column of outcomes, or where it can't be read. */
  target: Int8Array | null;
}

export interface Unreadable {
  column: string;
  error: ScoredeskError;
}

export interface RowsOptions {
  id: string;
  /** The model's inputs, in its order. */
  inputs: readonly string[];
  /** Of the outcome; left out, no outcome is read. */
  target?: Target | undefined;
  /** Outcomes may not be there yet, or not of both kinds: later rows. */
  late?: boolean | undefined;
}

/** Brings a table to the declared columns. @throws derived-cycle, column-unknown: of the declarations */
export function readRows(table: Table, declared: readonly ManifestColumn[], options: RowsOptions): Rows {
  const { id, inputs, target } = options;
  const readOutcomes = options.late ? lateOutcomesOf : outcomesOf;
  const unreadable: Unreadable[] = [];
  const attempt = <T>(column: string, step: () => T): T | null => {
    try {
      return step();
    } catch (error) {
      const coded = asCoded(error);
      if (!coded) throw error;
      unreadable.push({ column: 'column' in coded.params ? coded.params.column : column, error: coded });
      return null;
    }
  };
  const columns = new Map(table.columns);
  for (const declaration of declared) {
    const { name, role } = declaration;
    const column = table.columns.get(name);
    if (!column || role === 'target') continue;
    const read =
      name === id
        ? asIds(column, idsOf(table, id))
        : attempt(name, () => toDeclared(column, declaration, table));
    if (read) columns.set(name, read);
  }
  const outcome = target && table.columns.get(target.column);
  const labels = outcome ? attempt(target.column, () => readOutcomes(outcome, target)) : null;
  if (target && labels) columns.set(target.column, outcomeColumn(labels));
  const failed = new Set(unreadable.map(({ column }) => column));
  const whole = withDerived({ ...table, columns }, declared, (name) => !failed.has(name), attempt);
  return {
    table: whole,
    absent: inputs.filter((name) => !whole.columns.has(name)),
    unreadable,
    target: labels,
  };
}

/** Ids as text that remembers whole numbers. */
const asIds = ({ written }: Column, ids: readonly string[]): Column =>
  written === 'whole' ? { ...textColumn(ids), written } : textColumn(ids);

/** The rows, where everything could be taken as it was meant. @throws the first of what could not; column-unknown */
export function requireRows(rows: Rows): Rows {
  if (rows.unreadable.length > 0) throw rows.unreadable[0].error;
  for (const name of rows.absent) columnOf(rows.table, name);
  return rows;
}
