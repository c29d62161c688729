import { checkStopped, ScoredeskError } from '../core/errors';
import { decide, type Decision } from '../core/decision/decision';
import { decodeCovers } from '../core/explain/covers';
import type { Scorer } from '../core/explain/agnostic';
import { explainRows, type Contributions, type FeatureExplainer } from '../core/explain/explainer';
import { kernelShap } from '../core/explain/kernelShap';
import { Lime } from '../core/explain/lime';
import { LinearShap } from '../core/explain/linearShap';
import { treeShap } from '../core/explain/treeShap';
import { featureRows, probabilities, rawOutputs } from '../core/model/evaluate';
import { explanationUnit, featureInputs, type Model } from '../core/model/model';
import { sampleRows } from '../core/numeric/random';
import type { OnnxModel } from '../core/onnx/read';
import { readOnnx } from '../core/onnx/read';
import { columnOf, takeRows, texts, type Table } from '../core/table/table';
import { encodeInputs, inputColumns } from '../bundle/encode';
import { checkIds } from '../bundle/ids';
import { levelsOf } from '../bundle/columns';
import { readFile, readManifest, readPart, type BundleFiles } from '../bundle/read';
import type { Manifest, ManifestColumn } from '../bundle/schema';
import type { BundleSource } from '../bundle/source';
import {
  breathe,
  coreRuntime,
  onnxRuntime,
  scoreInChunks,
  type BringWasm,
  type Runtime,
  type Task,
} from './runtime';

export interface OpenOptions {
  /** Brings onnxruntime's wasm in a browser. */
  wasm?: BringWasm | undefined;
  /** `core` scores with the app's own evaluator; default onnxruntime, with `core` standing in if it can't start. */
  runtime?: 'onnxruntime' | 'core' | undefined;
}

export const METHODS = ['path', 'interventional', 'kernel', 'lime'] as const;
export type Method = (typeof METHODS)[number];
/** Methods that know nothing of the model's structure. */
type AgnosticMethod = 'kernel' | 'lime';
const isAgnostic = (method: Method): method is AgnosticMethod => method === 'kernel' || method === 'lime';

/** Rows to compare with: how many of the reference, or which. */
export type Background = number | Table;
/** Rows of the reference that interventional values compare with, unless said; shap's own default. */
const BACKGROUND_ROWS = 100;
const BACKGROUND_SEED = 1;
/** Rows that LIME takes its bins from, unless said. */
const LIME_ROWS = 5000;

export interface ExplainTask extends Task {
  /** What `interventional` and `kernel` compare with, and `lime` draws from. */
  background?: Background | undefined;
  /** Coalitions of `kernel`, perturbed rows of `lime`; their libraries' own defaults unless said. */
  samples?: number | undefined;
  /** Of `lime`, in units of sqrt(columns). */
  kernelWidth?: number | undefined;
  seed?: number | undefined;
}

/** Rows explained between two looks at the stop signal: one block of the tables' algorithm, 0.1 s of 500 trees. */
const EXPLAIN_ROWS = 1024;

/**
 * Opens a bundle: manifest, model and clients; everything else is read when first needed.
 *
 * @throws what `readManifest`, `readOnnx` and `readPart` throw
 */
export async function openBundle(source: BundleSource, options: OpenOptions = {}): Promise<Engine> {
  const files = await readManifest(source);
  const { model, decision } = files.manifest;
  const bytes = await readFile(files, model.file);
  const columns = inputColumns(files.manifest);
  const onnx = readOnnx(bytes, {
    width: columns.length,
    output: model.output.name,
    index: model.output.index,
    of: model.output.of,
    levels: columns.map(levelsOf),
  });
  if (onnx.width !== columns.length)
    throw new ScoredeskError('feature-count', {
      model: onnx.width,
      data: columns.length,
      columns: columns
        .map((c) => c.name)
        .slice(0, 8)
        .join(', '),
    });
  const clients = await readPart(files, 'clients');
  if (!clients) throw new ScoredeskError('bundle-file-missing', { path: 'clients' });
  // Two clients of one id: one would be shown as the other.
  checkIds(clients, files.manifest.data.clients.id as string);
  const { runtime, failure } = await startRuntime(onnx, bytes, files.manifest, options);
  return new Engine({ files, onnx, clients, columns, runtime, failure, decision });
}

async function startRuntime(onnx: OnnxModel, bytes: Uint8Array, manifest: Manifest, options: OpenOptions) {
  const standIn = coreRuntime(onnx);
  if (options.runtime === 'core' && standIn) return { runtime: standIn, failure: '' };
  try {
    return { runtime: await onnxRuntime(onnx, bytes, manifest.model.output, options.wasm), failure: '' };
  } catch (error) {
    const reason =
      error instanceof ScoredeskError && error.code === 'runtime-failed'
        ? (error as ScoredeskError<'runtime-failed'>).params.reason
        : String(error);
    if (!standIn) throw error;
    return { runtime: standIn, failure: reason };
  }
}

