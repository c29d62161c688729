/**
 * Numbers as people write them.
 *
 * A column's decimal mark is decided from its own cells: `1,5` can only be a decimal comma, `1.5`
 * only a decimal point. `1,234` could be either and needs help from the rest of the file.
 */

/** What pandas reads as missing (pandas.read_csv na_values, 2.x), so that both tools see the same gaps. */
const MISSING = new Set([
  '', '#N/A', '#N/A N/A', '#NA', '-1.#IND', '-1.#QNAN', '-NaN', '-nan', '1.#IND', '1.#QNAN', '<NA>', 'N/A',
  'NA', 'NULL', 'NaN', 'None', 'n/a', 'nan', 'null',
]); // prettier-ignore

const PLAIN = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;
/** No number is longer; patterns are not tried on more. */
const LONGEST = 80;
const INTEGER = /^[+-]?\d+([eE][+]?\d+)?$/;
const INFINITY = /^[+-]?inf(inity)?$/i;
const COMMA_DECIMAL = /^[+-]?\d*,\d+([eE][+-]?\d+)?$/;
const COMMA_GROUPS = /^[+-]?[1-9]\d{0,2}(,\d{3})+$/;
const DOT_GROUPS = /^[+-]?[1-9]\d{0,2}(\.\d{3})+$/;
const GROUPED_COMMA_DECIMAL = /^[+-]?\d{1,3}([. \u00A0\u202F’']\d{3})+,\d+$/;
const GROUPED_DOT_DECIMAL = /^[+-]?\d{1,3}([, \u00A0\u202F’']\d{3})+\.\d+$/;
const SPACED_GROUPS = /^[+-]?\d{1,3}([ \u00A0\u202F’']\d{3})+$/;

export const isMissingText = (cell: string): boolean => MISSING.has(cell);

/** How a cell may be read as a number. */
export type Form =
  'missing' | 'integer' | 'dot' | 'dotOrGroups' | 'comma' | 'commaOrGroups' | 'spaced' | 'text';

export function formOf(cell: string): Form {
  if (MISSING.has(cell)) return 'missing';
  if (cell.length > LONGEST) return 'text';
  if (INTEGER.test(cell) || INFINITY.test(cell)) return 'integer';
  if (DOT_GROUPS.test(cell)) return (cell.match(/\./g) ?? []).length > 1 ? 'comma' : 'dotOrGroups';
  if (PLAIN.test(cell)) return 'dot';
  if (COMMA_GROUPS.test(cell)) return (cell.match(/,/g) ?? []).length > 1 ? 'dot' : 'commaOrGroups';
  if (COMMA_DECIMAL.test(cell) || GROUPED_COMMA_DECIMAL.test(cell)) return 'comma';
  if (GROUPED_DOT_DECIMAL.test(cell)) return 'dot';
  return SPACED_GROUPS.test(cell) ? 'spaced' : 'text';
}

export type Decimal = '.' | ',';

/** The number a cell holds under a decimal mark; NaN for missing. Cells must not be of form `text`. */
export function parseNumber(cell: string, decimal: Decimal): number {
  if (MISSING.has(cell)) return NaN;
  if (INFINITY.test(cell)) return cell.startsWith('-') ? -Infinity : Infinity;
  if (PLAIN.test(cell) && (decimal === '.' || !cell.includes('.'))) return Number(cell);
  const groups = decimal === '.' ? /[, \u00A0\u202F’']/g : /[. \u00A0\u202F’']/g;
  return Number(cell.replace(groups, '').replace(',', '.'));
}

const TRUE = new Set(['true', 'True', 'TRUE']);
const FALSE = new Set(['false', 'False', 'FALSE']);

/** 1, 0 or undefined for a cell that holds a truth value as Python and spreadsheets write them. */
export function truthOf(cell: string): 0 | 1 | undefined {
  return TRUE.has(cell) ? 1 : FALSE.has(cell) ? 0 : undefined;
}
