import { ScoredeskError } from '../core/errors';
import { textAt, texts, type Column, type Table, type TextColumn } from '../core/table/table';
import type { ManifestColumn } from './schema';

/**
 * A category column as the bundle codes it: code = position in `levels`; values outside the levels
 * keep their text at higher codes, so that they can be shown, and are fed to the model as -1.
 */
function toLevels(column: Column, levels: readonly string[]): TextColumn {
  const index = new Map(levels.map((level, code) => [level, code]));
  const code = (text: string): number => {
    if (text === '') return -1;
    const known = index.get(text);
    if (known !== undefined) return known;
    index.set(text, index.size);
    return index.size - 1;
  };
  const codes =
    column.kind === 'text'
      ? Int32Array.from(column.codes, recode(column.dictionary, column.codes, code))
      : Int32Array.from(texts(column), code);
  return { kind: 'text', codes, dictionary: [...index.keys()] };
}

/** Old code to new; dictionary entries that no row uses get no code of their own. */
function recode(dictionary: readonly string[], codes: Int32Array, code: (text: string) => number) {
  const known = new Map<number, number>([[-1, -1]]);
  for (const old of codes) if (!known.has(old)) known.set(old, code(dictionary[old]));
  return (old: number): number => known.get(old) ?? -1;
}

/** Level codes as stored in a bundle's Parquet; a code outside the levels is missing. */
export function fromCodes(column: Column, levels: readonly string[]): TextColumn {
  if (column.kind === 'text') return toLevels(column, levels);
  const codes = Int32Array.from(column.values, (code) => (code >= 0 && code < levels.length ? code : -1));
  return { kind: 'text', codes, dictionary: levels };
}

export const levelValues = (column: ManifestColumn): string[] =>
  column.levels?.map((level) => level.value) ?? [];

/** Features, extras and the id are in every table; text kinds stay text. */
export const isText = (column: ManifestColumn): boolean =>
  column.type === 'category' ||
  column.type === 'text' ||
  column.type === 'date' ||
  column.role === 'id' ||
  column.role === 'name';

/**
 * A user's column brought to its declared type.
 * @throws column-not-number with the first row and value that is text where numbers are declared
 */
export function toDeclared(column: Column, declared: ManifestColumn, table: Table): Column {
  if (declared.type === 'category' && declared.levels) return toLevels(column, levelValues(declared));
  if (column.kind === 'number' || isText(declared)) return column;
  const row = column.codes.findIndex((code) => code >= 0);
  if (row < 0) return { kind: 'number', values: new Float64Array(table.rows).fill(NaN) };
  throw new ScoredeskError('column-not-number', {
    column: declared.name,
    file: table.name,
    row: row + 1,
    value: textAt(column, row).slice(0, 60),
  });
}
