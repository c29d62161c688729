import { writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';

/**
 * A thread beside the command, whose own thread is the runtime's while that computes: where a step takes too long, it
 * says so and ends the process, which nothing else can.
 */

/** What the command shares with it. */
export interface Watched {
  /** One number, which goes up when the runtime begins a step (odd) and when it has ended it (even). */
  steps: Int32Array;
  seconds: number;
  sentence: string;
}

/** A thread's own process.stderr goes through the thread that is held. */
const STDERR = 2;

const { steps, seconds, sentence } = workerData as Watched;
for (;;) {
  const step = Atomics.load(steps, 0);
  const late = Atomics.wait(steps, 0, step, 1000 * seconds) === 'timed-out';
  if (late && step % 2 === 1) {
    writeSync(STDERR, `${sentence}\n`);
    process.kill(process.pid, 'SIGTERM');
  }
}
