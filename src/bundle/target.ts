import { ScoredeskError } from '../core/errors';
import { distinctTexts, lengthOf, textAt, type Column, type NumberColumn } from '../core/table/table';

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
 * The outcomes in a column: 1 default, 0 repaid, -1 where there is none.
 *
 * @throws target-values (neither 0/1 nor named), target-value-absent
 */
export function outcomesOf(column: Column, { column: name, value }: Target): Int8Array {
  const found = distinctTexts(column);
  const list = found.slice(0, 6).join(', ') + (found.length > 6 ? ', …' : '');
  if (value !== undefined && !found.includes(value))
    throw new ScoredeskError('target-value-absent', { column: name, value, found: list });
  if (value === undefined && (found.length === 0 || !found.every(isBinary)))
    throw new ScoredeskError('target-values', { column: name, found: list });
  return coded(column, (text) => text === (value ?? '1'));
}

/**
 * The same for rows of which the outcomes may not be there yet: none at all, or of one kind only, is no mistake, and 0
 * and 1 may stand for the words.
 *
 * @returns null where no row has an outcome
 * @throws target-values, target-value-absent
 */
export function lateOutcomesOf(column: Column, target: Target): Int8Array | null {
  const found = distinctTexts(column);
  if (found.length === 0) return null;
  const { value } = target;
  if (value === undefined || found.includes(value)) return outcomesOf(column, target);
  if (found.every(isBinary)) return outcomesOf(column, { column: target.column });
  if (found.length > 1) return outcomesOf(column, target);
  return coded(column, () => false);
}

/** Outcomes as a column of numbers; NaN where there is none. */
export const outcomeColumn = (outcomes: Int8Array): NumberColumn => ({
  kind: 'number',
  values: Float64Array.from(outcomes, (label) => (label < 0 ? NaN : label)),
});

const isBinary = (text: string): boolean => text === '0' || text === '1';

function coded(column: Column, isDefault: (text: string) => boolean): Int8Array {
  const rows = lengthOf(column);
  return Int8Array.from({ length: rows }, (_, row) => {
    const text = textAt(column, row);
    return text === '' ? -1 : isDefault(text) ? 1 : 0;
  });
}
