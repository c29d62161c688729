import { describe, expect, test } from 'vitest';
import { ScoredeskError } from '../../src/core/errors';
import { Asked } from '../../src/state/asked.svelte';
import { TransferRate } from '../../src/state/transferRate';

describe('something asked for', () => {
  test('is asked once a key', async () => {
    const asked = new Asked<number>();
    let runs = 0;
    const run = () => Promise.resolve(++runs);
    await asked.ask('a', run);
    await asked.ask('a', run);
    expect([asked.value, asked.running, runs]).toEqual([1, false, 1]);
    await asked.ask('b', run);
    expect([asked.value, runs]).toEqual([2, 2]);
  });

  test('an error is told, and the same key may be asked again', async () => {
    const asked = new Asked<number>();
    await asked.ask('a', () => Promise.reject(new ScoredeskError('client-unknown', { id: '7' })));
    expect([asked.error?.code, asked.value, asked.running]).toEqual(['client-unknown', null, false]);
    await asked.ask('a', () => Promise.resolve(5));
    expect([asked.error, asked.value]).toEqual([null, 5]);
  });

  test('another key stops what runs, and a late answer is not shown for it', async () => {
    const asked = new Asked<string>();
    let answer: (value: string) => void = () => undefined;
    let stopped = false;
    const first = asked.ask('a', ({ signal }) => {
      signal.addEventListener('abort', () => (stopped = true));
      return new Promise((resolve) => (answer = resolve));
    });
    await asked.ask('b', () => Promise.resolve('of b'));
    answer('of a');
    await first;
    expect([stopped, asked.value]).toEqual([true, 'of b']);
  });

  test('stopped by hand, nothing is an error', async () => {
    const asked = new Asked<string>();
    const running = asked.ask(
      'a',
      ({ signal }) =>
        new Promise((_, reject) =>
          signal.addEventListener('abort', () => reject(new ScoredeskError('stopped', {}))),
        ),
    );
    asked.stop();
    await running;
    expect([asked.error, asked.running]).toEqual([null, false]);
  });
});

describe('how fast bytes come', () => {
  const rateOf = (...samples: [at: number, done: number][]) => {
    const rate = new TransferRate();
    for (const [at, done] of samples) rate.add(done, at);
    return rate.bytesPerSecond;
  };

  test('is said once there is enough to tell', () => {
    expect(rateOf()).toBeNull();
    expect(rateOf([0, 0], [599, 1000])).toBeNull();
    expect(rateOf([0, 0], [1000, 5000])).toBe(5000);
    expect(rateOf([0, 7], [1000, 7])).toBeNull();
  });

  test('looks back a few seconds only, and starts over with the file', () => {
    expect(rateOf([0, 0], [5000, 100], [6000, 1100], [9000, 4100])).toBe(1000);
    expect(rateOf([0, 0], [1000, 9000], [1100, 0], [2100, 500])).toBe(500);
  });
});
