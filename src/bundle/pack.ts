import { checkStopped, ScoredeskError } from '../core/errors';
import { coversOf, encodeCovers, type Covers } from '../core/explain/covers';
import { featureRows } from '../core/model/evaluate';
import type { OnnxModel } from '../core/onnx/read';
import { writeParquet } from '../core/table/parquetWrite';
import { columnOf, texts, textColumn, type Column, type Table } from '../core/table/table';
import { algorithmOf } from './algorithm';
import { idsOf, toDeclared } from './columns';
import { checkIds } from './ids';
import { withDerived } from './derived';
import { encodeInputs } from './encode';
import { sha256Hex } from './hash';
import { chooseFeatures, inferColumns, withoutIndexes } from './infer';
import { byInputName, readModel, refuseCount } from './packModel';
import { expectedRows, metricsOf, scorerOf, scoreTable, type StartRuntime } from './packScores';
import {
  FORMAT,
  FORMAT_VERSION,
  type Dictionary,
  type Manifest,
  type ManifestColumn,
  type PartName,
} from './schema';
import { targetOf, type Target } from './target';
import { parseManifest } from './validate';

export interface PackInput {
  model: Uint8Array;
  clients: Table;
  idColumn: string;
  /** The labelled rows that trained the model. */
  reference?: Table | undefined;
  /** Labelled rows it never saw. */
  test?: Table | undefined;
  /** Later rows, to compare with the reference; labels and times where they are known. */
  current?: Table | undefined;
  target?: Target | undefined;
  features?: readonly string[] | undefined;
  /** The library's own predictions: id column and `probability`. */
  expected?: Table | undefined;
  threshold?: number | undefined;
  costs?: { falseNegative: number; falsePositive: number } | undefined;
  dictionary?: Dictionary | undefined;
  id?: string | undefined;
  version?: string | undefined;
  title?: string | undefined;
  /** Starts the runtime, for a model that only it can score. */
  runtime?: StartRuntime | undefined;
  signal?: AbortSignal | undefined;
  progress?: ((step: PackStep) => void) | undefined;
}

export type PackStep = 'model' | 'columns' | 'covers' | 'expected' | 'files';

export interface Packed {
  manifest: Manifest;
  /** Every file by path; bundle.json last. */
  files: Map<string, Uint8Array>;
  /** Index columns that the model has no room for. */
  leftOut: string[];
  /** Text columns whose codes were guessed from their alphabetical order, for a model that takes numbers. */
  guessedLevels: string[];
}

/**
 * Makes a bundle from a model and tables. Same input, same bytes.
 *
 * @throws feature-count, feature-missing, ids-repeated, id-missing, target-values, onnx-…, and what
 *   reading the parts throws; see `core/errors.ts`
 */
