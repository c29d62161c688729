import { ScoredeskError } from '../core/errors';
import { formOf, isMissingText, parseNumber, type Form } from '../core/table/numbers';
import { columnOf, textAt, texts, type Column, type Table, type TextColumn } from '../core/table/table';
import type { ManifestColumn } from './schema';

/**
 * A category column as the bundle codes it: code = position in `levels`; values outside the levels
 * keep their text at higher codes, so that they can be shown, and are fed to the model as -1.
 */
function toLevels(column: Column, levels: readonly string[]): TextColumn {
  const index = new Map(levels.map((level, code) => [level, code]));
  const alike = likeness(levels);
  const code = (text: string): number => {
    const known = index.get(text) ?? index.get(text.trim()) ?? alike(text.trim());
    if (known !== undefined) return known;
    if (isMissingText(text.trim())) return -1;
    index.set(text, index.size);
    return index.size - 1;
  };
  const codes =
    column.kind === 'text'
      ? recoded(column.dictionary, column.codes, code)
      : Int32Array.from(texts(column), code);
  return { kind: 'text', codes, dictionary: [...index.keys()] };
}

/**
 * The level that a text is in another form: with its accents composed (a Mac writes them decomposed), or the same number
 * ("1" is "1.0"). Forms that several levels share are nobody's.
 */
function likeness(levels: readonly string[]): (text: string) => number | undefined {
  const composed = onlyOnes(levels.map((level) => level.normalize('NFC')));
  const numbers = onlyOnes(levels.map((level) => numberForm(level)));
  return (text) => composed.get(text.normalize('NFC')) ?? numbers.get(numberForm(text) ?? '');
}

/** Positions of the forms that stand for one level. */
function onlyOnes(forms: readonly (string | undefined)[]): Map<string, number> {
  const found = new Map<string, number>();
  const repeated = new Set<string>();
  forms.forEach((form, code) => {
    if (form === undefined) return;
    if (found.has(form)) repeated.add(form);
    found.set(form, code);
  });
  for (const form of repeated) found.delete(form);
  return found;
}

/** A plain number in one form, "01" and other texts that only look like one left out; undefined for these. */
const numberForm = (text: string): string | undefined =>
  /^-?(0|[1-9]\d{0,14})(\.\d+)?$/.test(text) ? String(Number(text)) : undefined;

/** New codes for old ones; dictionary entries that no row uses get no code of their own. */
function recoded(
  dictionary: readonly string[],
  codes: Int32Array,
  code: (text: string) => number,
): Int32Array {
  const UNKNOWN = -2;
  const known = new Int32Array(dictionary.length).fill(UNKNOWN);
  const out = new Int32Array(codes.length);
  for (let row = 0; row < codes.length; row++) {
    const old = codes[row];
    if (old < 0) out[row] = -1;
    else {
      if (known[old] === UNKNOWN) known[old] = code(dictionary[old]);
      out[row] = known[old];
    }
  }
  return out;
}

/** Level codes as stored in a bundle's Parquet; a code outside the levels is missing. */
export function fromCodes(column: Column, levels: readonly string[]): TextColumn {
  if (column.kind === 'text') return isCoded(column, levels) ? column : toLevels(column, levels);
  const { values } = column;
  const codes = new Int32Array(values.length);
  for (let row = 0; row < codes.length; row++) {
    const code = values[row];
    codes[row] = code >= 0 && code < levels.length ? code : -1;
  }
  return { kind: 'text', codes, dictionary: levels };
}

/** A column whose first codes are the levels already. */
const isCoded = ({ dictionary }: TextColumn, levels: readonly string[]): boolean =>
  dictionary === levels || levels.every((level, code) => dictionary[code] === level);

export const levelValues = (column: ManifestColumn): string[] =>
  column.levels?.map((level) => level.value) ?? [];

/** Texts of a category's codes; undefined for any other column. */
export const levelsOf = (column: ManifestColumn): string[] | undefined =>
  column.type === 'category' ? levelValues(column) : undefined;

/** Features, extras and the id are in every table; text kinds stay text. */
export const isText = (column: ManifestColumn): boolean =>
  column.type === 'category' ||
  column.type === 'text' ||
  column.type === 'date' ||
  column.role === 'id' ||
  column.role === 'name';

/**
 * A user's column brought to its declared type. A category may come as texts, or as the level codes
 * of a bundle's own Parquet: whole numbers within the levels of which none is the text of a level.
 *
 * @throws column-not-number with the first row and value that is text where numbers are declared
 */
export function toDeclared(column: Column, declared: ManifestColumn, table: Table): Column {
  if (declared.type === 'category' && declared.levels) {
    const levels = levelValues(declared);
    return column.kind === 'number' && holdsCodes(column.values, levels)
      ? fromCodes(column, levels)
      : toLevels(column, levels);
  }
  if (column.kind === 'number' || isText(declared)) return column;
  return textAsNumbers(column, declared.name, table);
}

/**
 * Numbers that a file holds as text ("22406"), as SQL and Spark write them.
 * @throws column-not-number with the first row and value that is none, or may be read in two ways ("1,234")
 */
function textAsNumbers(column: TextColumn, name: string, table: Table): Column {
  const numbers = numbersInText(column);
  const row = column.codes.findIndex((code) => code >= 0 && numbers[code] === undefined);
  if (row >= 0)
    throw new ScoredeskError('column-not-number', {
      column: name,
      file: table.name,
      row: row + 1,
      value: textAt(column, row).slice(0, 60),
    });
  const values = Float64Array.from(column.codes, (code) => (code < 0 ? NaN : (numbers[code] as number)));
  return { kind: 'number', values };
}

/** The number that each text of a dictionary is; undefined for one that is none. */
export function numbersInText({ dictionary }: TextColumn): (number | undefined)[] {
  const forms = dictionary.map((text) => formOf(text.trim()));
  const pointed = forms.includes('dot');
  return dictionary.map((text, i) => plainNumber(text.trim(), forms[i], pointed));
}

/** The number, where it can be only one: "1.234" needs another cell that shows points to be decimal marks. */
function plainNumber(text: string, form: Form, pointed: boolean): number | undefined {
  const plain =
    form === 'missing' || form === 'integer' || form === 'dot' || (form === 'dotOrGroups' && pointed);
  return plain ? parseNumber(text, '.') : undefined;
}

function holdsCodes(values: ArrayLike<number>, levels: readonly string[]): boolean {
  if (levels.some((level) => numberForm(level) !== undefined)) return false;
  return Array.from(values).every((value) => Number.isInteger(value) && value >= -1 && value < levels.length);
}

/** The ids of a table, without blanks around them. @throws column-unknown */
export const idsOf = (table: Table, idColumn: string): string[] =>
  texts(columnOf(table, idColumn)).map((id) => id.trim());

/** Columns of a user's table that are read exactly as written: ids, and categories whose levels are declared. */
export function keptAsWritten(columns: readonly ManifestColumn[], idColumn: string): string[] {
  const coded = columns.filter((column) => column.type === 'category' && column.levels);
  return [idColumn, ...coded.map((column) => column.name)];
}
