import { expect, test } from 'vitest';
import {
  conditionOf,
  conditionText,
  queryIn,
  queryOf,
  requestOf,
  savedIn,
  savedQuery,
} from '../../src/state/driftQuery';
import type { DriftRequest } from '../../src/core/drift/request';

const sources = (['reference', 'test', 'clients', 'current'] as const).map((source) => ({
  source,
  rows: 10,
  labelled: true,
  span: source === 'current' ? (['2025-11-01', '2026-10-31'] as [string, string]) : null,
}));

test('without a word: training rows against later ones, by month', () => {
  expect(requestOf(new URLSearchParams(), sources)).toEqual({
    reference: { source: 'reference' },
    current: { source: 'current' },
    preset: 'psi',
    chunking: { period: 'month' },
  });
  expect(requestOf(new URLSearchParams(), sources.slice(2, 3)).current.source).toBe('clients');
});

test.each<DriftRequest>([
  {
    reference: { source: 'test', where: { column: 'purpose', level: 'new car' } },
    current: {
      source: 'current',
      from: '2026-01-01',
      to: '2026-03-31',
      where: { column: 'a:b', from: -1.5, to: 20 },
    },
    preset: 'nannyml',
    chunking: { size: 500 },
  },
  {
    reference: { source: 'current', to: '2026-01-31' },
    current: { source: 'current', from: '2026-02-01' },
    preset: 'evidently',
    chunking: null,
    columns: ['a,b', 'c&d=é'],
  },
])('a request is what its address says', (request) => {
  expect(requestOf(new URLSearchParams(queryOf(request)), sources)).toEqual(request);
});

test('small and large numbers survive the address', () => {
  for (const [from, to] of [
    [1e-7, 1e21],
    [-0.5, undefined],
    [undefined, -2e-9],
  ])
    expect(conditionOf(conditionText({ column: 'a', from, to }))).toEqual({ column: 'a', from, to });
});

test('a kept comparison has a number', () => {
  expect(savedIn(queryIn(savedQuery(12)))).toBe(12);
  for (const text of [null, '', 'saved=', 'saved=0', 'saved=-1', 'saved=1e3', 'saved=12x'])
    expect(savedIn(queryIn(text))).toBe(null);
});

test('nonsense in an address is left out', () => {
  const query = new URLSearchParams('ref=moon&cur=file&preset=x&chunk=-4&curFrom=soon&curWhere==');
  expect(requestOf(query, sources)).toEqual({
    reference: { source: 'reference' },
    current: { source: 'file' },
    preset: 'psi',
    chunking: null,
  });
});
