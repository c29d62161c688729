import { toResult, type Result } from './result';

/** Both sides of a worker must be of one protocol; a page that survived an update is told to reload. */
export const PROTOCOL_VERSION = '3';

/** What an operation of a worker may use besides its argument. */
export interface OperationTask {
  signal: AbortSignal;
  progress(report: unknown): void;
}

export type Operations = Record<string, (argument: never, task: OperationTask) => Promise<unknown>>;
export type ArgumentOf<O extends Operations, K extends keyof O> = Parameters<O[K]>[0];
export type ValueOf<O extends Operations, K extends keyof O> = Awaited<ReturnType<O[K]>>;

/** What a worker exposes through Comlink, whatever it does. */
export interface WorkerHost {
  /** Takes a lock that the worker holds until it dies, so that the page learns of its death. */
  hello(lock: string): Promise<string>;
  run(
    call: number,
    name: string,
    argument: unknown,
    progress: (report: unknown) => void,
  ): Promise<Result<unknown>>;
  stop(call: number): void;
}

export function hostOperations(operations: Operations): WorkerHost {
  const running = new Map<number, AbortController>();
  return {
    hello: (lock) =>
      new Promise((resolve) => {
        void navigator.locks.request(lock, () => {
          resolve(PROTOCOL_VERSION);
          return new Promise<never>(() => undefined);
        });
      }),
    async run(call, name, argument, progress) {
      const controller = new AbortController();
      running.set(call, controller);
      const operation = operations[name];
      const result = await toResult(() =>
        operation(argument as never, { signal: controller.signal, progress }),
      );
      running.delete(call);
      return result;
    },
    stop: (call) => running.get(call)?.abort(),
  };
}
