import { scoring } from '../client/scoring';
import { toErrorData, type ErrorData } from '../core/errors';
import type { Method } from '../engine/explanations';
import type { Dependence, Insight, ClientAccounts, Permutation } from '../engine/insight';
import type { ModelView } from '../engine/modelView';
import type { Progress } from '../engine/runtime';

/** Something that is computed when it is asked for: what came, how far it is, what went wrong. */
class Asked<T> {
  #value = $state.raw<T | null>(null);
  #progress = $state.raw<Progress | null>(null);
  #error = $state.raw<ErrorData | null>(null);
  #running = $state(false);
  #controller: AbortController | null = null;
  #key = '';

  get value() {
    return this.#value;
  }

  get progress() {
    return this.#progress;
  }

  get error() {
    return this.#error;
  }

  get running() {
    return this.#running;
  }

  /** Asks once for each key; another key stops what runs. */
  async ask(
    key: string,
    run: (task: { signal: AbortSignal; progress(report: Progress): void }) => Promise<T>,
  ): Promise<void> {
    if (key === this.#key && (this.#running || this.#value)) return;
    this.#controller?.abort();
    const controller = (this.#controller = new AbortController());
    this.#key = key;
    this.#value = null;
    this.#error = null;
    this.#progress = null;
    this.#running = true;
    try {
      const value = await run({ signal: controller.signal, progress: (report) => (this.#progress = report) });
      if (this.#controller === controller) this.#value = value;
    } catch (error) {
      const data = toErrorData(error);
      if (this.#controller === controller && data.code !== 'stopped') this.#error = data;
    } finally {
      if (this.#controller === controller) this.#running = false;
    }
  }

  stop(): void {
    this.#controller?.abort();
    this.#key = '';
    this.#running = false;
  }
}

/** What the model page shows of one bundle. */
class ModelState {
  readonly view = new Asked<ModelView>();
  readonly insight = new Asked<{ found: Insight | null }>();
  readonly permutation = new Asked<{ found: Permutation | null }>();
  readonly dependence = new Asked<Dependence>();
  readonly accounts = new Asked<ClientAccounts>();

  show(fingerprint: string): void {
    void this.view.ask(fingerprint, () => scoring.model(fingerprint));
    void this.insight.ask(fingerprint, async (task) => ({
      found: await scoring.insight(fingerprint, task),
    }));
  }

  permute(fingerprint: string): void {
    void this.permutation.ask(fingerprint, async (task) => ({
      found: await scoring.permutation(fingerprint, task),
    }));
  }

  depend(fingerprint: string, column: string): void {
    void this.dependence.ask(`${fingerprint}/${column}`, () => scoring.dependence(fingerprint, column));
  }

  account(fingerprint: string, id: string, methods: readonly Method[]): void {
    void this.accounts.ask(`${fingerprint}/${id}`, (task) =>
      scoring.accounts(fingerprint, id, methods, task),
    );
  }

  /** Nobody looks any more: the worker has other things to do. */
  leave(): void {
    for (const asked of [this.insight, this.permutation, this.dependence, this.accounts])
      if (asked.running) asked.stop();
  }
}

export const model = new ModelState();
