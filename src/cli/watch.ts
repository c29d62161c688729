import { Worker } from 'node:worker_threads';
import { ScoredeskError } from '../core/errors';
import { watchRuntime } from '../engine/runtime';
import { RUNTIME_SECONDS } from '../core/onnx/patience';
import { errorLine } from './console';
import type { Watched } from './watchdog';

/** Ends the command (SIGTERM, exit 143) when the runtime takes longer than SCOREDESK_RUNTIME_SECONDS for one step. */
export function endWhereEndless(): void {
  const seconds = Number(process.env['SCOREDESK_RUNTIME_SECONDS']) || RUNTIME_SECONDS;
  const steps = new Int32Array(new SharedArrayBuffer(4));
  let dog: Worker | null = null;
  watchRuntime((runs) => {
    Atomics.store(steps, 0, 2 * Math.ceil(Atomics.load(steps, 0) / 2) + (runs ? 1 : 0));
    Atomics.notify(steps, 0);
    dog ??= watchdog({
      steps,
      seconds,
      sentence: errorLine(new ScoredeskError('runtime-endless', { seconds })),
    });
  });
}

function watchdog(workerData: Watched): Worker {
  const dog = new Worker(new URL('./watchdog.js', import.meta.url), { workerData });
  dog.unref();
  return dog;
}
