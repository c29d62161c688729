import { proxy, wrap, type Remote as Wrapped } from 'comlink';
import { hasCode, ScoredeskError } from '../core/errors';
import type { Greeting, OperationTask, WorkerHost } from './host';
import { RUNTIME_SECONDS } from '../core/onnx/patience';
import { isRuntimeSign } from './runtimeSign';
import { fromResult } from './result';
import { uniqueName } from './uniqueName';

export interface CallTask<P = never> {
  signal?: AbortSignal | undefined;
  progress?: ((report: P) => void) | undefined;
  /** Run once more in a new worker when this one dies: by default what changes nothing. */
  again?: boolean | undefined;
}

/** An operation of a worker as the page calls it: its argument, then signal and progress. */
type RemoteOperation<F> = F extends (context: never, ...rest: infer R) => Promise<infer V>
  ? R extends [infer A, OperationTask<infer P>]
    ? (argument: A, task?: CallTask<P>) => Promise<V>
    : R extends [infer A]
      ? (argument: A, task?: CallTask) => Promise<V>
      : () => Promise<V>
  : never;

/** The operations of a worker, called from the page: their types follow from the worker's own. */
export type Remote<O> = { readonly [K in keyof O]: RemoteOperation<O[K]> };

/** Milliseconds a call has to stop by itself; nobody waits for it any longer. */
const STOP_WITHIN = 200;
/** Milliseconds more that a worker has to hear of it; one that computes without a pause does not, and is ended. */
const HEAR_WITHIN = 800;
/** Milliseconds a new worker has to answer; one that died before it held its lock never will. */
const ANSWER_WITHIN = 20_000;

interface Live {
  worker: Worker;
  host: Wrapped<WorkerHost>;
  /** Rejects when the worker ends: with worker-died, or why it was ended. */
  death: Promise<never>;
  end(why?: ScoredeskError): void;
}

/**
 * The asking side of a worker: starts it at the first call, stops calls, notices its death and
 * starts a new one at the next call.
 *
 * The worker holds a Web Lock for its lifetime; the page waits for the same lock, and gets it when the worker is gone, even
 * if it was killed without an event.
 */
export class WorkerClient {
  readonly #spawn: () => Promise<Worker>;
  readonly #lockName: string;
  readonly #version: string;
  #live: Promise<Live> | null = null;
  #changing: ReadonlySet<string> = new Set();
  #calls = 0;
  /** Calls under way. */
  readonly #running = new Set<Promise<unknown>>();
  /** Hears what the worker tells beside its answers. */
  hear: (sign: unknown) => void = () => undefined;
  /** While anybody wants it at rest, calls wait. */
  readonly #rests = new Set<Promise<void>>();

  /** @param version of the build that both sides must be of */
  constructor(spawn: () => Promise<Worker>, lockName: string, version: string) {
    this.#spawn = spawn;
    this.#lockName = lockName;
    this.#version = version;
  }

  /** The worker's operations, each called by its name. */
  operations<O>(): Remote<O> {
    const call = (name: string) => (argument?: unknown, task?: CallTask) => this.call(name, argument, task);
    return new Proxy({}, { get: (_, name) => call(String(name)) }) as Remote<O>;
  }

