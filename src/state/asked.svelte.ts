import { toErrorData, type ErrorData } from '../core/errors';
import type { Progress } from '../engine/runtime';

/** Something that is computed when it is asked for: what came, how far it is, what went wrong. */
export class Asked<T> {
  #value = $state.raw<T | null>(null);
  #progress = $state.raw<Progress | null>(null);
  #error = $state.raw<ErrorData | null>(null);
  #running = $state(false);
  #stopped = $state(false);
  /** Seconds until it is done, at the pace so far; null while that can't be said. */
  #left = $state<number | null>(null);
  #again: (() => Promise<void>) | null = null;
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

  get left() {
    return this.#left;
  }

  /** Somebody stopped it before its end. */
  get stopped() {
    return this.#stopped;
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
    this.#stopped = false;
    this.#left = null;
    this.#again = () => this.ask(key, run);
    const started = performance.now();
    const progress = (report: Progress) => {
      this.#progress = report;
      const { done, total } = report;
      const passed = (performance.now() - started) / 1000;
      this.#left = done > 0 ? (passed * (total - done)) / done : null;
    };
    try {
      const value = await run({ signal: controller.signal, progress });
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

  /** Stops it for somebody who does not want to wait; `again` begins anew. */
  halt(): void {
    this.stop();
    this.#stopped = true;
  }

  again(): Promise<void> {
    return this.#again?.() ?? Promise.resolve();
  }

  /** Stops it, and what came before is not shown any more: it was of something else. */
  forget(): void {
    this.stop();
    this.#value = null;
    this.#error = null;
    this.#stopped = false;
  }

  stop(): void {
    this.#controller?.abort();
    this.#key = '';
    this.#answered = false;
    this.#running = false;
  }
}
