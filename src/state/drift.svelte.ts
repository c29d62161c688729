import type { BundleView } from '../engine/bundleView';
import { scoring } from '../client/scoring';
import type { DriftDocument } from '../report/driftHtml';
import { toErrorData, type ErrorData } from '../core/errors';
import type { ColumnDrift } from '../core/drift/column';
import type { PickedFile } from '../bundle/source';
import type { DriftResult } from '../engine/drift/compare';
import type { DriftRequest } from '../core/drift/request';
import type { ColumnEffect } from '../engine/drift/effect';
import type { SourceInfo } from '../engine/drift/sources';
import type { SavedComparison } from '../protocol/comparisons';
import { Asked } from './asked.svelte';
import { queryOf } from './driftQuery';

/** What the drift pages show: one comparison of one bundle's data, and those that were kept. */
class DriftState {
  #sources = $state.raw<readonly SourceInfo[] | null>(null);
  #file = $state.raw<PickedFile | null>(null);
  #columns = $state.raw<readonly ColumnDrift[]>([]);
  #progress = $state.raw<{ done: number; total: number } | null>(null);
  #result = $state.raw<DriftResult | null>(null);
  #error = $state.raw<ErrorData | null>(null);
  #running = $state(false);
  #stopped = $state(false);
  #fileError = $state.raw<ErrorData | null>(null);
  #saved = $state.raw<readonly SavedComparison[]>([]);
  #savedError = $state.raw<ErrorData | null>(null);
  /** What the next one kept will be called, as it is being typed. */
  typedName = $state('');
  /** The kept comparison that is shown; null for one computed now. */
  #shown = $state.raw<SavedComparison | null>(null);
  /** Query of the comparison that was looked at last; "" for none. */
  asked = '';
  readonly effect = new Asked<{ found: ColumnEffect | null }>();
  #fingerprint = '';
  /** Whose scores the bundle has: a comparison of one evaluator's is not the other's. */
  #runtime = '';
  #key = '';
  #stop: AbortController | null = null;

  get sources() {
    return this.#sources;
  }

  get file() {
    return this.#file;
  }

  /** Name of the file that is a side; that of a kept comparison where one is shown. */
  get fileName(): string {
    return this.#shown?.file ?? this.#file?.path ?? '';
  }

  /** Somebody stopped before the comparison was done. */
  get stopped() {
    return this.#stopped;
  }

  get fileError() {
    return this.#fileError;
  }

  /** The columns that are done: all of the result's, or those so far. */
  get columns(): readonly ColumnDrift[] {
    return this.#result?.comparison.columns ?? this.#columns;
  }

  get progress() {
    return this.#progress;
  }

  get result() {
    return this.#result;
  }

  get error() {
    return this.#error;
  }

  get running() {
    return this.#running;
  }

  get saved() {
    return this.#saved;
  }

  get savedError() {
    return this.#savedError;
  }

  get shown() {
    return this.#shown;
  }

  /** What a bundle's data, the log and the picked file can be compared. */
  async show({ fingerprint, runtime }: Pick<BundleView, 'fingerprint' | 'runtime'>): Promise<void> {
    this.#runtime = runtime;
    // Scores may have been logged, comparisons removed, since the last look.
    if (fingerprint !== this.#fingerprint) {
      this.#fingerprint = fingerprint;
      this.#sources = null;
      this.#file = null;
      this.asked = '';
      this.#forget();
    }
    await this.#readSources();
    await this.#readSaved();
  }

