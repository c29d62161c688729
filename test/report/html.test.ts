import { expect, test } from 'vitest';
import { driftHtml } from '../../src/report/driftHtml';
import { compareTables, type Comparison } from '../../src/core/drift/compare';
import { sourceOf } from '../../src/core/table/source';
import { textColumn, type Table } from '../../src/core/table/table';
import { driftRows } from '../../src/report/driftSummary';

test('a level of 60,000 blanks costs a report no more than any other', async () => {
  const blanks = ` ${' '.repeat(60_000)}\n`;
  const table = (name: string, level: string): Table => ({
    name,
    rows: 40,
    columns: new Map([['zone', textColumn(Array.from({ length: 40 }, (_, i) => (i % 2 ? level : 'b')))]]),
  });
  const steps = compareTables(sourceOf(table('a', 'a')), sourceOf(table('b', blanks)), { preset: 'psi' });
  let step = await steps.next();
  while (!step.done) step = await steps.next();
  const comparison: Comparison = step.value;
  const document = { locale: 'en' as const, title: 't', subtitle: 's', at: new Date(0), result: null };
  const rows = driftRows('en', comparison.columns, null, []);
  // Quadratic it took 15 s; a test waits for no clock, but has one of its own.
  expect(driftHtml({ ...document, comparison, rows, columns: [] })).toContain('zone');
}, 5000);
