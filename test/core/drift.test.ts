import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { binEdges, histogramSorted } from '../../src/core/stats/bins';
import { chunksOf, timeOf, timesOf } from '../../src/core/drift/chunks';
import { compareColumn } from '../../src/core/drift/column';
import type { Limits } from '../../src/core/drift/limits';
import type { NannymlMethod } from '../../src/core/drift/nannyml';
import { apart } from '../../src/core/stats/distances';
import { fitIsotonic, isotonicAt } from '../../src/core/metrics/isotonic';
import { kolmogorovTail, ksPValue, pelzGoodTail } from '../../src/core/stats/kolmogorov';
import { sortValues } from '../../src/core/stats/sort';
import { adjustedForMany } from '../../src/core/stats/tests';
import { textColumn, type Column, type NumberColumn } from '../../src/core/table/table';
import { textOf } from '../support/files';

const scipy = JSON.parse(textOf('test/oracles/drift/statistics.json')) as {
  ks: [number, number, number, number][];
  tail: [number, number, number][];
  adjusted: [number[], number[]][];
};
const numbers = (...values: number[]): NumberColumn => ({
  kind: 'number',
  values: Float64Array.from(values),
});
const sides = (reference: Column | null, current: Column | null) => ({ reference, current });
/** Relative difference; what is below 1e-290 counts as 0. */
const off = (found: number, wanted: number) => Math.abs(found - wanted) / Math.max(Math.abs(wanted), 1e-290);

describe('statistics as scipy gives them', () => {
  test.each(scipy.ks)('ks_2samp of %i and %i rows, D %f', (n, m, d, p) => {
    expect(off(ksPValue(n, m, d), p)).toBeLessThan(1e-6);
  });
  test.each(scipy.tail)('kstwo.sf of %i rows at %f', (n, d, p) => {
    expect(off(kolmogorovTail(n, d), p)).toBeLessThan(p < 1e-12 ? 1e-5 : 1e-6);
  });
  test.each(scipy.adjusted)('false_discovery_control', (p, wanted) => {
    adjustedForMany(p).forEach((value, i) => expect(value).toBeCloseTo(wanted[i], 12));
  });
  test('the fast tail is near enough to read', () => {
    for (const [n, d, p] of scipy.tail.filter(([n]) => n >= 140))
      expect(Math.abs(pelzGoodTail(n, d) - p)).toBeLessThan(2e-4);
  });
});

test('sorting by bits is sorting, whatever the float32', () => {
  const float32 = fc.float({ noNaN: true, noDefaultInfinity: true });
  fc.assert(
    fc.property(fc.array(float32, { minLength: 2000, maxLength: 2600 }), (values) => {
      const { sorted } = sortValues(Float64Array.from(values));
      const wanted = Float64Array.from(values).sort();
      expect(sorted).toBeInstanceOf(Float32Array);
      for (let i = 0; i < wanted.length; i++)
        if (sorted[i] !== wanted[i]) expect([i, sorted[i]]).toEqual([i, wanted[i]]);
    }),
    { seed: 3, numRuns: 20 },
  );
});

test('distances: symmetric, zero on themselves, blind to the order', () => {
  const some = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(some, some, (first, second) => {
      const [a, b] = [first, second].map((values) => Float64Array.from(values).sort());
      expect(apart(a, b).area).toBeCloseTo(apart(b, a).area, 12);
      expect(apart(a, b).most).toBe(apart(b, a).most);
      expect(apart(a, a)).toEqual({ most: 0, area: 0 });
    }),
    { seed: 4 },
  );
});

test('bins hold every value once', () => {
  const sorted = Float64Array.from({ length: 500 }, (_, i) => Math.sin(i) * 7).sort();
  const edges = binEdges('sturges', { count: 500, least: sorted[0], most: sorted[499] });
  expect(histogramSorted(sorted, edges).reduce((a, b) => a + b, 0)).toBe(500);
  expect([...binEdges('doane', { count: 1, least: 3, most: 3 })]).toEqual([2.5, 3.5]);
});

test('isotonic regression pools what falls, and ends flat', () => {
  const fit = fitIsotonic([1, 2, 3, 4, 4], [0, 1, 0, 1, 0]);
  expect([...fit.y]).toEqual([0, 0.5, 0.5, 0.5]);
  expect([...isotonicAt(fit, [0, 1.5, 9, NaN])]).toEqual([0, 0.25, 0.5, NaN]);
});

