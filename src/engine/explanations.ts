import type { Scorer } from '../core/explain/agnostic';
import { decodeCovers } from '../core/explain/covers';
import { explainRows, type Contributions, type FeatureExplainer } from '../core/explain/explainer';
import { kernelShap } from '../core/explain/kernelShap';
import { Lime } from '../core/explain/lime';
import { LinearShap } from '../core/explain/linearShap';
import { treeShap } from '../core/explain/treeShap';
import { checkStopped, ScoredeskError } from '../core/errors';
import { featureRows, probabilities, rawOutputs } from '../core/model/evaluate';
import { featureInputs, type Model } from '../core/model/model';
import type { OnnxModel } from '../core/onnx/read';
import { sampleRows } from '../core/numeric/random';
import { presentRows } from '../core/stats/present';
import { takeRows, type Table } from '../core/table/table';
import { encodeInputs, type ModelInput, type ModelRows } from '../bundle/encode';
import { readFile, type BundleFiles } from '../bundle/read';
import type { Manifest } from '../bundle/schema';
import type { Clients } from './clients';
import { breathe, type Runtime, type Task } from './runtime';

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
  /** Rows that are explained in all, where these are a part of them: what is worth preparing hangs on it. */
  of?: number | undefined;
}

/** Rows explained between two looks at the stop signal: one block of the tables' algorithm, 0.1 s of 500 trees. */
const EXPLAIN_ROWS = 1024;
/** An explainer for so few rows walks them one by one; one for more holds tables, which only the last one made keeps. */
const FEW_ROWS = 16;
/** Tables made for so many times fewer rows than these are made anew: trees that were not worth them may be now. */
const GROWN = 4;

/** What explanations need of an open bundle. */
interface Explained {
  readonly files: BundleFiles;
  readonly manifest: Manifest;
  readonly clients: Clients;
  readonly columns: readonly ModelInput[];
  readonly onnx: OnnxModel;
  readonly runtime: Runtime;
  modelFor(method: string): Model;
  reference(): Promise<Table | null>;
}

/** The explanations of one open bundle, by every method. */
export class Explanations {
  readonly #engine: Explained;
  readonly #kept = new Map<string, Promise<FeatureExplainer>>();
  /** The explainer of many rows that was made last. */
  #tabled: { key: string; rows: number; made: Promise<FeatureExplainer> } | null = null;

  constructor(engine: Explained) {
    this.#engine = engine;
  }

