import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  checkStopped,
  fromErrorData,
  hangsOn,
  hasCode,
  reasonOf,
  ScoredeskError,
  toErrorData,
} from '../../src/core/errors';
import { resamples, sampleRows, seededRandom, shuffled } from '../../src/core/numeric/random';
import { freeName, nearestName } from '../../src/core/table/names';
import { codeOf } from '../support/files';

describe('errors', () => {
  test('cross as data and come back as what they were', () => {
    const error = new ScoredeskError('client-unknown', { id: '7' });
    expect(hasCode(fromErrorData(structuredClone(toErrorData(error))), 'client-unknown')).toBe(true);
    expect(toErrorData(new DOMException('', 'AbortError')).code).toBe('stopped');
    expect(toErrorData(new RangeError('no'))).toEqual({ code: 'bug', params: { message: 'no' } });
    expect(toErrorData('text')).toEqual({ code: 'bug', params: { message: 'text' } });
  });

  test('know whether trying again may help', () => {
    expect(hangsOn('download-cut')).toBe('connection');
    expect(hangsOn('storage-full')).toBe('circumstances');
    expect(hangsOn('onnx-unreadable')).toBeNull();
  });

  test('a stopped signal stops; a reason is one short line', async () => {
    const controller = new AbortController();
    expect(await codeOf(() => checkStopped(controller.signal))).toBe('');
    controller.abort();
    expect(await codeOf(() => checkStopped(controller.signal))).toBe('stopped');
    expect(reasonOf(new Error(`first\n${'x'.repeat(500)}`))).toBe('first');
    const long = reasonOf(`no: ${'y'.repeat(500)}: the reason`);
    expect(long.length).toBeLessThan(230);
    expect(long).toMatch(/^no: y+ … y+: the reason$/);
  });
});

describe('random', () => {
  test('the same seed, the same stream; another seed, another one', () => {
    const draw = (seed: number) => Array.from({ length: 5 }, seededRandom(seed));
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
    for (const value of draw(3)) expect(value >= 0 && value < 1).toBe(true);
  });

  test('samples are ascending, without repeats, all where there are fewer', () => {
    fc.assert(
      fc.property(fc.nat(300), fc.nat(300), fc.nat(), (total, count, seed) => {
        const rows = sampleRows(total, count, seed);
        expect(rows.length).toBe(Math.min(total, count));
        rows.forEach((row, i) => expect(row < total && (i === 0 || row > rows[i - 1])).toBe(true));
      }),
      { seed: 7 },
    );
  });

  test('each number after the first two has the same chance to be sampled', () => {
    const hits = new Float64Array(20);
    for (let seed = 0; seed < 2000; seed++) for (const row of sampleRows(20, 5, seed)) hits[row]++;
    // 500 expected of each, sd 19.4: all within five of it.
    for (const count of hits.subarray(2)) expect(Math.abs(count - 500)).toBeLessThan(97);
  });

  test('a shuffle keeps every number; resamples draw with replacement', () => {
    expect([...shuffled(50, seededRandom(4))].sort((a, b) => a - b)).toEqual(
      Array.from({ length: 50 }, (_, i) => i),
    );
    const drawn = resamples(3, 1000, 2, 5);
    expect(drawn.map((rows) => new Set(rows).size)).toEqual([3, 3]);
    expect(drawn[0]).not.toEqual(drawn[1]);
  });
});

describe('names', () => {
  test('the nearest, case and separators aside', () => {
    const names = ['AMT_CREDIT', 'AMT_ANNUITY', 'age'];
    expect(nearestName('amt credit', names)).toBe('AMT_CREDIT');
    expect(nearestName('AMT_ANUITY', names)).toBe('AMT_ANNUITY');
    expect(nearestName('zzzzzzzzzz', names)).toBe('');
    expect(nearestName('x', [])).toBe('');
  });

  test('a free one gets underscores until nobody has it', () => {
    const taken = new Set(['base', 'base_']);
    expect(freeName('base', (name) => taken.has(name))).toBe('base__');
    expect(freeName('other', (name) => taken.has(name))).toBe('other');
  });
});
