import { ScoredeskError } from '../core/errors';
import type { Costs } from '../core/decision/cost';
import { exportMetadata, type ExportMetadata } from '../core/onnx/metadata';
import { parseOnnx } from '../core/onnx/parse';
import type { OnnxModel } from '../core/onnx/read';
import { columnOf, type Table } from '../core/table/table';
import type { Algorithm } from './algorithm';
import { checkIds } from './ids';
import { idsOf } from './columns';
import { inputsNamed, type ModelInput } from './encode';
import { chooseFeatures, inferColumns, withoutIndexes } from './infer';
import { byInputName, readModel, refuseCount } from './packModel';
import type { StartRuntime } from './packScores';
import { readRows, requireRows } from './rows';
import type { Dictionary, LocalText, Manifest, ManifestColumn } from './schema';
import type { Target } from './target';

export interface PackInput {
  model: Uint8Array;
  clients: Table;
  idColumn: string;
  /** The labelled rows that trained the model. */
  reference?: Table | undefined;
  /** Rows of the reference that the bundle keeps, drawn by lot; its facts are of all of them. */
  referenceRows?: number | undefined;
  /** Labelled rows it never saw. */
  test?: Table | undefined;
  /** Later rows, to compare with the reference; labels and times where they are known. */
  current?: Table | undefined;
  /** The app fetches the later rows when a page needs them, not before the bundle is ready. */
  currentOnUse?: boolean | undefined;
  target?: Target | undefined;
  features?: readonly string[] | undefined;
  /** The library's own predictions: id column and `probability`. */
  expected?: Table | undefined;
  threshold?: number | undefined;
  costs?: Costs | undefined;
  dictionary?: Dictionary | undefined;
  id?: string | undefined;
  version?: string | undefined;
  title?: string | undefined;
  /** The model's kind in people's words; left out, the bundle says nothing of it. */
  describe?: ((algorithm: Algorithm) => LocalText) | undefined;
  /** Starts the runtime, for a model that only it can score. */
  runtime?: StartRuntime | undefined;
  signal?: AbortSignal | undefined;
  progress?: ((step: PackStep) => void) | undefined;
}

export type PackStep = 'model' | 'columns' | 'covers' | 'expected' | 'files';

/** What will be in the bundle, decided before anything is computed or written. */
export interface PackPlan {
  dictionary: Dictionary;
  /** The model with the levels of its text inputs, and which of its classes is default. */
  onnx: OnnxModel;
  index: 0 | 1;
  /** Names and columns of the model's inputs, in its order. */
  features: string[];
  inputs: ModelInput[];
  columns: ManifestColumn[];
  /** The rows of each part in the declared types. */
  clients: Table;
  reference: Table | undefined;
  test: Table | undefined;
  current: Table | undefined;
  decision: Manifest['decision'];
  /** Index columns that the model has no room for. */
  leftOut: string[];
  /** Text columns whose codes were guessed from their alphabetical order, for a model that takes numbers. */
  guessedLevels: string[];
}

/**
 * Reads the model and the tables' columns, and decides what each is. Nothing is scored.
 *
 * @throws feature-count, feature-missing, outcome-feature, ids-repeated, id-missing, target-values, onnx-…, column-…
 */
export function planPack(input: PackInput, step: (name: PackStep) => void): PackPlan {
  const { clients: given, idColumn, target } = input;
  checkNames(input);
  step('model');
  const proto = parseOnnx(input.model);
  const exported = exportMetadata(proto);
  const dictionary = withOwnLevels(input.dictionary ?? {}, exported);
  // A file that names its columns is not told another order.
  const wanted = exported?.columns ?? input.features;
  if (target && wanted?.includes(target.column))
    throw new ScoredeskError('outcome-feature', { column: target.column });
  const candidates = chooseFeatures(given, wanted, idColumn, target?.column, dictionary);
  const read = readModel(proto, candidates, dictionary, target);
  const features = featuresOf(read.onnx, candidates, { clients: given, features: wanted });
  refuseCount(read.onnx, features, knownColumns(input, dictionary));

  step('columns');
  const asText = wordsByColumn(read.onnx, features);
  const columns = inferColumns(
    given,
    input.reference ?? given,
    features,
    idColumn,
    target,
    dictionary,
    asText,
  );
  const rowsOf = (table: Table, outcome: Target | undefined): Table => {
    const options = { id: idColumn, inputs: features, target: outcome };
    return requireRows(readRows(table, columns, options)).table;
  };
  // Outcomes among the clients are of no use to the bundle, and may be all missing.
  const clients = rowsOf(given, undefined);
  if (clients.rows === 0) throw new ScoredeskError('rows-none', { file: clients.name });
  checkIds(idsOf(clients, idColumn), idColumn);
  const labelled = (table: Table | undefined) => table && rowsOf(table, target);
  const inputs = inputsOf(read.onnx, features, columns);
  const tables = {
    clients,
    reference: labelled(input.reference),
    test: labelled(input.test),
    current: labelled(input.current),
  };
  refuseTextFeatures(inputs, clients);
  const onnx = read.withLevels(inputs);
  return {
    dictionary,
    onnx,
    index: read.index,
    features,
    inputs,
    columns,
    ...tables,
    decision: decisionOf(input, dictionary),
    leftOut: read.onnx.inputs.length > 1 ? [] : candidates.filter((name) => !features.includes(name)),
    guessedLevels: guessed(onnx, inputs, dictionary),
  };
}

