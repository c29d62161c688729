import * as v from 'valibot';
import { ScoredeskError } from '../core/errors';
import { nearestName } from '../core/table/names';
import { derivedOrder } from './derived';
import {
  catalogueSchema,
  columnSchema,
  dictionarySchema,
  FORMAT,
  FORMAT_VERSION,
  manifestSchema,
  MAX_MANIFEST_BYTES,
  type Catalogue,
  type Dictionary,
  type Manifest,
  type ManifestColumn,
} from './schema';

/** What a schema found wrong: where, what stood there, what should. */
export interface SchemaFinding {
  path: string;
  found: string;
  expected: string;
}

export function firstFinding(issue: v.BaseIssue<unknown>): SchemaFinding {
  return {
    path: v.getDotPath(issue) ?? '.',
    found: issue.received.slice(0, 80),
    expected: (issue.expected ?? issue.message).slice(0, 120),
  };
}

/** Brackets inside brackets: deeper than this can't be passed between threads. */
const MAX_DEPTH = 100;

/** Levels of nesting in JSON, strings left out. */
function deepest(bytes: Uint8Array): number {
  const [QUOTE, BACKSLASH, OPEN, CLOSE, OPEN_LIST, CLOSE_LIST] = [34, 92, 123, 125, 91, 93];
  let depth = 0;
  let most = 0;
  let text = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (text) {
      if (byte === BACKSLASH) i++;
      else if (byte === QUOTE) text = false;
    } else if (byte === QUOTE) text = true;
    else if (byte === OPEN || byte === OPEN_LIST) most = Math.max(most, ++depth);
    else if (byte === CLOSE || byte === CLOSE_LIST) depth--;
  }
  return most;
}

/** JSON of any kind. @throws what `refuse` makes of its first fault */
export function parseJson(bytes: Uint8Array, refuse: (finding: SchemaFinding) => ScoredeskError): unknown {
  if (bytes.length > MAX_MANIFEST_BYTES)
    throw refuse({ path: '.', found: `${bytes.length} bytes`, expected: `at most ${MAX_MANIFEST_BYTES}` });
  const depth = deepest(bytes);
  if (depth > MAX_DEPTH)
    throw refuse({ path: '.', found: `${depth} levels`, expected: `at most ${MAX_DEPTH} levels` });
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    const start = new TextDecoder().decode(bytes.subarray(0, 24)).replace(/\s+/g, ' ');
    throw refuse({ path: '.', found: start || 'nothing', expected: 'JSON in UTF-8' });
  }
}

/**
 * Reads bundle.json.
 * @throws bundle-not (something else, such as a login page), bundle-newer, bundle-invalid with the path
 */
export function parseManifest(bytes: Uint8Array): Manifest {
  const json = parseJson(bytes, ({ found }) => new ScoredeskError('bundle-not', { found }));
  const head = json as { format?: unknown; formatVersion?: unknown } | null;
  if (head === null || typeof head !== 'object' || head.format !== FORMAT)
    throw new ScoredeskError('bundle-not', {
      found: typeof head?.format === 'string' ? head.format.slice(0, 40) : 'another JSON',
    });
  if (typeof head.formatVersion === 'number' && head.formatVersion > FORMAT_VERSION)
    throw new ScoredeskError('bundle-newer', { found: head.formatVersion, supported: FORMAT_VERSION });
  const result = v.safeParse(manifestSchema, json, { abortEarly: true });
  if (!result.success) throw new ScoredeskError('bundle-invalid', firstFinding(result.issues[0]));
  checkReferences(result.output);
  return result.output;
}

/** @throws not-a-catalogue */
export function parseCatalogue(bytes: Uint8Array, url: string): Catalogue {
  const refuse = () => new ScoredeskError('not-a-catalogue', { url });
  const result = v.safeParse(catalogueSchema, parseJson(bytes, refuse), { abortEarly: true });
  if (!result.success) throw refuse();
  return result.output;
}

