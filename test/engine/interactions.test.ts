import { expect, test } from 'vitest';
import { interactionsOf } from '../../src/engine/model/interactions';
import { partnersOf, splitBy, strongestPairs } from '../../src/pages/model/pairs';
import { openGerman } from '../support/german';
import { codeOf } from '../support/files';

test('the demo’s columns act together in pairs, over a sample and for a client, through its categories', async () => {
  const engine = await openGerman({ runtime: 'core' });
  const width = engine.columns.length;
  const told: number[] = [];
  const found = await interactionsOf(engine, '641', { progress: ({ done }) => told.push(done) });
  if (!found?.client) throw new Error('none');
  expect([found.part, found.rows, told.at(-1)]).toEqual(['test', 200, 200]);
  for (let a = 0; a < width; a++) {
    expect(found.mean[a * width + a]).toBe(0);
    for (let b = 0; b < a; b++) {
      expect(found.mean[a * width + b]).toBeCloseTo(found.mean[b * width + a], 12);
      expect(found.client[a * width + b]).toBeCloseTo(found.client[b * width + a], 12);
    }
  }
  const pairs = strongestPairs(found, width, 5);
  expect(pairs).toHaveLength(5);
  expect(pairs.every(({ mean }, i) => i === 0 || mean <= pairs[i - 1].mean)).toBe(true);
  expect(partnersOf(found, width, pairs[0].a)[0]).toBe(pairs[0].b);
  expect((await interactionsOf(engine, 'nobody'))?.client).toBeNull();
  expect(await codeOf(() => interactionsOf(engine, '1', { signal: AbortSignal.abort() }))).toBe('stopped');
});

test('dots are told apart at the median, or by the most frequent level; missing ones are on the other side', () => {
  const numbers = splitBy(Float64Array.of(1, 2, 3, NaN, 10), false);
  expect([numbers.at, [0, 1, 2, 3, 4].map(numbers.above)]).toEqual([2.5, [false, false, true, true, true]]);
  const levels = splitBy(Float64Array.of(2, 1, 2, -1), true);
  expect([levels.at, [0, 1, 2, 3].map(levels.above)]).toEqual([2, [false, true, false, true]]);
  expect(splitBy(Float64Array.of(-1, -1), true).above(0)).toBe(true);
});