  /** Takes a file as one side. @returns whether it could be read */
  async take(file: PickedFile): Promise<boolean> {
    this.#fileError = null;
    try {
      const sources = await scoring.driftSources({ fingerprint: this.#fingerprint, file });
      this.#file = file;
      this.#sources = sources;
      // The same request asks for other rows now.
      this.#key = '';
      return true;
    } catch (error) {
      this.#fileError = toErrorData(error);
      return false;
    }
  }

  async #readSources(): Promise<void> {
    this.#error = null;
    try {
      this.#sources = await scoring.driftSources({ fingerprint: this.#fingerprint, file: this.#file });
    } catch (error) {
      this.#error = toErrorData(error);
    }
  }

  /** Compares, unless that is what is shown or under way. */
  async compare(request: DriftRequest): Promise<void> {
    const key = `${this.#fingerprint}/${this.#runtime}?${queryOf(request)}`;
    if (key === this.#key) return;
    this.#fileError = null;
    this.#forget();
    this.#key = key;
    const controller = (this.#stop = new AbortController());
    this.#running = true;
    try {
      const asked = { fingerprint: this.#fingerprint, request, file: this.#file };
      const result = await scoring.drift(asked, {
        signal: controller.signal,
        progress: ({ done, total, columns }) => {
          this.#progress = { done, total };
          this.#columns = [...this.#columns, ...columns];
        },
      });
      if (this.#stop === controller) this.#result = result;
    } catch (error) {
      const data = toErrorData(error);
      if (this.#stop === controller && data.code !== 'stopped') this.#error = data;
    } finally {
      if (this.#stop === controller) this.#running = false;
    }
  }

  /** Stops what runs; what is done stays in sight. */
  stop(): void {
    this.#stop?.abort();
    this.#running = false;
    this.#stopped = true;
  }

  /** Once more, after a stop. */
  again(request: DriftRequest): void {
    this.#forget();
    void this.compare(request);
  }

  /** Nobody looks any more. */
  leave(): void {
    if (this.#running) {
      this.stop();
      this.#key = '';
    }
    if (this.effect.running) this.effect.stop();
  }

  explainColumn(column: string): void {
    const result = this.#result;
    if (!result || this.#shown || !result.model) return;
    const asked = { fingerprint: this.#fingerprint, request: result.request, file: this.#file, column };
    void this.effect.ask(`${this.#key} ${column}`, async ({ signal }) => ({
      found: await scoring.driftEffect(asked, { signal }),
    }));
  }

  /** Keeps what is shown, under a name of its own. @param figures features that drifted, of so many */
  async save(
    bundle: string,
    name: string,
    { drifted, features }: { drifted: number; features: number },
  ): Promise<void> {
    const result = this.#result;
    if (!result) return;
    const { reference, current } = result.request;
    const file = reference.source === 'file' || current.source === 'file' ? (this.#file?.path ?? '') : '';
    const fingerprint = this.#fingerprint;
    const known = new Set(this.#saved.map((saved) => saved.name));
    await this.#keeping(() =>
      scoring.saveComparison({
        fingerprint,
        bundle,
        name: freeName(name, known),
        file,
        drifted,
        compared: features,
        result,
      }),
    );
  }

  /** Shows a kept comparison, unless it is shown. */
  async open(id: number): Promise<void> {
    const key = `saved:${id}`;
    if (key === this.#key) return;
    this.#forget();
    this.#key = key;
    try {
      const { result, ...saved } = await scoring.comparison({ fingerprint: this.#fingerprint, id });
      if (this.#key !== key) return;
      this.#result = result;
      this.#shown = saved;
    } catch (error) {
      if (this.#key === key) this.#error = toErrorData(error);
    }
  }

  /** The comparison as a file. @throws what the worker throws */
  report = (kind: 'html' | 'csv' | 'json', document: DriftDocument): Promise<string> =>
    scoring.driftReport({ kind, document });

  remove = (id: number): Promise<void> => this.#keeping(() => scoring.removeComparison({ id }));

  async #keeping(step: () => Promise<unknown>): Promise<void> {
    this.#savedError = null;
    try {
      await step();
      await this.#readSaved();
    } catch (error) {
      this.#savedError = toErrorData(error);
    }
  }

  async #readSaved(): Promise<void> {
    try {
      this.#saved = await scoring.comparisons({ fingerprint: this.#fingerprint });
    } catch (error) {
      this.#savedError = toErrorData(error);
    }
  }

  /** Shows nothing: what was shown is not what is asked for. */
  clear(): void {
    if (this.#key !== '') this.#forget();
  }

  #forget(): void {
    this.#stop?.abort();
    this.#stop = null;
    this.#running = false;
    this.#key = '';
    this.#shown = null;
    this.#result = null;
    this.#columns = [];
    this.#progress = null;
    this.#error = null;
    this.#stopped = false;
  }
}

/** The name, or with the first number behind it that makes it another. */
function freeName(name: string, known: ReadonlySet<string>): string {
  let free = name;
  for (let i = 2; known.has(free); i++) free = `${name} (${i})`;
  return free;
}

export const drift = new DriftState();
