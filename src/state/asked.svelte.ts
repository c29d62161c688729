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
  /** The key's answer is here or on its way. Not reactive: an effect that asks must not run again because of the answer. */
  #answered = false;

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
    if (key === this.#key && this.#answered) return;
    this.#controller?.abort();
    const controller = (this.#controller = new AbortController());
    this.#key = key;
    this.#answered = true;
    this.#value = null;
    this.#error = null;
    this.#progress = null;
    this.#running = true;
    try {
      const value = await run({ signal: controller.signal, progress: (report) => (this.#progress = report) });
      if (this.#controller === controller) this.#value = value;
    } catch (error) {
      const data = toErrorData(error);
      if (this.#controller === controller) {
        this.#answered = false;
        if (data.code !== 'stopped') this.#error = data;
      }
    } finally {
      if (this.#controller === controller) this.#running = false;
    }
  }

  stop(): void {
    this.#controller?.abort();
    this.#key = '';
    this.#answered = false;
    this.#running = false;
  }
}
