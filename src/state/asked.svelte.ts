import { toErrorData, type ErrorData } from '../core/errors';
import type { Progress } from '../engine/runtime';

/** Something that is computed when it is asked for: what came, how far it is, what went wrong. */
export class Asked<T> {
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
