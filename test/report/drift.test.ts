import { beforeAll, expect, test } from 'vitest';
import { compareTables, type Comparison } from '../../src/core/drift/compare';
import { sourceOf } from '../../src/core/table/source';
import { textColumn, type Column, type Table } from '../../src/core/table/table';
import { driftCsv } from '../../src/report/driftCsv';
import { driftHtml } from '../../src/report/driftHtml';
import { driftRows, orderRows } from '../../src/report/driftSummary';

const ROWS = 600;
/** 800 columns with awkward names, and an id that must not show. */
function wide(shift: number): Table {
  const columns = new Map<string, Column>([
    ['client', textColumn(Array.from({ length: ROWS }, (_, i) => `client-${i}-${shift}`))],
  ]);
  for (let j = 0; j < 800; j++) {
    const values = Float64Array.from(
      { length: ROWS },
      (_, i) => Math.sin(i * (j + 1)) * 1000 + shift * (j % 3),
    );
    const name = j === 0 ? '<script>alert(1)</script>' : `feature ${j} with quite a long name`;
    columns.set(name, { kind: 'number', values });
  }
  columns.set('=1+1', columns.get('feature 1 with quite a long name') as Column);
  return { name: `side-${shift}`, rows: ROWS, columns };
}

let comparison: Comparison;
beforeAll(async () => {
  const steps = compareTables(sourceOf(wide(0)), sourceOf(wide(90)), {
    preset: 'psi',
    chunking: { number: 6 },
  });
  for (;;) {
    const step = await steps.next();
    if (!step.done) continue;
    comparison = step.value;
    return;
  }
});

test('the report of 800 columns is below 2 MB, holds no row and no script', () => {
  const rows = driftRows('en', comparison.columns, null, []);
  const text = driftHtml({
    locale: 'en',
    title: 'Wide',
    subtitle: 'a → b',
    at: new Date(0),
    comparison,
    result: null,
    rows,
    columns: [],
  });
  expect(text.length).toBeLessThan(2_000_000);
  expect(text).not.toMatch(/<script|client-\d|https?:|src=|NaN|undefined/);
  expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(text.match(/<tr>/g)?.length).toBeGreaterThan(800);
});

test('CSV: a name that begins like a formula is none', () => {
  const csv = driftCsv(comparison);
  expect(csv).toContain("\n'=1+1,number,psi,");
  expect(csv).not.toMatch(/NaN|client-\d/);
});

test('rows in order: effect, name, back', () => {
  const rows = driftRows('en', comparison.columns, null, []);
  const values = orderRows(rows, 'effect').map(({ column }) => column.stability);
  const there = values.filter((value) => !Number.isNaN(value));
  expect(there).toEqual([...there].sort((a, b) => b - a));
  const names = orderRows(rows, 'name', false).map(({ label }) => label);
  expect(orderRows(rows, 'name').map(({ label }) => label)).toEqual([...names].reverse());
});