  /**
   * Lets the calls under way end, and holds back those that come.
   *
   * @returns when the last one has ended, and what lets the others go on
   */
  rest(): { rested: Promise<unknown>; wake: () => void } {
    let end: () => void = () => undefined;
    const rest = new Promise<void>((resolve) => (end = resolve));
    this.#rests.add(rest);
    const wake = () => {
      this.#rests.delete(rest);
      end();
    };
    return { rested: Promise.allSettled(this.#running), wake };
  }

  /** Ends the worker; the next call starts another one. */
  end(): void {
    this.#live?.then(
      (live) => live.end(),
      () => undefined,
    );
  }

  /** @throws what the operation throws; stopped, worker-died, worker-version */
  async call(name: string, argument: unknown, task: CallTask = {}): Promise<unknown> {
    while (this.#rests.size) await Promise.all(this.#rests);
    const called = this.#patiently(name, argument, task);
    this.#running.add(called);
    try {
      return await called;
    } finally {
      this.#running.delete(called);
    }
  }

  async #patiently(name: string, argument: unknown, task: CallTask): Promise<unknown> {
    try {
      return await this.#once(name, argument, task);
    } catch (error) {
      const died = hasCode(error, 'worker-died');
      const again = task.again ?? !this.#changing.has(name);
      if (!died || !again || task.signal?.aborted) throw error;
      return this.#once(name, argument, task);
    }
  }

  async #once(name: string, argument: unknown, { signal, progress }: CallTask): Promise<unknown> {
    if (signal?.aborted) throw new ScoredeskError('stopped', {});
    const starting = (this.#live ??= this.#start());
    starting.catch(() => {
      // Another one may have been started since.
      if (this.#live === starting) this.#live = null;
    });
    const live = await starting;
    if (signal?.aborted) throw new ScoredeskError('stopped', {});
    const call = ++this.#calls;
    // Reports come on a port of their own and may be later than the answer: then they say nothing any more.
    let underWay = true;
    const report = proxy((state: unknown) => {
      if (underWay && !signal?.aborted) progress?.(state as never);
    });
    const result = live.host.run(call, name, argument, report);
    try {
      return fromResult(
        await Promise.race([result, live.death, this.#stopping(signal, live, { call, name, result })]),
      );
    } finally {
      underWay = false;
    }
  }

  /**
   * Never resolves; rejects with `stopped` once the call is aborted and has stopped, or is late.
   *
   * Others may have calls in the same worker: one that hears is left alive, unless what it does there changes what is
   * stored.
   */
  #stopping(
    signal: AbortSignal | undefined,
    live: Live,
    { call, name, result }: { call: number; name: string; result: PromiseLike<unknown> },
  ): Promise<never> {
    return new Promise((_, reject) => {
      const stop = async (): Promise<void> => {
        const heard = live.host.stop(call);
        const inTime = await settles(result, STOP_WITHIN);
        reject(new ScoredeskError('stopped', {}));
        if (inTime) return;
        if (this.#changing.has(name) || !(await settles(heard, HEAR_WITHIN))) live.end();
      };
      signal?.addEventListener('abort', () => void stop(), { once: true });
    });
  }

  async #start(): Promise<Live> {
    if (!globalThis.isSecureContext) throw new ScoredeskError('insecure-context', {});
    const worker = await this.#spawn();
    const host = wrap<WorkerHost>(worker);
    const lock = `${this.#lockName}:${uniqueName()}`;
    let [ended, end]: [boolean, Live['end']] = [false, () => undefined];
    const death = new Promise<never>((_, reject) => {
      end = (why = new ScoredeskError('worker-died', {})) => {
        // Its lock and its events tell of the end once more, when another one may live already.
        if (ended) return;
        ended = true;
        this.#live = null;
        worker.terminate();
        reject(why);
      };
    });
    const enough = endWhereEndless(worker, end);
    death.catch(enough);
    worker.addEventListener('message', ({ data }) => this.hear(data));
    worker.addEventListener('error', () => end());
    const late = setTimeout(() => end(), ANSWER_WITHIN);
    const greeting: Greeting = await Promise.race([host.hello(lock), death]).finally(() =>
      clearTimeout(late),
    );
    if (greeting.version !== this.#version) {
      end();
      throw new ScoredeskError('worker-version', { page: this.#version, worker: greeting.version });
    }
    this.#changing = new Set(greeting.changing);
    void navigator.locks.request(lock, () => end());
    return { worker, host, death, end };
  }
}

/** Ends a worker whose runtime does not come back; seconds that the machine slept are not counted. @returns stops counting */
function endWhereEndless(worker: Worker, end: Live['end']): () => void {
  let counting: ReturnType<typeof setInterval> | undefined;
  worker.addEventListener('message', ({ data }) => {
    if (!isRuntimeSign(data)) return;
    clearInterval(counting);
    if (!data.runtimeRuns) return;
    let seconds = 0;
    counting = setInterval(() => {
      if (++seconds === RUNTIME_SECONDS) end(new ScoredeskError('runtime-endless', { seconds }));
    }, 1000);
  });
  return () => clearInterval(counting);
}

/** Whether it settles within so many milliseconds. */
async function settles(promise: PromiseLike<unknown>, milliseconds: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds);
  });
  const settled = Promise.resolve(promise).then(
    () => true,
    () => true,
  );
  return Promise.race([settled, late]).finally(() => clearTimeout(timer));
}
