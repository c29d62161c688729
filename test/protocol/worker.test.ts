import { expose } from 'comlink';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { WorkerClient } from '../../src/protocol/workerClient';
import { ScoredeskError } from '../../src/core/errors';
import { changing, hostOperations, type OperationTask } from '../../src/protocol/host';
import { handOver } from '../../src/protocol/transfer';
import { codeOf } from '../support/files';

/** Both sides of the border in one process, over a real MessageChannel: the built app's workers are in test/e2e. */

const context = {
  given: new Float64Array(0),
  started: 0,
  runs: 0,
  heard: (): void => undefined,
  kept: new Float64Array([1, 2, 3]),
};
type Context = typeof context;

const operations = {
  double: (_: Context, argument: { of: number }) => Promise.resolve(2 * argument.of),
  report: (own: Context, _: null, task: OperationTask<number>) =>
    new Promise<void>((resolve) => {
      own.heard = resolve;
      task.progress(0.5);
    }),
  refuse: () => Promise.reject(new ScoredeskError('client-unknown', { id: '7' })),
  fail: () => Promise.reject(new TypeError('x is not a function')),
  own: (own: Context) => {
    const scores = (own.given = new Float64Array([0.1, 0.2]));
    return Promise.resolve(handOver({ scores }, [scores]));
  },
  kept: (own: Context) => Promise.resolve({ scores: own.kept }),
  wait: (_: Context, __: null, { signal }: OperationTask) =>
    new Promise((_resolve, reject) =>
      signal.addEventListener('abort', () => reject(new ScoredeskError('stopped', {}))),
    ),
  /** Goes on after it was told to stop, as a read that can't be broken off does. */
  goOn: (own: Context, _: null, { signal, progress }: OperationTask<number>) => {
    progress(0);
    return new Promise((resolve) =>
      signal.addEventListener('abort', () => (own.heard = () => resolve(null))),
    );
  },
  goOnChanging: changing((_: Context, __: null, { progress }: OperationTask<number>) => {
    progress(0);
    return new Promise<void>(() => undefined);
  }),
  die: (own: Context) => dies(own),
  dieChanging: changing((own: Context) => dies(own)),
};

function dies(own: Context): Promise<number> {
  if (++own.runs === 1) {
    last?.dispatchError();
    return new Promise(() => undefined);
  }
  return Promise.resolve(own.runs);
}

interface Double {
  worker: Worker;
  dispatchError(): void;
}
let last: Double | null = null;
const ports: MessagePort[] = [];

/** A port in the place of a worker: what Comlink and the client use of one. */
function start(version = 'v1'): Promise<Worker> {
  context.started++;
  const { port1, port2 } = new MessageChannel();
  ports.push(port1, port2);
  expose(hostOperations(operations, context, version), port2);
  const errors: (() => void)[] = [];
  const worker = {
    postMessage: port1.postMessage.bind(port1),
    removeEventListener: port1.removeEventListener.bind(port1),
    addEventListener: (type: string, hear: never) =>
      type === 'error' ? errors.push(hear) : port1.addEventListener(type, hear),
    terminate: () => port1.close(),
  } as unknown as Worker;
  port1.start();
  last = { worker, dispatchError: () => errors.forEach((hear) => hear()) };
  return Promise.resolve(worker);
}

const clientOf = (version?: string) => new WorkerClient(() => start(version), 'lock', 'v1');

/** The first to ask holds a lock for good; those that wait get it when the worker is gone, which no test here does. */
beforeAll(() => {
  const held = new Set<string>();
  const request = (name: string, use: () => unknown) => {
    if (held.has(name)) return new Promise(() => undefined);
    held.add(name);
    return Promise.resolve(use());
  };
  vi.stubGlobal('navigator', { locks: { request } });
  vi.stubGlobal('isSecureContext', true);
});
afterEach(() => Object.assign(context, { started: 0, runs: 0 }));
afterAll(() => {
  vi.unstubAllGlobals();
  for (const port of ports) port.close();
});