export async function pack(input: PackInput): Promise<Packed> {
  const step = (name: PackStep) => {
    checkStopped(input.signal);
    input.progress?.(name);
  };
  checkNames(input);
  step('model');
  const dictionary = input.dictionary ?? {};
  const candidates = chooseFeatures(
    input.clients,
    input.features,
    input.idColumn,
    input.target?.column,
    dictionary,
  );
  const read = readModel(input.model, candidates, dictionary, input.target);
  const { index } = read;
  const features =
    read.onnx.inputs.length > 1
      ? byInputName(read.onnx, candidates, input.clients, input.features)
      : input.features
        ? candidates
        : withoutIndexes(candidates, read.onnx.width);
  refuseCount(read.onnx, features);

  step('columns');
  const labelled = input.reference ?? input.clients;
  const columns = inferColumns(input.clients, labelled, features, input.idColumn, input.target, dictionary);
  // Outcomes among the clients are of no use to the bundle, and may be all missing.
  const clients = prepare(input.clients, columns, { ...input, target: undefined });
  if (clients.rows === 0) throw new ScoredeskError('rows-none', { file: clients.name });
  checkIds(clients, input.idColumn);
  const reference = input.reference && prepare(input.reference, columns, input);
  const test = input.test && prepare(input.test, columns, input);
  const current = input.current && prepare(input.current, columns, input);
  const inputs = features.map((name) => columns.find((column) => column.name === name) as ManifestColumn);
  refuseTextFeatures(inputs, clients);
  const onnx = read.withLevels(inputs);

  step('covers');
  const covers = packedCovers(onnx, inputs, reference, clients);

  step('expected');
  const output = { ...dictionary.model?.output, index, name: onnx.output };
  const score = await scorerOf(onnx, output, input);
  const clientProbabilities = await scoreTable(score, inputs, clients);
  const expected = expectedRows(clients, clientProbabilities, input);

  step('files');
  const files = new Map<string, Uint8Array>([['model.onnx', input.model]]);
  if (covers) files.set('covers.bin', covers.bytes);
  const data: Manifest['data'] = { clients: { files: [], id: input.idColumn } };
  const target = input.target?.column;
  addPart(files, data, 'clients', clients, columns, undefined);
  if (reference) addPart(files, data, 'reference', reference, columns, target);
  if (test) addPart(files, data, 'test', test, columns, target);
  if (current) addPart(files, data, 'current', current, columns, target);
  const manifest: Manifest = {
    format: FORMAT,
    formatVersion: FORMAT_VERSION,
    ...dictionary,
    id: input.id ?? dictionary.id ?? 'bundle',
    version: input.version ?? dictionary.version ?? '1.0.0',
    ...(input.title !== undefined ? { title: input.title } : {}),
    model: {
      file: 'model.onnx',
      algorithm: dictionary.model?.algorithm ?? algorithmOf(onnx),
      inputs: inputSections(onnx, features, columns),
      output,
      ...(covers ? { covers: { file: 'covers.bin', kind: covers.kind, from: covers.from } } : {}),
    },
    decision: decisionOf(input, dictionary),
    columns,
    data,
    ...suggestion(dictionary, clients, clientProbabilities, input),
    expected,
    ...(test && target
      ? { metrics: { test: metricsOf(await scoreTable(score, inputs, test), test, target) } }
      : {}),
    files: [...files].map(([path, bytes]) => ({ path, bytes: bytes.length, sha256: sha256Hex(bytes) })),
  };
  const bytes = new TextEncoder().encode(JSON.stringify(manifest, null, 1) + '\n');
  files.set('bundle.json', bytes);
  return {
    manifest: parseManifest(bytes),
    files,
    leftOut: read.onnx.inputs.length > 1 ? [] : candidates.filter((name) => !features.includes(name)),
    guessedLevels: guessed(onnx, inputs, dictionary),
  };
}

/** The columns named by the caller are looked for first: a typing mistake is told as such. @throws column-unknown */
function checkNames({ clients, idColumn, reference, test, current, target }: PackInput): void {
  columnOf(clients, idColumn);
  const labelled = [reference, test].filter((table) => table !== undefined);
  for (const table of current ? [...labelled, current] : labelled)
    if (table.rows === 0) throw new ScoredeskError('rows-none', { file: table.name });
  if (target) for (const table of labelled.length ? labelled : [clients]) columnOf(table, target.column);
}

/** A user's table with the declared columns: typed, derived ones added, the target as 0/1. */
function prepare(table: Table, columns: readonly ManifestColumn[], { idColumn, target }: PackInput): Table {
  const out = new Map<string, Column>();
  for (const declared of columns) {
    const column = table.columns.get(declared.name);
    if (declared.role === 'target') continue;
    if (column)
      out.set(
        declared.name,
        declared.name === idColumn ? textColumn(idsOf(table, idColumn)) : toDeclared(column, declared, table),
      );
    else if (declared.role === 'feature' && !declared.derived) columnOf(table, declared.name);
  }
  if (target && table.columns.has(target.column))
    out.set(target.column, { kind: 'number', values: targetOf(table, target) });
  return withDerived({ ...table, columns: out }, columns);
}

function refuseTextFeatures(inputs: readonly ManifestColumn[], clients: Table): void {
  for (const { name, type } of inputs) {
    if (type !== 'text' && type !== 'date') continue;
    const column = clients.columns.get(name);
    throw new ScoredeskError('text-feature', {
      column: name,
      value: column?.kind === 'text' ? (column.dictionary[0] ?? '') : '',
    });
  }
}

/** The library's own covers where the file carries them, else counted on the rows that trained the model. */
function packedCovers(
  { model, covers, given }: OnnxModel,
  inputs: readonly ManifestColumn[],
  reference: Table | undefined,
  clients: Table,
): { bytes: Uint8Array; kind: Covers['kind']; from: 'library' | 'training' | 'clients' } | null {
  if (model?.predictor.kind !== 'trees') return null;
  if (given) {
    const kind = covers === 'hessian' ? covers : given.every(isCount) ? 'rows' : 'weights';
    return { bytes: encodeCovers({ kind, values: given }), kind, from: 'library' };
  }
  const table = reference ?? clients;
  const features = featureRows(model, encodeInputs(inputs, table), table.rows);
  const width = features.length / table.rows;
  const counted = coversOf(covers, model.predictor, features, table.rows, width);
  return { bytes: encodeCovers(counted), kind: covers, from: reference ? 'training' : 'clients' };
}

