import { ScoredeskError } from '../errors';
import { nearestName } from './names';

/** Numbers; NaN is missing, infinities are values. */
export interface NumberColumn {
  kind: 'number';
  values: Float64Array | Float32Array | Int32Array;
  /** How their file has them, where it matters: whole numbers without a gap, numbers with a decimal point always, truth values. */
  written?: 'whole' | 'decimal' | 'truth';
}

/** Strings by code into a dictionary; code -1 is missing, shown as "". */
export interface TextColumn {
  kind: 'text';
  codes: Int32Array;
  dictionary: readonly string[];
  /** Whole numbers in their file, kept as text here. */
  written?: 'whole';
}

export type Column = NumberColumn | TextColumn;

/** Named columns of equal length, in file order. */
export interface Table {
  /** What messages call it: the file's name. */
  name: string;
  rows: number;
  columns: ReadonlyMap<string, Column>;
}

/** The column of that name. @throws column-unknown with the nearest name the table has */
export function columnOf(table: Table, name: string): Column {
  const column = table.columns.get(name);
  if (column) return column;
  const nearest = nearestName(name, [...table.columns.keys()]);
  throw new ScoredeskError('column-unknown', { column: name, nearest, file: table.name });
}

/** The cell as text: "" when missing, numbers in their shortest form. */
export function textAt(column: Column, row: number): string {
  if (column.kind === 'text') return column.dictionary[column.codes[row]] ?? '';
  const value = column.values[row];
  return Number.isNaN(value) ? '' : String(value);
}

/** Rows of a column. */
export const lengthOf = (column: Column): number =>
  column.kind === 'number' ? column.values.length : column.codes.length;

/** The column's cells as text. */
export const texts = (column: Column): string[] =>
  Array.from({ length: lengthOf(column) }, (_, row) => textAt(column, row));

/** Distinct texts of a column that occur, missing left out, sorted by code point. */
export function distinctTexts(column: Column): string[] {
  if (column.kind === 'number') return [...new Set(texts(column))].filter(Boolean).sort(byCodePoint);
  const seen = new Uint8Array(column.dictionary.length);
  for (const code of column.codes) if (code >= 0) seen[code] = 1;
  return column.dictionary.filter((_, code) => seen[code]).sort(byCodePoint);
}

/** Order of code points, as Python sorts strings; JavaScript's own is of UTF-16 units. */
export function byCodePoint(a: string, b: string): number {
  const [x, y] = [[...a], [...b]];
  const at = x.findIndex((c, i) => c !== y[i]);
  if (at < 0) return x.length - y.length;
  return (x[at].codePointAt(0) ?? 0) - (y[at]?.codePointAt(0) ?? -1);
}

/** The rows at `positions`, in that order. */
export function takeRows(table: Table, positions: Int32Array): Table {
  const columns = new Map<string, Column>();
  for (const [name, column] of table.columns) columns.set(name, takeColumn(column, positions));
  return { name: table.name, rows: positions.length, columns };
}

/** The rows `from` .. `to`, in place: nothing is copied. */
export function sliceRows(table: Table, from: number, to: number): Table {
  const columns = new Map([...table.columns].map(([name, column]) => [name, sliceColumn(column, from, to)]));
  return { name: table.name, rows: to - from, columns };
}

/** The cells `from` .. `to`, in place. */
export const sliceColumn = (column: Column, from: number, to: number): Column =>
  column.kind === 'text'
    ? { ...column, codes: column.codes.subarray(from, to) }
    : { ...column, values: column.values.subarray(from, to) };

/** The cells at `positions`, in that order. */
export function takeColumn(column: Column, positions: Int32Array): Column {
  if (column.kind === 'text') return { ...column, codes: positions.map((row) => column.codes[row]) };
  const { values: all } = column;
  const values = new (all.constructor as Float64ArrayConstructor)(positions.length);
  for (let i = 0; i < positions.length; i++) values[i] = all[positions[i]];
  return { ...column, values };
}

/**
 * Columns one after the other; numbers and texts together are texts. Codes of the first dictionary stay what they are, texts
 * that only later ones have come behind them.
 */
export function concatColumns(parts: readonly Column[]): Column {
  const [first] = parts;
  if (parts.length === 1) return first;
  const written = parts.every((part) => part.written === first.written) ? first.written : undefined;
  if (parts.every((part) => part.kind === 'number'))
    return {
      kind: 'number',
      values: concatNumbers(parts.map(({ values }) => values)),
      ...(written && { written }),
    };
  const joined = concatTexts(parts.map((part) => (part.kind === 'text' ? part : textColumn(texts(part)))));
  return written === 'whole' ? { ...joined, written } : joined;
}

/** In the type that all of them have, else in doubles. */
export function concatNumbers(parts: readonly NumberColumn['values'][]): NumberColumn['values'] {
  const rows = parts.reduce((sum, { length }) => sum + length, 0);
  const Type = parts.every(({ constructor }) => constructor === parts[0].constructor)
    ? (parts[0].constructor as Float64ArrayConstructor)
    : Float64Array;
  const values = new Type(rows);
  let at = 0;
  for (const part of parts) {
    values.set(part, at);
    at += part.length;
  }
  return values;
}

function concatTexts(parts: readonly TextColumn[]): TextColumn {
  const [{ dictionary: first }] = parts;
  const codes = new Int32Array(parts.reduce((sum, part) => sum + part.codes.length, 0));
  const index = new Map(first.map((text, code) => [text, code]));
  let at = 0;
  for (const part of parts) {
    if (part.dictionary === first) codes.set(part.codes, at);
    else {
      const moved = part.dictionary.map((text) => codeFor(index, text));
      for (let i = 0; i < part.codes.length; i++)
        codes[at + i] = part.codes[i] < 0 ? -1 : moved[part.codes[i]];
    }
    at += part.codes.length;
  }
  return { kind: 'text', codes, dictionary: index.size === first.length ? first : [...index.keys()] };
}

function codeFor(index: Map<string, number>, text: string): number {
  const known = index.get(text) ?? index.size;
  index.set(text, known);
  return known;
}

/** A text column from cells; "" is missing. */
export function textColumn(cells: readonly string[]): TextColumn {
  const builder = new TextBuilder(cells.length);
  cells.forEach((cell) => builder.add(cell));
  return builder.finish();
}

/** Builds a dictionary-coded text column cell by cell. */
export class TextBuilder {
  readonly #codes: Int32Array;
  readonly #index = new Map<string, number>();
  #row = 0;

  constructor(rows: number) {
    this.#codes = new Int32Array(rows);
  }

  add(cell: string): void {
    let code = cell === '' ? -1 : this.#index.get(cell);
    if (code === undefined) {
      code = this.#index.size;
      this.#index.set(cell, code);
    }
    this.#codes[this.#row++] = code;
  }

  finish(): TextColumn {
    return { kind: 'text', codes: this.#codes, dictionary: [...this.#index.keys()] };
  }
}
