import { expect, test } from 'vitest';
import { swapSet } from '../../../src/core/decision/swap';

const target = Uint8Array.of(0, 1, 0, 1, 1);
const first = { target, scores: Float64Array.of(0.1, 0.2, 0.6, 0.7, 0.5), threshold: 0.5 };

test('rows by both decisions, each at its own threshold', () => {
  const second = { target, scores: Float64Array.of(0.3, 0.1, 0.1, 0.9, 0.29), threshold: 0.3 };
  expect(swapSet(first, second)).toEqual({
    bothAccept: { rows: 1, defaults: 1 },
    bothRefuse: { rows: 1, defaults: 1 },
    swapIn: { rows: 2, defaults: 1 },
    swapOut: { rows: 1, defaults: 0 },
  });
});

test('other rows are no rows to compare', () => {
  expect(swapSet(first, { ...first, target: Uint8Array.of(0, 1, 0, 1, 0) })).toBeNull();
  expect(swapSet(first, { ...first, target: target.slice(1), scores: first.scores.slice(1) })).toBeNull();
});