/** @throws dictionary-invalid with the path */
export function parseDictionary(bytes: Uint8Array): Dictionary {
  const refuse = (finding: SchemaFinding) => new ScoredeskError('dictionary-invalid', { ...finding });
  const json = parseJson(bytes, refuse);
  const result = v.safeParse(dictionarySchema, json, { abortEarly: true });
  if (!result.success) throw refuse(firstFinding(result.issues[0]));
  const misspelt = unknownKey(result.output);
  if (misspelt) throw refuse(misspelt);
  const repeated = repeatedLevel(result.output.columns ?? []);
  if (repeated)
    throw refuse({ path: `columns.${repeated}.levels`, found: 'a level twice', expected: 'each level once' });
  return result.output;
}

/** A key that no bundle.json has: what was meant by it would be left out without a word. */
function unknownKey(dictionary: Dictionary): SchemaFinding | null {
  const find = (path: string, found: object, known: readonly string[]): SchemaFinding | null => {
    const key = Object.keys(found).find((name) => !known.includes(name));
    if (key === undefined) return null;
    return { path: path + key, found: `a key ${key}`, expected: nearestName(key, known) || known.join(', ') };
  };
  const columns = dictionary.columns ?? [];
  const ofColumns = columns.map((column, i) => find(`columns.${i}.`, column, COLUMN_KEYS));
  return find('', dictionary, MANIFEST_KEYS) ?? ofColumns.find((finding) => finding !== null) ?? null;
}

const MANIFEST_KEYS = Object.keys(manifestSchema.entries);
const COLUMN_KEYS = Object.keys(columnSchema.entries);

/** What the shape alone can't say: names that must point at something, once. */
function checkReferences(manifest: Manifest): void {
  const refuse = (path: string, found: string, expected: string) =>
    new ScoredeskError('bundle-invalid', { path, found, expected });
  const columns = new Map(manifest.columns.map((column) => [column.name, column]));
  if (columns.size !== manifest.columns.length) throw refuse('columns', 'a name twice', 'each column once');

  const repeated = repeatedLevel(manifest.columns);
  if (repeated) throw refuse(`columns.${repeated}.levels`, 'a level twice', 'each level once');

  const inputs = manifest.model.inputs.flatMap((input) => input.columns);
  if (new Set(inputs).size !== inputs.length)
    throw refuse('model.inputs', 'a column twice', 'each column once');
  for (const input of inputs) {
    const column = columns.get(input);
    if (!column) throw refuse('model.inputs', input, 'a name in columns');
    if (column.type === 'category' && !column.levels)
      throw refuse(`columns.${input}`, 'category without levels', 'levels');
    if (column.type === 'text' || column.type === 'date')
      throw refuse(`columns.${input}.type`, column.type, 'a number or a category');
  }

  const files = new Set(manifest.files.map((file) => file.path));
  if (files.size !== manifest.files.length) throw refuse('files', 'a path twice', 'each file once');
  for (const path of requiredPaths(manifest))
    if (!files.has(path)) throw refuse('files', `no ${path}`, `an entry for ${path}`);

  const { threshold, reviewFrom, costs } = manifest.decision;
  if (costs?.kind === 'amount' && !columns.has(costs.column))
    throw refuse('decision.costs.column', costs.column, 'a name in columns');
  if (reviewFrom !== undefined && reviewFrom > threshold)
    throw refuse('decision.reviewFrom', String(reviewFrom), `at most ${threshold}`);
  if (!manifest.data.clients.id) throw refuse('data.clients.id', 'nothing', 'the id column');
  derivedOrder(manifest.columns);
}

/** Name of a column that declares a level twice: codes would be ambiguous. */
function repeatedLevel(columns: readonly ManifestColumn[]): string | undefined {
  const repeats = ({ levels = [] }: ManifestColumn) =>
    new Set(levels.map((level) => level.value)).size < levels.length;
  return columns.find(repeats)?.name;
}

function requiredPaths({ model, data }: Manifest): string[] {
  const parts = [data.clients, data.reference, data.test, data.current];
  const dataPaths = parts.flatMap((part) => part?.files.map((file) => file.path) ?? []);
  return [model.file, ...(model.covers ? [model.covers.file] : []), ...dataPaths];
}
