import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { momentsOf, skewnessOf } from '../../src/core/stats/moments';
import { presentMean, presentRows } from '../../src/core/stats/present';
import { lowerBound, upperBound } from '../../src/core/stats/search';
import { sortValues } from '../../src/core/stats/sort';

const numbers = fc.array(fc.double({ noNaN: true }), { maxLength: 60 });

describe('search', () => {
  test('the bounds are where a walk from the left finds them', () => {
    fc.assert(
      fc.property(numbers, fc.double({ noNaN: true }), (values, x) => {
        const sorted = Float64Array.from(values).sort();
        const from = (is: (value: number) => boolean) => {
          const at = sorted.findIndex(is);
          return at < 0 ? sorted.length : at;
        };
        expect(lowerBound(sorted, x)).toBe(from((value) => value >= x));
        expect(upperBound(sorted, x)).toBe(from((value) => value > x));
      }),
      { seed: 7 },
    );
  });

  test('they start where they are told to', () => {
    const sorted = [1, 1, 2, 2, 3];
    expect([lowerBound(sorted, 1), lowerBound(sorted, 1, 1), upperBound(sorted, 2, 4)]).toEqual([0, 1, 4]);
    expect(lowerBound([], 1)).toBe(0);
  });
});

describe('sort', () => {
  test.each([Float64Array, Float32Array])(
    'values in order, gaps and infinities counted and left out',
    (Kind) => {
      const value = fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity, -Infinity, 0, -0));
      fc.assert(
        fc.property(fc.array(value, { maxLength: 400 }), fc.boolean(), (some, many) => {
          // Two thousand values and more are sorted by their bits.
          const values = Kind.from(many ? Array.from({ length: 8 }, () => some).flat() : some);
          const before = values.slice();
          const { sorted, ...others } = sortValues(values);
          const count = (is: (value: number) => boolean) => [...values].filter(is).length;
          expect(others).toEqual({
            missing: count(Number.isNaN),
            lowest: count((value) => value === -Infinity),
            highest: count((value) => value === Infinity),
          });
          const wanted = [...values].filter(Number.isFinite).sort((a, b) => a - b);
          expect([...sorted].map((value) => value + 0)).toEqual(wanted.map((value) => value + 0));
          expect(values).toEqual(before);
        }),
        { seed: 7 },
      );
    },
  );
});

describe('moments', () => {
  // numpy.mean, numpy.std and scipy.stats.skew of the same values.
  test('mean, population standard deviation and skewness', () => {
    const values = [2, 4, 4, 4, 5, 5, 7, 9];
    expect(momentsOf(values)).toEqual({ mean: 5, sd: 2 });
    expect(skewnessOf(values)).toBeCloseTo(0.65625, 12);
  });

  test('of values that are all the same there is no skewness; of none there is no mean', () => {
    expect(momentsOf([3, 3, 3])).toEqual({ mean: 3, sd: 0 });
    expect(skewnessOf([3, 3, 3])).toBeNaN();
    expect(momentsOf([]).mean).toBeNaN();
  });

  test('far from zero the deviation keeps its digits', () => {
    expect(momentsOf([1e9 + 1, 1e9 + 2, 1e9 + 3]).sd).toBeCloseTo(Math.sqrt(2 / 3), 9);
  });
});

test('what is there: rows with a value, and their mean', () => {
  expect([...presentRows([1, NaN, 0, NaN, Infinity])]).toEqual([0, 2, 4]);
  expect(presentMean([1, NaN, 2])).toBe(1.5);
  expect(presentMean([NaN])).toBeNaN();
});
