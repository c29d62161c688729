import { expect, test } from 'vitest';
import { ScoredeskError } from '../../src/core/errors';
import type { Progress } from '../../src/engine/runtime';
import { Asked } from '../../src/state/asked.svelte';

/** Work that reports and ends when it is told to, or stops as workers do. */
function work() {
  let tell: (report: Progress) => void = () => undefined;
  let end: (value: string) => void = () => undefined;
  const run = ({ signal, progress }: { signal: AbortSignal; progress(report: Progress): void }) =>
    new Promise<string>((resolve, reject) => {
      tell = progress;
      end = resolve;
      signal.addEventListener('abort', () => reject(new ScoredeskError('stopped', {})));
    });
  return {
    run,
    tell: (done: number) => tell({ done, total: 10, unit: 'rows' }),
    end: (value: string) => end(value),
  };
}

test('what is stopped says so, keeps nothing, and begins again', async () => {
  const asked = new Asked<string>();
  const { run, tell, end } = work();
  const first = asked.ask('a', run);
  expect([asked.running, asked.left]).toEqual([true, null]);
  tell(5);
  expect(asked.left).toBeGreaterThanOrEqual(0);
  asked.halt();
  await first;
  expect([asked.stopped, asked.running, asked.value, asked.error]).toEqual([true, false, null, null]);
  const second = asked.again();
  expect([asked.stopped, asked.running, asked.progress]).toEqual([false, true, null]);
  end('done');
  await second;
  expect(asked.value).toBe('done');
});