describe('chunks', () => {
  test('by size, with what is left; by number; by month, in order of time', () => {
    expect(chunksOf(10, { size: 4 }, null).map(({ rows }) => rows.length)).toEqual([4, 4, 2]);
    expect(chunksOf(10, { number: 3 }, null).map(({ rows }) => rows.length)).toEqual([3, 3, 3, 1]);
    expect(chunksOf(3, { number: 10 }, null).length).toBe(3);
    expect(chunksOf(0, null, null)).toEqual([]);
    const times = timesOf(textColumn(['2026-02-03', '2026-01-31', '', '2026-02-01 10:00']));
    const months = chunksOf(4, { period: 'month' }, times);
    expect(months.map(({ rows, start }) => [[...rows], start.slice(0, 10)])).toEqual([
      [[1], '2026-01-31'],
      [[3, 0], '2026-02-01'],
    ]);
  });
  test.each([
    ['2026-11-02', '2026-11-02T00:00:00.000Z'],
    ['2026-11', '2026-11-01T00:00:00.000Z'],
    ['2018-01-01 00:08:43.152', '2018-01-01T00:08:43.152Z'],
    ['2018-01-01T10:00:00+02:00', '2018-01-01T08:00:00.000Z'],
    ['2024-01-01 00:00:00+00', '2024-01-01T00:00:00.000Z'],
    ['2024-01-01 00:00 UTC', '2024-01-01T00:00:00.000Z'],
  ])('%s', (text, iso) => expect(new Date(timeOf(text)).toISOString()).toBe(iso));
  test.each(['', 'soon', '03/04/2026', '20260401', '2026-13-45', '2026-02-30'])('%s is no time', (text) =>
    expect(timeOf(text)).toBeNaN(),
  );
});

