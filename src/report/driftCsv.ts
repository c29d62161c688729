import { textCell } from '../core/table/write';
import type { Comparison } from '../core/drift/compare';
import { noteText, qualityTexts } from './driftWords';

const HEADER = [
  'name',
  'type',
  'test',
  'value',
  'threshold',
  'drifted',
  'verdict',
  'stability',
  'p',
  'p_adjusted',
  'missing_reference',
  'missing_current',
  'data',
  'notes',
];

/** A comparison as CSV, a line a column and test; what can't be computed is empty. Notes are English. */
export function driftCsv({ columns }: Comparison): string {
  const lines = columns.flatMap((column) => {
    const notes = [...column.notes.map((note) => noteText('en', note)), ...qualityTexts('en', column)].join(
      ' ',
    );
    const tests = column.tests.length
      ? column.tests
      : [{ test: '', value: NaN, threshold: null, drifted: null }];
    return tests.map(({ test, value, threshold, drifted }) => [
      column.name,
      column.type,
      test,
      value,
      threshold,
      drifted,
      column.verdict,
      column.stability,
      column.p,
      column.adjusted,
      column.missing.reference,
      column.missing.current,
      column.data,
      notes,
    ]);
  });
  return [HEADER, ...lines].map((cells) => `${cells.map(cell).join(',')}\n`).join('');
}

function cell(value: string | number | boolean | null): string {
  if (value === null || (typeof value === 'number' && !Number.isFinite(value))) return '';
  return typeof value === 'string' ? textCell(value) : String(value);
}
