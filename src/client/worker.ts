import { proxy, wrap, type Remote } from 'comlink';
import { ScoredeskError } from '../core/errors';
import {
  PROTOCOL_VERSION,
  type ArgumentOf,
  type Operations,
  type ValueOf,
  type WorkerHost,
} from '../protocol/host';
import { fromResult } from '../protocol/result';
import { uniqueName } from './uniqueName';

export interface CallOptions<P = unknown> {
  signal?: AbortSignal | undefined;
  progress?: ((report: P) => void) | undefined;
  /** Run once more in a new worker when this one dies: for calls that change nothing. */
  again?: boolean | undefined;
}

/** Milliseconds a worker has to stop by itself before it is ended. */
const STOP_WITHIN = 200;
/** Milliseconds a new worker has to answer; one that died before it held its lock never will. */
const ANSWER_WITHIN = 20_000;

interface Live {
  worker: Worker;
  host: Remote<WorkerHost>;
  /** Rejects with worker-died when the worker ends, however it ends. */
  death: Promise<never>;
  end(): void;
}

/**
 * The page's side of a worker: starts it at the first call, stops calls, notices its death and
 * starts a new one at the next call.
 *
 * The worker holds a Web Lock for its lifetime; the page waits for the same lock, and gets it when
 * the worker is gone, even if it was killed without an event.
 */
export class WorkerClient<O extends Operations> {
  readonly #spawn: () => Promise<Worker>;
  readonly #lockName: string;
  #live: Promise<Live> | null = null;
  #calls = 0;

  constructor(spawn: () => Promise<Worker>, lockName: string) {
    this.#spawn = spawn;
    this.#lockName = lockName;
  }

  /** @throws what the operation throws; stopped, worker-died, worker-version */
  async call<K extends keyof O & string, P = unknown>(
    name: K,
    argument: ArgumentOf<O, K>,
    options: CallOptions<P> = {},
  ): Promise<ValueOf<O, K>> {
    try {
      return await this.#once(name, argument, options);
    } catch (error) {
      const died = error instanceof ScoredeskError && error.code === 'worker-died';
      if (!died || !options.again || options.signal?.aborted) throw error;
      return this.#once(name, argument, options);
    }
  }

  async #once<K extends keyof O & string, P>(
    name: K,
    argument: ArgumentOf<O, K>,
    options: CallOptions<P>,
  ): Promise<ValueOf<O, K>> {
    const { signal, progress } = options;
    if (signal?.aborted) throw new ScoredeskError('stopped', {});
    this.#live ??= this.#start();
    this.#live.catch(() => (this.#live = null));
    const live = await this.#live;
    const call = ++this.#calls;
    // Reports come on a port of their own and may be later than the answer: then they say nothing any more.
    let underWay = true;
    const report = proxy((state: unknown) => {
      if (underWay && !signal?.aborted) progress?.(state as P);
    });
    const result = live.host.run(call, name, argument, report);
    try {
      const settled = await Promise.race([result, live.death, stopping(signal, live, call, result)]);
      return fromResult(settled) as ValueOf<O, K>;
    } finally {
      underWay = false;
    }
  }

  async #start(): Promise<Live> {
    if (!globalThis.isSecureContext) throw new ScoredeskError('insecure-context', {});
    const worker = await this.#spawn();
    const host = wrap<WorkerHost>(worker);
    const lock = `${this.#lockName}:${uniqueName()}`;
    let end: () => void = () => undefined;
    const death = new Promise<never>((_, reject) => {
      end = () => {
        this.#live = null;
        worker.terminate();
        reject(new ScoredeskError('worker-died', {}));
      };
    });
    death.catch(() => undefined);
    worker.addEventListener('error', () => end());
    const late = setTimeout(() => end(), ANSWER_WITHIN);
    const version = await Promise.race([host.hello(lock), death]).finally(() => clearTimeout(late));
    if (version !== PROTOCOL_VERSION) {
      end();
      throw new ScoredeskError('worker-version', { page: PROTOCOL_VERSION, worker: version });
    }
    void navigator.locks.request(lock, () => end());
    return { worker, host, death, end };
  }
}

/** Never resolves; rejects with `stopped` once the call is aborted and the worker has stopped, or was ended. */
function stopping(
  signal: AbortSignal | undefined,
  live: Live,
  call: number,
  result: PromiseLike<unknown>,
): Promise<never> {
  return new Promise((_, reject) => {
    const stop = async (): Promise<void> => {
      void live.host.stop(call);
      const late = new Promise((resolve) => setTimeout(() => resolve('late'), STOP_WITHIN));
      const inTime = (await Promise.race([result, late])) !== 'late';
      reject(new ScoredeskError('stopped', {}));
      if (!inTime) live.end();
    };
    signal?.addEventListener('abort', () => void stop(), { once: true });
  });
}
