import { ScoredeskError } from '../core/errors';
import { columnOf, distinctTexts, textAt, type Table } from '../core/table/table';

/** A target column and, when it is not 0/1, the value that means default. */
export interface Target {
  column: string;
  value?: string | undefined;
}

/** `COL` or `COL=VALUE` as written on a command line. */
export function parseTarget(text: string): Target {
  const at = text.indexOf('=');
  return at < 0 ? { column: text } : { column: text.slice(0, at), value: text.slice(at + 1) };
}

/**
 * 1 for default, 0 for repaid, NaN where the outcome is missing.
 *
 * @throws column-unknown, target-values (neither 0/1 nor named), target-value-absent
 */
export function targetOf(table: Table, target: Target): Float64Array {
  const column = columnOf(table, target.column);
  const found = distinctTexts(column);
  const list = found.slice(0, 6).join(', ') + (found.length > 6 ? ', …' : '');
  if (target.value !== undefined && !found.includes(target.value))
    throw new ScoredeskError('target-value-absent', {
      column: target.column,
      value: target.value,
      found: list,
    });
  if (
    target.value === undefined &&
    (found.length === 0 || found.some((value) => value !== '0' && value !== '1'))
  )
    throw new ScoredeskError('target-values', { column: target.column, found: list });
  const positive = target.value ?? '1';
  return Float64Array.from({ length: table.rows }, (_, row) => {
    const text = textAt(column, row);
    return text === '' ? NaN : text === positive ? 1 : 0;
  });
}
