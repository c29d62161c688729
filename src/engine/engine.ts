import { ScoredeskError } from '../core/errors';
import { decide, type Decision } from '../core/decision/decision';
import type { Contributions } from '../core/explain/explainer';
import { explanationUnit, type Model } from '../core/model/model';
import { readOnnx, type OnnxModel } from '../core/onnx/read';
import { sourceOf, wholeTable, type TableSource } from '../core/table/source';
import { columnOf, takeRows, texts, type Table } from '../core/table/table';
import { encodeInputs, inputColumns } from '../bundle/encode';
import { checkIds } from '../bundle/ids';
import { levelsOf } from '../bundle/columns';
import { openPart, readFile, readManifest, readPart, type BundleFiles } from '../bundle/read';
import type { Manifest, ManifestColumn, PartName } from '../bundle/schema';
import type { BundleSource } from '../bundle/source';
import { Explanations, type ExplainTask, type Method } from './explanations';
import { coreRuntime, onnxRuntime, scoreInChunks, type BringWasm, type Runtime, type Task } from './runtime';

export interface OpenOptions {
  /** Brings onnxruntime's wasm in a browser. */
  wasm?: BringWasm | undefined;
  /** `core` scores with the app's own evaluator; default onnxruntime, with `core` standing in if it can't start. */
  runtime?: 'onnxruntime' | 'core' | undefined;
  /** Explains by the runtime's scores alone: `core/model` was found to read this model otherwise. */
  runtimeOnly?: boolean | undefined;
}

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
  const read = options.runtimeOnly && runtime.name === 'onnxruntime' ? { ...onnx, model: null } : onnx;
  return new Engine({ files, onnx: read, clients, columns, runtime, failure, decision });
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
  readonly #explanations = new Explanations(this);
  #scores: Promise<Float64Array> | null = null;
  readonly #parts = new Map<PartName, Promise<TableSource | null>>();

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
  explain(table: Table, method: Method = this.defaultMethod, task: ExplainTask = {}): Promise<Contributions> {
    return this.#explanations.explain(table, method, task);
  }

  /** A part of the bundle, when it has it; columns are read once, when they are first asked for. */
  part(name: PartName): Promise<TableSource | null> {
    if (name === 'clients') return Promise.resolve(sourceOf(this.clients));
    const part = this.#parts.get(name) ?? openPart(this.files, name);
    this.#parts.set(name, part);
    part.catch(() => this.#parts.delete(name));
    return part;
  }

  /** The labelled rows that trained the model, when the bundle has them. */
  reference(): Promise<Table | null> {
    return this.#whole('reference');
  }

  /** The labelled rows that the model never saw, when the bundle has them. */
  test(): Promise<Table | null> {
    return this.#whole('test');
  }

  async #whole(name: PartName): Promise<Table | null> {
    const part = await this.part(name);
    return part && wholeTable(part);
  }
}
