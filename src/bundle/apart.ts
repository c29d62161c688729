import { ScoredeskError } from '../core/errors';
import { takeRows, textAt, type Column, type Table } from '../core/table/table';
import { idsOf, isText, numbersInText } from './columns';
import { readRows, requireRows, type Rows, type RowsOptions } from './rows';
import type { ManifestColumn } from './schema';

/** A row that could not be taken as it was meant. */
export interface ProblemRow {
  /** Of the table, from 0. */
  row: number;
  error: ScoredeskError;
}

/** Rows of a bundle, and those of the table that are none. */
export interface RowsApart {
  rows: Rows;
  /** Where each of the rows stands in the table. */
  positions: Int32Array;
  problems: ProblemRow[];
}

/** Disagreements with a rule that are looked for one by one; where there are more, the column is another one. */
const MOST_MISMATCHES = 100;

/**
 * Brings a table to the declared columns as `readRows` does, and keeps rows apart that hold what can't be read there: text
 * for a number, no id, a derived value that its rule does not give.
 *
 * @throws column-unknown of an input that all rows lack; what is wrong with a column as a whole
 */
export function readRowsApart(
  table: Table,
  declared: readonly ManifestColumn[],
  options: RowsOptions,
): RowsApart {
  const problems = new Map<number, ScoredeskError>();
  noteIds(table, options.id, problems);
  for (const column of declared) noteNumbers(table, column, problems);
  for (let tries = 0; ; tries++) {
    const positions = Int32Array.from({ length: table.rows }, (_, row) => row).filter(
      (row) => !problems.has(row),
    );
    const kept = positions.length === table.rows ? table : takeRows(table, positions);
    const rows = readRows(kept, declared, options);
    const mismatch = rows.unreadable.find(({ error }) => error.code === 'derived-mismatch');
    if (!mismatch || tries >= MOST_MISMATCHES || !('row' in mismatch.error.params))
      return { rows: requireRows(withoutOutcome(rows, options)), positions, problems: inOrder(problems) };
    const row = positions[mismatch.error.params.row - 1];
    problems.set(row, withRow(mismatch.error, row));
  }
}

/** Outcomes that can't be read are no reason not to score. */
const withoutOutcome = (rows: Rows, { target }: RowsOptions): Rows => ({
  ...rows,
  unreadable: rows.unreadable.filter(({ column }) => column !== target?.column),
});

const inOrder = (problems: ReadonlyMap<number, ScoredeskError>): ProblemRow[] =>
  [...problems].sort(([a], [b]) => a - b).map(([row, error]) => ({ row, error }));

/** The same of another row. */
export const withRow = (error: ScoredeskError, row: number): ScoredeskError =>
  'row' in error.params ? new ScoredeskError(error.code, { ...error.params, row: row + 1 }) : error;

function noteIds(table: Table, id: string, problems: Map<number, ScoredeskError>): void {
  if (!table.columns.has(id)) return;
  idsOf(table, id).forEach((text, row) => {
    if (text === '') problems.set(row, new ScoredeskError('id-missing', { column: id, row: row + 1 }));
  });
}

/** Texts in a column of numbers. */
function noteNumbers(table: Table, declared: ManifestColumn, problems: Map<number, ScoredeskError>): void {
  const column: Column | undefined = table.columns.get(declared.name);
  if (column?.kind !== 'text' || isText(declared) || declared.role === 'target') return;
  const numbers = numbersInText(column);
  for (let row = 0; row < table.rows; row++) {
    const code = column.codes[row];
    if (code < 0 || numbers[code] !== undefined || problems.has(row)) continue;
    const value = textAt(column, row).slice(0, 60);
    const place = { column: declared.name, file: table.name, row: row + 1, value };
    problems.set(row, new ScoredeskError('column-not-number', place));
  }
}