const isCount = (value: number): boolean => Number.isInteger(value) && value <= 0xffffffff;

/** The model takes codes of these, and nobody said which code is which text. */
function guessed(onnx: OnnxModel, inputs: readonly ManifestColumn[], dictionary: Dictionary): string[] {
  const said = new Set(dictionary.columns?.filter((column) => column.levels).map((column) => column.name));
  const asText = onnx.inputs.flatMap(({ type, width }) => new Array<boolean>(width).fill(type === 'string'));
  return inputs
    .filter(({ name, type }, j) => type === 'category' && !asText[j] && !said.has(name))
    .map(({ name }) => name);
}

function inputSections(
  onnx: OnnxModel,
  features: readonly string[],
  columns: readonly ManifestColumn[],
): Manifest['model']['inputs'] {
  let first = 0;
  const categories = new Set(
    columns.filter((column) => column.type === 'category').map((column) => column.name),
  );
  return onnx.inputs.map(({ name, width, type }) => {
    const names = features.slice(first, (first += width));
    const coded = names.some((column) => categories.has(column)) ? 'code' : 'number';
    return {
      name,
      columns: names,
      encode: type === 'string' ? ('string' as const) : (coded as 'code' | 'number'),
    };
  });
}

function decisionOf({ threshold, costs }: PackInput, { decision }: Dictionary): Manifest['decision'] {
  const chosen = threshold ?? decision?.threshold ?? 0.5;
  const reviewFrom =
    decision?.reviewFrom !== undefined && decision.reviewFrom <= chosen
      ? { reviewFrom: decision.reviewFrom }
      : {};
  const paid = costs ? { kind: 'count' as const, ...costs } : decision?.costs;
  return { threshold: chosen, ...reviewFrom, ...(paid ? { costs: paid } : {}) };
}

/** Three clients for a newcomer: a clear yes, a near miss, a clear no. */
function suggestion(
  dictionary: Dictionary,
  clients: Table,
  p: Float64Array,
  input: PackInput,
): { suggest: string[] } {
  if (dictionary.suggest) return { suggest: dictionary.suggest };
  const { threshold } = decisionOf(input, dictionary);
  const order = Array.from(p.keys())
    .filter((row) => !Number.isNaN(p[row]))
    .sort((a, b) => p[a] - p[b] || a - b);
  if (order.length === 0) return { suggest: [] };
  const ids = texts(columnOf(clients, input.idColumn));
  const near = order.reduce(
    (best, row) =>
      p[row] >= threshold && Math.abs(p[row] - threshold) < Math.abs(p[best] - threshold) ? row : best,
    order.at(-1) ?? 0,
  );
  const picked = [order[Math.floor(order.length * 0.05)], near, order[Math.floor(order.length * 0.95)]];
  return { suggest: [...new Set(picked.map((row) => ids[row]))] };
}

/** Writes one part's Parquet: declared columns, category codes where every value is a level, and the target. */
function addPart(
  files: Map<string, Uint8Array>,
  data: Manifest['data'],
  name: PartName,
  table: Table,
  columns: readonly ManifestColumn[],
  target: string | undefined,
): void {
  const path = `${name}.parquet`;
  const out = new Map<string, Column>();
  for (const declared of columns) {
    const column = table.columns.get(declared.name);
    if (!column || (declared.role === 'target' && declared.name !== target)) continue;
    out.set(declared.name, stored(column, declared));
  }
  files.set(path, writeParquet({ name: path, rows: table.rows, columns: out }));
  const id = columns.find((column) => column.role === 'id')?.name;
  data[name] = {
    files: [{ path, rows: table.rows }],
    ...(id && out.has(id) ? { id } : {}),
    ...(target && out.has(target) ? { target } : {}),
  };
}

function stored(column: Column, declared: ManifestColumn): Column {
  if (column.kind === 'number')
    return column.values instanceof Int32Array
      ? { kind: 'number', values: Float64Array.from(column.values) }
      : column;
  const levels = declared.type === 'category' ? declared.levels?.length : undefined;
  if (levels === undefined || column.dictionary.length > levels) return column;
  return { kind: 'number', values: column.codes };
}
