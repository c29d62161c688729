import { lengthOf, type Column } from '../table/table';
import { isTimeColumn } from './chunks';

/** How a column is compared; text and time are not. */
export type DriftType = 'number' | 'category' | 'text' | 'time';

const FEW_WHOLE = 10;
const FREE_TEXT_FROM = 50;

export type Preset = 'psi' | 'evidently' | 'nannyml';

/**
 * How a column of the current data is compared.
 *
 * Evidently 0.7 (infer_column_type): whole numbers of at most 10 distinct values are categories, texts of which
 * over half are distinct are free text. NannyML: numbers are continuous, all else is categorical. Otherwise
 * as NannyML, and free text has over 50 distinct values that are over half of its rows. Truth values are
 * categories everywhere.
 */
export function driftTypeOf(column: Column, preset: Preset): DriftType {
  if (column.kind === 'number') {
    if (column.written === 'truth') return 'category';
    const few = preset === 'evidently' && column.written === 'whole' && hasFewValues(column.values);
    return few ? 'category' : 'number';
  }
  if (isTimeColumn(column)) return 'time';
  if (preset === 'nannyml') return 'category';
  const used = new Set(column.codes);
  used.delete(-1);
  const filled = column.codes.reduce((sum, code) => sum + (code < 0 ? 0 : 1), 0);
  const free = used.size > filled / 2 && (preset === 'evidently' || used.size > FREE_TEXT_FROM);
  return free ? 'text' : 'category';
}

function hasFewValues(values: ArrayLike<number>): boolean {
  const seen = new Set<number>();
  for (let i = 0; i < values.length && seen.size <= FEW_WHOLE; i++)
    if (!Number.isNaN(values[i])) seen.add(values[i]);
  return seen.size <= FEW_WHOLE;
}

/** Truth values as levels, as pandas shows them. */
export function asCompared(column: Column): Column {
  if (column.kind === 'text' || column.written !== 'truth') return column;
  return {
    kind: 'text',
    dictionary: ['False', 'True'],
    codes: Int32Array.from(column.values, (value) => (Number.isNaN(value) ? -1 : value)),
  };
}

/**
 * Both sides brought to one kind where that is sure: a side without any value is of the other's kind, and truth
 * values are the numbers 0 and 1. NannyML goes by the reference's kind, the others by levels.
 */
export function aligned(reference: Column, current: Column, preset: Preset): [Column, Column] {
  if (isEmpty(current)) return [asCompared(reference), emptyAs(asCompared(reference), current)];
  if (isEmpty(reference)) return [emptyAs(asCompared(current), reference), asCompared(current)];
  const mixed = isTruth(reference) !== isTruth(current) && isBinary(reference) && isBinary(current);
  if (!mixed) return [asCompared(reference), asCompared(current)];
  if (preset === 'nannyml' && !isTruth(reference)) return [reference, plain(current)];
  return [asCompared(asTruth(reference)), asCompared(asTruth(current))];
}

const isTruth = (column: Column): boolean => column.kind === 'number' && column.written === 'truth';
const asTruth = (column: Column): Column =>
  column.kind === 'number' ? { ...column, written: 'truth' } : column;

function isBinary(column: Column): boolean {
  if (column.kind === 'text') return false;
  return column.values.every((value) => value === 0 || value === 1 || Number.isNaN(value));
}

function plain(column: Column): Column {
  return column.kind === 'number' ? { kind: 'number', values: column.values } : column;
}

function emptyAs(kind: Column, column: Column): Column {
  const rows = lengthOf(column);
  return kind.kind === 'number'
    ? { kind: 'number', values: new Float64Array(rows).fill(NaN) }
    : { kind: 'text', dictionary: [], codes: new Int32Array(rows).fill(-1) };
}

/** A column without any value, which may stand for numbers or texts. */
export const isEmpty = (column: Column): boolean =>
  column.kind === 'number' ? column.values.every(Number.isNaN) : column.codes.every((code) => code < 0);
