import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { fromErrorData } from '../core/errors';
import type { TrainColumn, TrainRows } from '../core/train/data';
import type { Fitter } from '../core/train/fitter';
import type { FitAnswer, FitJob } from './fitWorker';

/** Threads that fit models side by side. */
export interface Fitters extends Fitter {
  end(): Promise<void>;
}

/** Cells below which a thread's start takes longer than what it saves. */
const WORTH_A_THREAD = 400_000;

/** As many threads as help, or as were asked for; null where this one is enough. */
export function fitters(rows: TrainRows, asked: number | undefined): Fitters | null {
  const isSmall = rows.rows * rows.columns.length < WORTH_A_THREAD;
  const count = asked ?? (isSmall ? 1 : availableParallelism());
  return count > 1 ? startFitters(sharedRows(rows), count) : null;
}

interface Waiting {
  job: FitJob;
  resolve: (answer: FitAnswer) => void;
  reject: (error: unknown) => void;
}

function startFitters(rows: TrainRows, count: number): Fitters {
  const waiting: Waiting[] = [];
  const idle: Worker[] = [];
  const busy = new Map<Worker, Waiting>();
  const goOn = (): void => {
    while (waiting.length > 0 && idle.length > 0) {
      const [worker, next] = [idle.pop() as Worker, waiting.shift() as Waiting];
      busy.set(worker, next);
      worker.postMessage(next.job);
    }
  };
  const workers = Array.from({ length: count }, () => {
    const worker = new Worker(new URL('./fitWorker.js', import.meta.url), { workerData: rows });
    worker.on('message', (answer: FitAnswer) => {
      busy.get(worker)?.resolve(answer);
      busy.delete(worker);
      idle.push(worker);
      goOn();
    });
    worker.on('error', (error) => busy.get(worker)?.reject(error));
    idle.push(worker);
    return worker;
  });
  const ask = (job: FitJob): Promise<FitAnswer> =>
    new Promise((resolve, reject) => {
      waiting.push({ job, resolve, reject });
      goOn();
    });
  return {
    score: async (job) => told(await ask({ kind: 'score', job }), 'scores'),
    fit: async (spec) => told(await ask({ kind: 'fit', spec }), 'fitted'),
    async end() {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

function told<K extends 'scores' | 'fitted'>(
  answer: FitAnswer,
  key: K,
): Extract<FitAnswer, Record<K, unknown>>[K] {
  if ('error' in answer) throw fromErrorData(answer.error);
  return (answer as Extract<FitAnswer, Record<K, unknown>>)[key];
}

/** The rows in memory that all threads share. */
function sharedRows({ rows, columns, target, weights }: TrainRows): TrainRows {
  return {
    rows,
    columns: columns.map(sharedColumn),
    target: shared(target),
    weights: weights && shared(weights),
  };
}

const sharedColumn = (column: TrainColumn): TrainColumn =>
  column.kind === 'number'
    ? { ...column, values: shared(column.values) }
    : { ...column, codes: shared(column.codes) };

function shared<T extends Float64Array | Float32Array | Int32Array | Uint8Array>(values: T): T {
  const copy = new (values.constructor as new (buffer: SharedArrayBuffer) => T)(
    new SharedArrayBuffer(values.byteLength),
  );
  copy.set(values);
  return copy;
}