interface Opened {
  files: BundleFiles;
  onnx: OnnxModel;
  clients: Table;
  columns: readonly ManifestColumn[];
  runtime: Runtime;
  failure: string;
  decision: Manifest['decision'];
}

/** One open bundle. What the worker, the command line and the API all call. */
export class Engine {
  readonly files: BundleFiles;
  readonly clients: Table;
  /** The model's input columns, in its order. */
  readonly columns: readonly ManifestColumn[];
  readonly onnx: OnnxModel;
  /** Which evaluator gives the scores. */
  readonly runtime: Runtime;
  /** Why onnxruntime could not start; "" when it did. */
  readonly runtimeFailure: string;
  readonly #ids: readonly string[];
  readonly #rowOf: ReadonlyMap<string, number>;
  readonly #explainers = new Map<string, Promise<FeatureExplainer>>();
  #scores: Promise<Float64Array> | null = null;
  #reference: Promise<Table | null> | null = null;

  constructor({ files, onnx, clients, columns, runtime, failure }: Opened) {
    this.files = files;
    this.onnx = onnx;
    this.clients = clients;
    this.columns = columns;
    this.runtime = runtime;
    this.runtimeFailure = failure;
    this.#ids = texts(columnOf(clients, this.idColumn));
    this.#rowOf = new Map(this.#ids.map((id, row) => [id, row]));
  }

  get manifest(): Manifest {
    return this.files.manifest;
  }

  get fingerprint(): string {
    return this.files.fingerprint;
  }

  get idColumn(): string {
    return this.manifest.data.clients.id as string;
  }

  get ids(): readonly string[] {
    return this.#ids;
  }

  get unit(): 'margin' | 'probability' {
    const { model } = this.onnx;
    return model ? explanationUnit(model) : 'probability';
  }

  /** The model as the app knows it. @throws method-unsupported for one that only the runtime can score */
  modelFor(method: string): Model {
    const { model } = this.onnx;
    if (!model) throw new ScoredeskError('method-unsupported', { method });
    return model;
  }

  has(id: string): boolean {
    return this.#rowOf.has(id);
  }

  /** Row of a client. @throws client-unknown */
  rowOf(id: string): number {
    const row = this.#rowOf.get(id);
    if (row === undefined) throw new ScoredeskError('client-unknown', { id });
    return row;
  }

  /** The clients of these ids, in that order. @throws client-unknown */
  clientsOf(ids: readonly string[]): Table {
    return takeRows(
      this.clients,
      Int32Array.from(ids, (id) => this.rowOf(id)),
    );
  }

  /** P(default) of the rows of a bundle table (columns typed and coded as in the bundle). */
  score(table: Table, task: Task = {}): Promise<Float64Array> {
    return scoreInChunks(
      this.runtime,
      table.rows,
      (from, to) => encodeInputs(this.columns, table, from, to),
      task,
    );
  }