  /** See `Engine.explain`. */
  async explain(table: ModelRows, method: Method, task: ExplainTask): Promise<Contributions> {
    if (isAgnostic(method)) return this.#explainAgnostic(table, method, task);
    const { signal, progress, background, of = table.rows } = task;
    const model = this.#engine.modelFor(method);
    const explainer = await this.#explainer(method, background, Math.max(of, table.rows));
    const { width } = model;
    const values = new Float64Array(table.rows * width);
    for (let from = 0; from < table.rows; from += EXPLAIN_ROWS) {
      checkStopped(signal);
      const to = Math.min(table.rows, from + EXPLAIN_ROWS);
      const inputs = encodeInputs(this.#engine.columns, table, from, to);
      values.set(explainRows(model, explainer, inputs, to - from).values, from * width);
      progress?.({ done: to, total: table.rows, unit: 'rows' });
      if (signal || progress) await breathe();
    }
    return { base: explainer.base, rows: table.rows, width, values };
  }

  async #explainAgnostic(
    table: ModelRows,
    method: AgnosticMethod,
    task: ExplainTask,
  ): Promise<Contributions> {
    const { signal, progress, background = method === 'lime' ? LIME_ROWS : BACKGROUND_ROWS } = task;
    const explain = await this.#agnostic(method, background, task);
    const { width } = this.#engine.onnx;
    const values = new Float64Array(table.rows * width);
    const bases = new Float64Array(table.rows);
    for (let i = 0; i < table.rows; i++) {
      checkStopped(signal);
      const explained = await explain(encodeInputs(this.#engine.columns, table, i, i + 1));
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
    const behind = await this.#scored(await this.#backgroundOf(background), score);
    if (behind.rows === 0) throw new ScoredeskError('method-unsupported', { method });
    const rows = encodeInputs(this.#engine.columns, behind);
    if (method === 'kernel')
      return (row: Float64Array) =>
        kernelShap(score, row, { background: rows, rows: behind.rows, samples, seed });
    const categories = this.#engine.columns.map(({ type }) => type === 'category' || type === 'flag');
    const lime = new Lime(rows, behind.rows, categories);
    return (row: Float64Array) => lime.explain(score, row, { samples, kernelWidth, seed });
  }

  /** The rows that have a score: one without would make every mean over the rows nothing. */
  async #scored(table: Table, score: Scorer): Promise<Table> {
    const outputs = await score(encodeInputs(this.#engine.columns, table), table.rows);
    return outputs.some(Number.isNaN) ? takeRows(table, presentRows(outputs)) : table;
  }

  /** Outputs in the method's unit: by `core/model` where there is one, else by the runtime. */
  #scorer(method: AgnosticMethod, signal: AbortSignal | undefined): Scorer {
    const { model } = this.#engine.onnx;
    const raw = method === 'kernel' ? rawOutputs : probabilities;
    return async (inputs, rows) => {
      checkStopped(signal);
      if (signal) await breathe();
      return model ? raw(model, inputs, rows) : this.#engine.runtime.score(inputs, rows);
    };
  }

  #features(table: Table): Float64Array {
    return featureRows(
      this.#engine.modelFor('features'),
      encodeInputs(this.#engine.columns, table),
      table.rows,
    );
  }

  /** The reference; the clients where there is none. */
  async #compared(): Promise<Table> {
    return (await this.#engine.reference()) ?? this.#engine.clients.table();
  }

  /** The rows given, or a seeded sample of those compared with. */
  async #backgroundOf(background: Background): Promise<Table> {
    if (typeof background !== 'number') return background;
    const rows = await this.#compared();
    return takeRows(rows, sampleRows(rows.rows, background, BACKGROUND_SEED));
  }

  #explainer(
    method: Method,
    background: Background = BACKGROUND_ROWS,
    rows: number,
  ): Promise<FeatureExplainer> {
    // Rows given by the caller are of this call alone.
    if (typeof background !== 'number') return this.#makeExplainer(method, background, rows);
    const key = `${method} ${background}`;
    if (rows > FEW_ROWS)
      return this.#tabledExplainer(key, rows, () => this.#makeExplainer(method, background, rows));
    const known = this.#kept.get(key);
    if (known) return known;
    const made = this.#makeExplainer(method, background, rows);
    this.#kept.set(key, made);
    made.catch(() => this.#kept.delete(key));
    return made;
  }

  #tabledExplainer(
    key: string,
    rows: number,
    make: () => Promise<FeatureExplainer>,
  ): Promise<FeatureExplainer> {
    const last = this.#tabled;
    if (last?.key === key && rows <= GROWN * last.rows) return last.made;
    const made = make();
    this.#tabled = { key, rows, made };
    made.catch(() => (this.#tabled = null));
    return made;
  }

  async #makeExplainer(method: Method, background: Background, rows: number): Promise<FeatureExplainer> {
    const model = this.#engine.modelFor(method);
    const { predictor } = model;
    const players = featureInputs(model);
    if (predictor.kind === 'trees' && method === 'path') {
      const { covers: declared } = this.#engine.manifest.model;
      if (!declared) throw new ScoredeskError('covers-missing', {});
      const covers = decodeCovers(await readFile(this.#engine.files, declared.file), predictor);
      return treeShap(predictor, players.length, { kind: 'path', covers }, rows);
    }
    if (predictor.kind === 'linear' && method === 'interventional') {
      // The mean of all rows costs nothing more than that of a few.
      const all = typeof background === 'number' ? await this.#compared() : background;
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
