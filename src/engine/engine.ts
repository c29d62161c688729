import { asCoded, hangsOn, ScoredeskError } from '../core/errors';
import { decide, type Decision } from '../core/decision/decision';
import type { Contributions } from '../core/explain/explainer';
import { explanationUnit, type Model } from '../core/model/model';
import { readOnnx, type OnnxModel } from '../core/onnx/read';
import { remembered, tableOfRange, wholeTable, type RowRange, type TableSource } from '../core/table/source';
import type { Table } from '../core/table/table';
import { inputColumns, encodeInputs, type ModelInput, type ModelRows } from '../bundle/encode';
import { levelsOf } from '../bundle/columns';
import { openPart, readFile, readManifest, type BundleFiles } from '../bundle/read';
import type { Manifest, PartName } from '../bundle/schema';
import type { BundleSource } from '../bundle/source';
import { Clients, type Directory } from './clients';
import { Explanations, type ExplainTask, type Method } from './explanations';
import { partsOf, shareOut, type Hand, type SharedTask } from './hands';
import { coreRuntime, onnxRuntime, scoreInChunks, type BringWasm, type Runtime, type Task } from './runtime';

export interface OpenOptions {
  /** Brings onnxruntime's wasm in a browser. */
  wasm?: BringWasm | undefined;
  /** `core` scores with the app's own evaluator; default onnxruntime, with `core` standing in if it can't start. */
  runtime?: 'onnxruntime' | 'core' | undefined;
  /** Ids and names of the clients, where they are known already. */
  directory?: Directory | null | undefined;
  /** Explains by the runtime's scores alone: `core/model` was found to read this model otherwise. */
  runtimeOnly?: boolean | undefined;
  /** Bytes of the clients' columns that stay in memory. */
  keptBytes?: number | undefined;
  /** The clients as another engine of the same bundle has read them. */
  clients?: Clients | undefined;
}

/**
 * Opens a bundle: manifest, model and the clients' ids; everything else is read when first needed.
 *
 * @throws what `readManifest`, `readOnnx` and `openPart` throw; ids-repeated, id-missing
 */
export async function openBundle(source: BundleSource, options: OpenOptions = {}): Promise<Engine> {
  const files = await readManifest(source);
  const { model } = files.manifest;
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
      missing: '',
      extra: '',
    });
  // The runtime's file is compiled beside this thread.
  const [clients, { runtime, failure }] = await Promise.all([
    options.clients ?? openClients(files, options),
    startRuntime(onnx, bytes, files.manifest, options),
  ]);
  const read = options.runtimeOnly && runtime.name === 'onnxruntime' ? { ...onnx, model: null } : onnx;
  return new Engine({ files, onnx: read, clients, columns, runtime, failure });
}

async function openClients(files: BundleFiles, { directory, keptBytes }: OpenOptions): Promise<Clients> {
  const part = await openPart(files, 'clients');
  if (!part) throw new ScoredeskError('bundle-file-missing', { path: 'clients' });
  const { columns, data } = files.manifest;
  const name = columns.find(({ role }) => role === 'name')?.name;
  return Clients.open(part, { id: data.clients.id as string, name, directory, keptBytes });
}

async function startRuntime(onnx: OnnxModel, bytes: Uint8Array, manifest: Manifest, options: OpenOptions) {
  const standIn = coreRuntime(onnx);
  if (options.runtime === 'core' && standIn) return { runtime: standIn, failure: '' };
  try {
    return { runtime: await onnxRuntime(onnx, bytes, manifest.model.output, options.wasm), failure: '' };
  } catch (error) {
    if (!standIn) throw error;
    const coded = asCoded(error);
    // What could not be brought is waited for: nothing has failed for good.
    if (coded && hangsOn(coded.code)) return { runtime: standIn, failure: '' };
    const reason = coded && 'reason' in coded.params ? coded.params.reason : String(error);
    return { runtime: standIn, failure: reason };
  }
}

/** Where scores are kept while not all of them are there, by the part's first client. */
export interface ScoreStore {
  read(from: number): Promise<Float64Array | null>;
  write(from: number, scores: Float64Array): Promise<void>;
}

export interface ScoresTask extends SharedTask {
  store?: ScoreStore | undefined;
}

interface Opened {
  files: BundleFiles;
  onnx: OnnxModel;
  clients: Clients;
  columns: readonly ModelInput[];
  runtime: Runtime;
  failure: string;
}

/** One open bundle. What the worker, the command line and the API all call. */
export class Engine implements Hand {
  readonly files: BundleFiles;
  readonly clients: Clients;
  /** The model's input columns, in its order. */
  readonly columns: readonly ModelInput[];
  readonly onnx: OnnxModel;
  /** Which evaluator gives the scores. */
  readonly runtime: Runtime;
  /** Why onnxruntime could not start; "" when it did. */
  readonly runtimeFailure: string;
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

  /** Names of the model's input columns, in its order. */
  get inputs(): string[] {
    return this.columns.map(({ name }) => name);
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

  /** P(default) of the rows of a bundle table (columns typed and coded as in the bundle). */
  score(rows: ModelRows, task: Task = {}): Promise<Float64Array> {
    return scoreInChunks(
      this.runtime,
      rows.rows,
      (from, to) => encodeInputs(this.columns, rows, from, to),
      task,
    );
  }

  /** P(default) of every client, computed once, in parts. */
  scores(task: ScoresTask = {}): Promise<Float64Array> {
    this.#scores ??= this.#scoreAll(task).catch((error: unknown) => {
      this.#scores = null;
      throw error;
    });
    return this.#scores;
  }

  async #scoreAll({ store, ...task }: ScoresTask): Promise<Float64Array> {
    const scores = new Float64Array(this.clients.count);
    const rows = ({ from, to }: RowRange): number => to - from;
    await shareOut(partsOf(scores.length), { ...task, own: this, rows }, async (hand, part, own) => {
      const kept = await store?.read(part.from);
      const found = kept?.length === rows(part) ? kept : await hand.scoreRange(part, own);
      scores.set(found, part.from);
      if (found !== kept) await store?.write(part.from, found);
    });
    return scores;
  }

  /** P(default) of the clients from .. to. */
  async scoreRange(range: RowRange, task: Task = {}): Promise<Float64Array> {
    return this.score(await tableOfRange(this.clients.source, this.inputs, range), task);
  }

  /**
   * Contributions of the clients at these positions, row after row, by the bundle's own method.
   *
   * @param of rows that are explained in all, these among them
   * @throws as `explain`
   */
  async explainAt(positions: Int32Array, of: number, task: Task = {}): Promise<Float32Array> {
    const rows = await this.clients.rows(positions, this.inputs);
    return Float32Array.from((await this.explain(rows, this.defaultMethod, { ...task, of })).values);
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
  explain(
    rows: ModelRows,
    method: Method = this.defaultMethod,
    task: ExplainTask = {},
  ): Promise<Contributions> {
    return this.#explanations.explain(rows, method, task);
  }

  /** A part of the bundle, when it has it; columns are read once, when they are first asked for. */
  part(name: PartName): Promise<TableSource | null> {
    if (name === 'clients') return Promise.resolve(this.clients.source);
    const part = this.#parts.get(name) ?? this.#openPart(name);
    this.#parts.set(name, part);
    part.catch(() => this.#parts.delete(name));
    return part;
  }

  async #openPart(name: PartName): Promise<TableSource | null> {
    const part = await openPart(this.files, name);
    return part && remembered(part);
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