  /** P(default) of every client, computed once. */
  scores(task: Task = {}): Promise<Float64Array> {
    this.#scores ??= this.score(this.clients, task).catch((error: unknown) => {
      this.#scores = null;
      throw error;
    });
    return this.#scores;
  }

  /** Scores that were computed before, by the same evaluator. */
  useScores(scores: Float64Array): void {
    this.#scores = Promise.resolve(scores);
  }

  decide(probability: number): Decision {
    return decide(probability, this.manifest.decision);
  }

  /** One page of the clients in the bundle's order. */
  async page(
    offset: number,
    limit: number,
  ): Promise<{ id: string; probability: number; decision: Decision }[]> {
    const scores = await this.scores();
    const end = Math.min(this.#ids.length, offset + limit);
    return Array.from({ length: Math.max(0, end - offset) }, (_, i) => {
      const row = offset + i;
      return { id: this.#ids[row], probability: scores[row], decision: this.decide(scores[row]) };
    });
  }

  /** The method used when none is asked for: path where covers are there, else interventional, else kernel. */
  get defaultMethod(): Method {
    const { model } = this.onnx;
    if (!model) return 'kernel';
    return model.predictor.kind === 'trees' && this.manifest.model.covers ? 'path' : 'interventional';
  }

  /** Unit of a method's contributions: LIME explains the probability. */
  unitOf(method: Method): 'margin' | 'probability' {
    return method === 'lime' ? 'probability' : this.unit;
  }

  /**
   * Contributions of the rows of a bundle table: base + sum is the raw output of `core/model` (of the
   * runtime where there is none; LIME's do not add up).
   *
   * @throws covers-missing, covers-invalid, method-unsupported
   */
  async explain(
    table: Table,
    method: Method = this.defaultMethod,
    task: ExplainTask = {},
  ): Promise<Contributions> {
    if (isAgnostic(method)) return this.#explainAgnostic(table, method, task);
    const { signal, progress, background } = task;
    const model = this.modelFor(method);
    const explainer = await this.#explainer(method, background, table.rows);
    const { width } = model;
    const values = new Float64Array(table.rows * width);
    for (let from = 0; from < table.rows; from += EXPLAIN_ROWS) {
      checkStopped(signal);
      const to = Math.min(table.rows, from + EXPLAIN_ROWS);
      const inputs = encodeInputs(this.columns, table, from, to);
      values.set(explainRows(model, explainer, inputs, to - from).values, from * width);
      progress?.({ done: to, total: table.rows, unit: 'rows' });
      if (signal || progress) await breathe();
    }
    return { base: explainer.base, rows: table.rows, width, values };
  }

  async #explainAgnostic(table: Table, method: AgnosticMethod, task: ExplainTask): Promise<Contributions> {
    const { signal, progress, background = method === 'lime' ? LIME_ROWS : BACKGROUND_ROWS } = task;
    const explain = await this.#agnostic(method, background, task);
    const { width } = this.onnx;
    const values = new Float64Array(table.rows * width);
    const bases = new Float64Array(table.rows);
    for (let i = 0; i < table.rows; i++) {
      checkStopped(signal);
      const explained = await explain(encodeInputs(this.columns, table, i, i + 1));
      values.set(explained.values, i * width);
      bases[i] = explained.base;
      progress?.({ done: i + 1, total: table.rows, unit: 'rows' });
      if (signal || progress) await breathe();
    }
    return { base: bases[0] ?? NaN, bases, rows: table.rows, width, values };
  }

  /** Explains one row by asking for many scores near it. */
  async #agnostic(method: AgnosticMethod, background: Background, task: ExplainTask) {
    const { kernelWidth, samples, signal, seed = BACKGROUND_SEED } = task;
    const score = this.#scorer(method, signal);
    const behind = await this.#backgroundOf(background);
    if (behind.rows === 0) throw new ScoredeskError('method-unsupported', { method });
    const rows = encodeInputs(this.columns, behind);
    if (method === 'kernel')
      return (row: Float32Array) =>
        kernelShap(score, row, { background: rows, rows: behind.rows, samples, seed });
    const categories = this.columns.map(({ type }) => type === 'category' || type === 'flag');
    const lime = new Lime(rows, behind.rows, categories);
    return (row: Float32Array) => lime.explain(score, row, { samples, kernelWidth, seed });
  }

  /** Outputs in the method's unit: by `core/model` where there is one, else by the runtime. */
  #scorer(method: AgnosticMethod, signal: AbortSignal | undefined): Scorer {
    const { model } = this.onnx;
    const raw = method === 'kernel' ? rawOutputs : probabilities;
    return async (inputs, rows) => {
      checkStopped(signal);
      if (signal) await breathe();
      return model ? raw(model, inputs, rows) : this.runtime.score(inputs, rows);
    };
  }

  /** The labelled rows that trained the model, when the bundle has them. */
  reference(): Promise<Table | null> {
    this.#reference ??= readPart(this.files, 'reference');
    return this.#reference;
  }

  #features(table: Table): Float32Array {
    return featureRows(this.modelFor('features'), encodeInputs(this.columns, table), table.rows);
  }

  /** The rows given, or a seeded sample of the reference, of the clients where there is none. */
  async #backgroundOf(background: Background): Promise<Table> {
    if (typeof background !== 'number') return background;
    const rows = (await this.reference()) ?? this.clients;
    return takeRows(rows, sampleRows(rows.rows, background, BACKGROUND_SEED));
  }

  #explainer(
    method: Method,
    background: Background = BACKGROUND_ROWS,
    rows: number,
  ): Promise<FeatureExplainer> {
    // Rows given by the caller are of this call alone.
    if (typeof background !== 'number') return this.#makeExplainer(method, background, rows);
    // The algorithm suits a number of rows; one made for about as many is as good.
    const key = `${method} ${background} ${32 - Math.clz32(rows)}`;
    const known = this.#explainers.get(key);
    if (known) return known;
    const made = this.#makeExplainer(method, background, rows);
    this.#explainers.set(key, made);
    made.catch(() => this.#explainers.delete(key));
    return made;
  }

  async #makeExplainer(method: Method, background: Background, rows: number): Promise<FeatureExplainer> {
    const model = this.modelFor(method);
    const { predictor } = model;
    const players = featureInputs(model);
    if (predictor.kind === 'trees' && method === 'path') {
      const { covers: declared } = this.manifest.model;
      if (!declared) throw new ScoredeskError('covers-missing', {});
      const covers = decodeCovers(await readFile(this.files, declared.file), predictor);
      return treeShap(predictor, players.length, { kind: 'path', covers }, rows);
    }
    if (predictor.kind === 'linear' && method === 'interventional') {
      // The mean of all rows costs nothing more than that of a few.
      const all = typeof background === 'number' ? ((await this.reference()) ?? this.clients) : background;
      return new LinearShap(predictor, this.#features(all), all.rows);
    }
    if (predictor.kind === 'trees' && method === 'interventional') {
      const behind = await this.#backgroundOf(background);
      const against = { background: this.#features(behind), rows: behind.rows, players };
      if (behind.rows === 0) throw new ScoredeskError('method-unsupported', { method });
      return treeShap(predictor, players.length, { kind: 'interventional', ...against }, rows);
    }
    throw new ScoredeskError('method-unsupported', { method });
  }
}
