import { transfer } from 'comlink';
import { toResult, type Result } from './result';
import { handedOver } from './transfer';

/** What an operation of a worker may use besides its argument; P is what it reports. */
export interface OperationTask<P = never> {
  signal: AbortSignal;
  progress: (report: P) => void;
}

/**
 * What a worker does, by name: functions of the worker's context, an argument, a task. Their types are what the page's
 * side calls by.
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Operations<C> = Record<string, (context: C, argument: any, task: any) => Promise<unknown>>;

const CHANGING = new WeakSet<object>();

/** Marks an operation that changes what is stored: it is not run again by itself when the worker dies under it. */
export function changing<F extends object>(operation: F): F {
  CHANGING.add(operation);
  return operation;
}

/** What a worker says of itself when it starts. */
export interface Greeting {
  /** Of the build: page and worker must be of the same. */
  version: string;
  /** Operations that change what is stored. */
  changing: string[];
}

/** What a worker exposes through Comlink, whatever it does. */
export interface WorkerHost {
  /** Takes a lock that the worker holds until it dies, so that the page learns of its death. */
  hello(lock: string): Promise<Greeting>;
  run(
    call: number,
    name: string,
    argument: unknown,
    progress: (report: unknown) => void,
  ): Promise<Result<unknown>>;
  stop(call: number): void;
}

/**
 * Hosts operations.
 *
 * @param asKnown what an error of any operation means here, before it crosses as data
 */
export function hostOperations<C>(
  operations: Operations<C>,
  context: C,
  version: string,
  asKnown: (error: unknown) => unknown = (error) => error,
): WorkerHost {
  const running = new Map<number, AbortController>();
  const names = Object.keys(operations).filter((name) => CHANGING.has(operations[name]));
  return {
    hello: (lock) =>
      new Promise((resolve) => {
        void navigator.locks.request(lock, () => {
          resolve({ version, changing: names });
          return new Promise<never>(() => undefined);
        });
      }),
    async run(call, name, argument, progress) {
      const controller = new AbortController();
      running.set(call, controller);
      const task = { signal: controller.signal, progress };
      const result = await toResult(() => operations[name](context, argument, task), asKnown);
      running.delete(call);
      return result.ok ? transfer(result, handedOver(result.value)) : result;
    },
    stop: (call) => running.get(call)?.abort(),
  };
}
