import { ScoredeskError } from '../core/errors';
import { nearestName } from '../core/table/names';
import { formOf } from '../core/table/numbers';
import { byCodePoint, distinctTexts, type Column, type Table } from '../core/table/table';
import type { Dictionary, ManifestColumn } from './schema';
import type { Target } from './target';

/** More distinct texts than this is free text, not a category. */
const MAX_LEVELS = 5_000;

/**
 * The declared columns of a bundle: what the dictionary says, over what the data show.
 *
 * @param labelled table that levels and ranges are taken from: the reference, else the clients
 * @param asText columns that the model takes as texts, with those that its encoders know: they are the levels, as written
 */
export function inferColumns(
  clients: Table,
  labelled: Table,
  features: readonly string[],
  idColumn: string,
  target: Target | undefined,
  dictionary: Dictionary,
  asText: ReadonlyMap<string, readonly string[]> = new Map(),
): ManifestColumn[] {
  const targetColumn = target?.column;
  const said = new Map((dictionary.columns ?? []).map((column) => [column.name, column]));
  const isFeature = new Set(features);
  const names = [...new Set([...clients.columns.keys(), ...features, ...said.keys()])].filter(
    (name) => name !== targetColumn,
  );
  const columns = names.map((name): ManifestColumn => {
    const written = said.get(name);
    const column = labelled.columns.get(name) ?? clients.columns.get(name);
    const written_role =
      written?.role === 'feature' || written?.role === 'id' || written?.role === 'target'
        ? undefined
        : written?.role;
    const role = name === idColumn ? 'id' : isFeature.has(name) ? 'feature' : (written_role ?? 'extra');
    if (role === 'id') return { ...written, name, role };
    if (!column) return { ...written, name, role, type: written?.type ?? 'number' };
    const table = labelled.columns.has(name) ? labelled : clients;
    const words = asText.get(name);
    if (words && !written?.type && (words.length > 0 || column.kind === 'text'))
      return { ...categoryOf(column, words), ...written, name, role };
    if (role === 'feature' && !written?.type && column.kind === 'text')
      refuseSpoiltNumbers(column, name, table);
    return { ...inferredFrom(column, written, table), ...written, name, role };
  });
  if (!target) return columns;
  // Kept for files of later rows, which have the outcome as the bank writes it.
  const positive = target.value === undefined ? {} : { positive: target.value };
  return [...columns, { ...said.get(target.column), name: target.column, role: 'target', ...positive }];
}

function inferredFrom(
  column: Column,
  written: ManifestColumn | undefined,
  table: Table,
): Partial<ManifestColumn> {
  const type = written?.type ?? typeOf(column);
  if (type === 'category') return written?.levels ? { type } : categoryOf(column, []);
  if (type === 'text' || type === 'date' || column.kind === 'text') return { type };
  const range = rangeOf(column.values, table.rows);
  return { type, ...(range ? { range } : {}) };
}

/** A category of the words that a model knows, else of those that the data show. */
function categoryOf(column: Column, words: readonly string[]): Partial<ManifestColumn> {
  const values = words.length > 0 ? [...words].sort(byCodePoint) : distinctTexts(column);
  return { type: 'category', levels: values.map((value) => ({ value })) };
}

/** Texts that are numbers, all of them and many: a number column that a file holds as text. "01" is no number. */
function holdsNumbers({ dictionary }: Extract<Column, { kind: 'text' }>): boolean {
  const isNumber = (text: string) => formOf(text) !== 'text' && !/^[+-]?0\d/.test(text);
  return dictionary.length >= MANY && dictionary.every((text) => isNumber(text.trim()));
}

/** An amount as people write it: $1,234, 12 %, (1,234), 1,234-. It has digits and no letters. */
const AMOUNT = /^[^\p{L}\d]*\d[\d\s.,'’]*[^\p{L}\d]*$/u;

const MANY = 20;
const NEARLY_ALL = 0.8;

/**
 * A column of many numbers and a few words ("?", "unknown"), or of amounts ($1,234), is a spoilt number column, not a category.
 * @throws column-not-number with the first such row
 */
function refuseSpoiltNumbers(column: Extract<Column, { kind: 'text' }>, name: string, table: Table): void {
  const isWord = column.dictionary.map((text) => formOf(text.trim()) === 'text');
  const words = isWord.filter(Boolean).length;
  const amounts = column.dictionary.filter((text) => AMOUNT.test(text)).length;
  const numbers = Math.max(isWord.length - words, amounts);
  if (words === 0 || numbers < MANY || numbers < NEARLY_ALL * isWord.length) return;
  const row = column.codes.findIndex((code) => code >= 0 && isWord[code]);
  throw new ScoredeskError('column-not-number', {
    column: name,
    file: table.name,
    row: row + 1,
    value: column.dictionary[column.codes[row]].slice(0, 60),
  });
}

function typeOf(column: Column): NonNullable<ManifestColumn['type']> {
  if (column.kind === 'text' && holdsNumbers(column)) return 'number';
  if (column.kind === 'text') return distinctTexts(column).length > MAX_LEVELS ? 'text' : 'category';
  let whole = true;
  let binary = true;
  for (const value of column.values) {
    if (Number.isNaN(value)) continue;
    if (value !== 0 && value !== 1) binary = false;
    if (!Number.isInteger(value)) whole = false;
  }
  return binary ? 'flag' : whole ? 'integer' : 'number';
}

/** Least and greatest finite values; undefined when there is none. */
function rangeOf(values: ArrayLike<number>, rows: number): [number, number] | undefined {
  let least = Infinity;
  let greatest = -Infinity;
  for (let i = 0; i < rows; i++) {
    const value = values[i];
    if (!Number.isFinite(value)) continue;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  return least <= greatest ? [least, greatest] : undefined;
}

/**
 * The features in the model's order: those asked for, else every column of the clients that is not
 * the id, the target, or said to be something else by the dictionary.
 *
 * @throws feature-missing with the nearest name
 */
export function chooseFeatures(
  clients: Table,
  wanted: readonly string[] | undefined,
  idColumn: string,
  targetColumn: string | undefined,
  dictionary: Dictionary,
): string[] {
  const said = new Map((dictionary.columns ?? []).map((column) => [column.name, column]));
  if (!wanted) {
    const other = (name: string) => (said.get(name)?.role ?? 'feature') !== 'feature';
    return [...clients.columns.keys()].filter(
      (name) => name !== idColumn && name !== targetColumn && !other(name),
    );
  }
  for (const name of wanted) {
    if (clients.columns.has(name) || said.get(name)?.derived) continue;
    const nearest = nearestName(name, [...clients.columns.keys()]);
    throw new ScoredeskError('feature-missing', { column: name, file: clients.name, nearest });
  }
  return [...wanted];
}

/** Columns that pandas leaves behind: the index of a frame. */
const INDEX_NAMES = /^(Unnamed: \d+|__index_level_\d+__|index|)$/;

/** Index columns are left out where the model has no room for them. */
export function withoutIndexes(names: readonly string[], wanted: number): string[] {
  let surplus = names.length - wanted;
  return names.filter((name) => !(surplus > 0 && INDEX_NAMES.test(name) && surplus--));
}