describe('a column by itself', () => {
  const codes = (...given: Parameters<typeof compareColumn>) =>
    compareColumn(...given).notes.map(({ code }) => code);
  test('what can’t be compared says why, and nothing is thrown', () => {
    for (const preset of ['psi', 'evidently', 'nannyml'] as const) {
      expect(codes('a', sides(numbers(1, 2), null), { preset })).toEqual(['absent-current']);
      expect(codes('a', sides(null, numbers(1, 2)), { preset })).toEqual(['absent-reference']);
      expect(codes('a', sides(numbers(1), numbers()), { preset })).toEqual(['no-rows']);
      expect(codes('a', sides(numbers(NaN), textColumn([''])), { preset })).toEqual(['all-missing']);
      expect(codes('a', sides(textColumn(['x', 'y']), numbers(NaN)), { preset })).toEqual(['all-missing']);
      expect(codes('a', sides(numbers(0, 1), textColumn(['x', 'y'])), { preset })).toEqual([
        'types-differ',
        'as-codes',
      ]);
      expect(codes('a', sides(numbers(Infinity), numbers(-Infinity)), { preset })).toEqual(['all-missing']);
    }
  });
  test('a side that loses every value has drifted by the index; truth values are 0 and 1', () => {
    const filled = numbers(...Array.from({ length: 300 }, (_, i) => Math.sin(i)));
    const empty = textColumn(new Array<string>(300).fill(''));
    const lost = compareColumn('a', sides(filled, empty), { preset: 'psi' });
    expect([lost.verdict, lost.stability > 5, lost.quality?.missing.current]).toEqual(['drifted', true, 1]);
    expect(compareColumn('a', sides(filled, empty), { preset: 'evidently' })).toMatchObject({
      verdict: null,
      tests: [],
    });
    const truth: NumberColumn = { ...numbers(1, 0, 1, 1), written: 'truth' };
    for (const preset of ['psi', 'evidently', 'nannyml'] as const)
      expect(compareColumn('a', sides(truth, numbers(1, 1, 1, 0)), { preset }).verdict).not.toBeNull();
  });
  test('data quality: gaps, new and vanished levels, values out of range', () => {
    const reference = textColumn(Array.from({ length: 400 }, (_, i) => (i % 4 ? 'a' : 'b')));
    const current = textColumn(Array.from({ length: 400 }, (_, i) => (i % 5 ? 'a' : i % 2 ? '' : 'c')));
    const { quality } = compareColumn('a', sides(reference, current), { preset: 'psi' });
    expect(quality?.missing).toMatchObject({ reference: 0, current: 0.1, verdict: 'drifted' });
    expect(quality?.appeared).toMatchObject({ count: 1, examples: ['c'], share: 0.1, verdict: 'drifted' });
    expect(quality?.vanished).toMatchObject({ count: 1, examples: ['b'], share: 0.25 });
    const outside = compareColumn('a', sides(numbers(1, 2, 3), numbers(0, 2, 4, 5)), { preset: 'psi' })
      .quality?.outside;
    expect(outside).toEqual({ below: 1, above: 2, share: 0.75, verdict: 'drifted' });
  });
  test('a verdict that rests on the number of rows is told', () => {
    const rows = (share: number) =>
      textColumn(Array.from({ length: 900 }, (_, i) => (i < 900 * share ? 'a' : i % 3 ? 'b' : 'c')));
    const many = {
      kind: 'text' as const,
      dictionary: ['a', 'b', 'c'],
      codes: Int32Array.from({ length: 90_000 }, (_, i) => (i < 45_500 ? 0 : i % 3 ? 1 : 2)),
    };
    const column = compareColumn('a', sides(rows(0.5), many), { preset: 'evidently' });
    expect([column.verdict, column.byCountAlone, column.stability < 0.01]).toEqual(['drifted', true, true]);
  });
  test('the effect is the same whatever a preset takes for a category', () => {
    const few = (shift: number): NumberColumn => ({
      ...numbers(...Array.from({ length: 500 }, (_, i) => (i % 4) + (i % 5 < shift ? 1 : 0))),
      written: 'whole',
    });
    const [psi, evidently, nannyml] = (['psi', 'evidently', 'nannyml'] as const).map((preset) =>
      compareColumn('a', sides(few(0), few(2)), { preset }),
    );
    expect([psi.type, evidently.type]).toEqual(['number', 'category']);
    expect([evidently.stability, nannyml.stability]).toEqual([psi.stability, psi.stability]);
    expect(evidently.profile).toEqual(psi.profile);
  });
  test('as NannyML: drifted by its default method now, to watch by any alert, no verdict without limits', () => {
    const rows = numbers(...Array.from({ length: 300 }, (_, i) => i));
    const limits = new Map<NannymlMethod, Limits>([['jensen_shannon', { lower: null, upper: 0.5 }]]);
    const alert = (test: NannymlMethod, on: boolean) => [{ test, alert: on }];
    const verdict = (chunks: { test: NannymlMethod; alert: boolean }[][], limited = true) =>
      compareColumn('a', sides(rows, rows), { preset: 'nannyml', monitored: { limits, limited, chunks } })
        .verdict;
    expect(verdict([alert('jensen_shannon', false)])).toBe('stable');
    expect(verdict([alert('jensen_shannon', true), alert('jensen_shannon', false)])).toBe('watch');
    expect(verdict([alert('wasserstein', true)])).toBe('watch');
    expect(verdict([alert('jensen_shannon', false), alert('jensen_shannon', true)])).toBe('drifted');
    expect(verdict([alert('jensen_shannon', true)], false)).toBe(null);
    // One chunk has no spread: its limits would call any distance drift.
    const one = new Map([['jensen_shannon', { lower: null, upper: 0 }]] as [NannymlMethod, Limits][]);
    const monitored = { limits: one, limited: false, chunks: [] };
    const tests = compareColumn('a', sides(rows, numbers(...[...rows.values].map((x) => x + 1))), {
      preset: 'nannyml',
      monitored,
    }).tests;
    expect(tests.find(({ test }) => test === 'jensen_shannon')).toMatchObject({
      threshold: null,
      drifted: false,
    });
  });
  test('a column of few numbers goes by value, not by one bin', () => {
    const flag = (ones: number) => numbers(...Array.from({ length: 300 }, (_, i) => (i < ones ? 1 : 0)));
    expect(compareColumn('a', sides(flag(30), flag(120)), { preset: 'psi' }).stability).toBeGreaterThan(0.25);
  });
});
