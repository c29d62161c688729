import { textAt, type Column } from '../../core/table/table';
import type { ManifestColumn } from '../../bundle/schema';

/** A number, a text, or nothing. */
export type CellValue = number | string | null;

export interface Cell {
  column: string;
  value: CellValue;
  /** Outside the range of the training rows, or a level the model does not know. */
  flag: 'missing' | 'outOfRange' | 'unknownLevel' | null;
}

/** The value of a row; null when it is missing. */
export function cellValue(column: Column, row: number): CellValue {
  if (column.kind === 'text') return textAt(column, row) || null;
  const value = column.values[row];
  return Number.isNaN(value) ? null : value;
}

/** The value of a row with what is odd about it. */
export function cellOf(declared: ManifestColumn, column: Column, row: number): Cell {
  const value = cellValue(column, row);
  return { column: declared.name, value, flag: flagOf(declared, column, row, value) };
}

/** What is odd about a value. */
export function flagOf(
  declared: ManifestColumn,
  column: Column,
  row: number,
  value: CellValue,
): Cell['flag'] {
  if (value === null) return 'missing';
  if (column.kind === 'text') {
    const unknown = declared.levels !== undefined && column.codes[row] >= declared.levels.length;
    return unknown ? 'unknownLevel' : null;
  }
  const { range } = declared;
  const number = value as number;
  if (!Number.isFinite(number)) return 'outOfRange';
  return range && (number < range[0] || number > range[1]) ? 'outOfRange' : null;
}
