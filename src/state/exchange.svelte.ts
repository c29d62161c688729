import { APP_VERSION } from '../client/about';
import { scoring } from '../client/scoring';
import { toErrorData, type ErrorData } from '../core/errors';
import type { PickedFile } from '../bundle/source';
import type { Progress } from '../engine/runtime';
import type { ImportedRun } from '../protocol/lab';

/** Runs that were brought here from another tool. */
class ExchangeState {
  #runs = $state.raw<readonly ImportedRun[]>([]);
  #progress = $state.raw<Progress | null>(null);
  #error = $state.raw<ErrorData | null>(null);
  /** How many the last folder brought; null before one was taken. */
  #taken = $state<number | null>(null);

  get runs() {
    return this.#runs;
  }

  /** How far a folder is read; null while none is. */
  get progress() {
    return this.#progress;
  }

  get error() {
    return this.#error;
  }

  get taken() {
    return this.#taken;
  }

  async load(): Promise<void> {
    await this.#trying(async () => void (this.#runs = await scoring.importedRuns()));
  }

  async take(files: PickedFile[]): Promise<void> {
    this.#taken = null;
    this.#progress = { done: 0, total: 0, unit: 'runs' };
    const progress = (state: Progress) => (this.#progress = state);
    await this.#trying(async () => {
      this.#taken = await scoring.importRuns({ files }, { progress });
      this.#runs = await scoring.importedRuns();
    });
    this.#progress = null;
  }

  async remove(ids: string[]): Promise<void> {
    await this.#trying(async () => {
      await scoring.removeImported({ ids });
      this.#runs = await scoring.importedRuns();
    });
  }

  /** The ONNX model of a run that was brought here. */
  model(id: string): Promise<Blob | null> {
    return this.#trying(() => scoring.importedModel({ id }));
  }

  /** Own runs as MLflow's folder in a zip. */
  zip(ids: readonly string[]): Promise<Blob | null> {
    return this.#trying(() => scoring.runsForMlflow({ ids: [...ids], version: APP_VERSION }));
  }

  async #trying<T>(work: () => Promise<T>): Promise<T | null> {
    this.#error = null;
    try {
      return await work();
    } catch (error) {
      this.#error = toErrorData(error);
      return null;
    }
  }
}

export const exchange = new ExchangeState();
