import { scoring } from '../client/scoring';
import { toErrorData, type ErrorData } from '../core/errors';
import { followSetting, keepSetting, readSetting } from './settings';

/** Whether scores are kept over time, and how much is kept: off until somebody wants it. */
class LoggingState {
  #on = $state(readSetting('log') === 'on');
  #kept = $state.raw<{ logged: number; comparisons: number } | null>(null);
  #error = $state.raw<ErrorData | null>(null);

  constructor() {
    followSetting('log', (value) => (this.#on = value === 'on'));
  }

  get on() {
    return this.#on;
  }

  get kept() {
    return this.#kept;
  }

  get error() {
    return this.#error;
  }

  choose(on: boolean): void {
    this.#on = on;
    keepSetting('log', on ? 'on' : 'off');
  }

  load = (): Promise<void> => this.#run(async () => undefined);
  clearLog = (): Promise<void> => this.#run(() => scoring.clearLog());
  clearComparisons = (): Promise<void> => this.#run(() => scoring.clearComparisons());

  async #run(step: () => Promise<unknown>): Promise<void> {
    this.#error = null;
    try {
      await step();
      this.#kept = await scoring.kept();
    } catch (error) {
      this.#error = toErrorData(error);
    }
  }
}

export const logging = new LoggingState();