describe('a call across the border', () => {
  test('gives what the operation gives', async () => {
    const remote = clientOf().operations<typeof operations>();
    expect(await remote.double({ of: 21 })).toBe(42);
    expect(await remote.double({ of: 1 })).toBe(2);
    expect(context.started).toBe(1);
  });

  test('reports progress while it runs', async () => {
    const remote = clientOf().operations<typeof operations>();
    const reports: number[] = [];
    const progress = (report: number) => {
      reports.push(report);
      context.heard();
    };
    await remote.report(null, { progress });
    expect(reports).toEqual([0.5]);
  });

  test('throws a coded error with its parameters, anything else as a bug', async () => {
    const remote = clientOf().operations<typeof operations>();
    await expect(remote.refuse()).rejects.toMatchObject({ code: 'client-unknown', params: { id: '7' } });
    await expect(remote.fail()).rejects.toMatchObject({
      code: 'bug',
      params: { message: 'x is not a function' },
    });
  });

  test('moves arrays that are handed over, copies those that the worker keeps', async () => {
    const remote = clientOf().operations<typeof operations>();
    expect([...(await remote.own()).scores]).toEqual([0.1, 0.2]);
    expect(context.given.length).toBe(0);
    expect([...(await remote.kept()).scores]).toEqual([1, 2, 3]);
    expect(context.kept.length).toBe(3);
  });

  test('stops when it is told to', async () => {
    const remote = clientOf().operations<typeof operations>();
    const controller = new AbortController();
    const waiting = codeOf(() => remote.wait(null, { signal: controller.signal }));
    await remote.double({ of: 1 });
    controller.abort();
    expect(await waiting).toBe('stopped');
    expect(await codeOf(() => remote.double({ of: 1 }, { signal: controller.signal }))).toBe('stopped');
  });

  test('that is late to stop leaves the worker to others, unless it changes what is stored', async () => {
    const remote = clientOf().operations<typeof operations>();
    for (const [name, started] of [
      ['goOn', 1],
      ['goOnChanging', 2],
    ] as const) {
      const controller = new AbortController();
      let call: Promise<unknown> = Promise.resolve();
      await new Promise<void>((resolve) => {
        const task = { signal: controller.signal, progress: () => resolve() };
        call = codeOf(() => remote[name](null, task));
      });
      controller.abort();
      expect(await call).toBe('stopped');
      expect(await remote.double({ of: 2 })).toBe(4);
      expect(context.started).toBe(started);
    }
    context.heard();
  });

  test('that is aborted while the worker starts is not run', async () => {
    const remote = clientOf().operations<typeof operations>();
    const controller = new AbortController();
    const waiting = codeOf(() => remote.double({ of: 1 }, { signal: controller.signal }));
    controller.abort();
    expect(await waiting).toBe('stopped');
    expect(await remote.double({ of: 2 })).toBe(4);
    expect(context.started).toBe(1);
  });

  test('is refused by a worker of another build', async () => {
    const remote = clientOf('v2').operations<typeof operations>();
    await expect(remote.double({ of: 1 })).rejects.toMatchObject({
      code: 'worker-version',
      params: { page: 'v1', worker: 'v2' },
    });
  });
});

describe('a worker that dies under a call', () => {
  test('is started again, and the call is run once more', async () => {
    const remote = clientOf().operations<typeof operations>();
    expect(await remote.die()).toBe(2);
    expect(context.started).toBe(2);
  });

  test('a call that changes what is stored is not run again by itself', async () => {
    const remote = clientOf().operations<typeof operations>();
    expect(await codeOf(() => remote.dieChanging())).toBe('worker-died');
    expect(context.started).toBe(1);
    expect(await remote.double({ of: 4 })).toBe(8);
    expect(context.started).toBe(2);
  });

  test('unless the caller says so', async () => {
    const remote = clientOf();
    expect(await remote.call('dieChanging', undefined, { again: true })).toBe(2);
  });
});

test('at rest, calls wait until it is over', async () => {
  const client = clientOf();
  const [{ rested, wake }, other] = [client.rest(), client.rest()];
  await rested;
  let answered = false;
  const waiting = client.call('double', { of: 3 }).then((value) => {
    answered = true;
    return value;
  });
  await new Promise((resolve) => setImmediate(resolve));
  wake();
  await new Promise((resolve) => setImmediate(resolve));
  // Somebody else still wants it at rest.
  expect([answered, context.started]).toEqual([false, 0]);
  other.wake();
  expect(await waiting).toBe(6);
});