/** The features by those who know: the dictionary, else the rows that trained the model. */
function knownColumns({ reference, idColumn, target }: PackInput, { columns }: Dictionary): string[] {
  const said = columns
    ?.filter(({ role }) => role === undefined || role === 'feature')
    .map(({ name }) => name);
  const names = said?.length ? said : [...(reference?.columns.keys() ?? [])];
  return names.filter((name) => name !== idColumn && name !== target?.column);
}

/** A dictionary with the levels that the model itself names, in its order: it says what their codes are, not a dictionary. */
function withOwnLevels(dictionary: Dictionary, exported: ExportMetadata | null): Dictionary {
  if (!exported?.levels.size) return dictionary;
  const said = new Map((dictionary.columns ?? []).map((column) => [column.name, column]));
  for (const [name, values] of exported.levels) {
    const column = said.get(name) ?? { name };
    const written = new Map(column.levels?.map((level) => [level.value, level]));
    const levels = values.map((value) => written.get(value) ?? { value });
    said.set(name, { ...column, type: 'category', levels });
  }
  return { ...dictionary, columns: [...said.values()] };
}

/** One input a column is matched by name; one input of all takes them in their order, less an index. */
function featuresOf(
  onnx: OnnxModel,
  candidates: string[],
  { clients, features }: Pick<PackInput, 'clients' | 'features'>,
): string[] {
  if (onnx.inputs.length > 1) return byInputName(onnx, candidates, clients, features);
  return features ? candidates : withoutIndexes(candidates, onnx.width);
}

/** The columns named by the caller are looked for first: a typing mistake is told as such. @throws column-unknown */
function checkNames({ clients, idColumn, reference, test, current, target }: PackInput): void {
  columnOf(clients, idColumn);
  const labelled = [reference, test].filter((table) => table !== undefined);
  for (const table of current ? [...labelled, current] : labelled)
    if (table.rows === 0) throw new ScoredeskError('rows-none', { file: table.name });
  if (target) for (const table of labelled.length ? labelled : [clients]) columnOf(table, target.column);
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

/** The columns as the model's inputs take them. */
function inputsOf(
  onnx: OnnxModel,
  features: readonly string[],
  columns: readonly ManifestColumn[],
): ModelInput[] {
  const asText = takesText(onnx);
  const code = onnx.exported ? 'level' : 'code';
  return features.flatMap((name, j) => inputsNamed([name], columns, asText[j] ? 'string' : code));
}

/** The texts that the model's encoders know, of each column that it takes as text. */
function wordsByColumn({ inputs }: OnnxModel, features: readonly string[]): Map<string, readonly string[]> {
  const words = inputs.flatMap(
    ({ width, words: known }): readonly (readonly string[] | null)[] =>
      known ?? new Array<null>(width).fill(null),
  );
  return new Map(features.flatMap((name, j) => (words[j] ? [[name, words[j]]] : [])));
}

/** Of each input column: whether the model takes it as text. */
const takesText = ({ inputs }: OnnxModel): boolean[] =>
  inputs.flatMap(({ type, width }) => new Array<boolean>(width).fill(type === 'string'));

/** The model takes codes of these, and nobody said which code is which text. */
function guessed(onnx: OnnxModel, inputs: readonly ManifestColumn[], dictionary: Dictionary): string[] {
  const said = new Set(dictionary.columns?.filter((column) => column.levels).map((column) => column.name));
  const asText = takesText(onnx);
  return inputs
    .filter(({ name, type }, j) => type === 'category' && !asText[j] && !said.has(name))
    .map(({ name }) => name);
}

function decisionOf({ threshold, costs }: PackInput, { decision }: Dictionary): Manifest['decision'] {
  const chosen = threshold ?? decision?.threshold ?? 0.5;
  const reviewFrom =
    decision?.reviewFrom !== undefined && decision.reviewFrom <= chosen
      ? { reviewFrom: decision.reviewFrom }
      : {};
  const paid = costs ?? decision?.costs;
  return { threshold: chosen, ...reviewFrom, ...(paid ? { costs: paid } : {}) };
}
