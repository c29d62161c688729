import { expect, test } from 'vitest';
import { readRowsApart } from '../../src/bundle/apart';
import type { ManifestColumn } from '../../src/bundle/schema';
import { readCsv } from '../../src/core/table/csv';
import { columnOf, texts } from '../../src/core/table/table';
import { codeOf } from '../support/files';

const declared = [
  { name: 'id', role: 'id', type: 'text' },
  { name: 'amount', role: 'feature', type: 'number' },
  { name: 'income', role: 'feature', type: 'number' },
  { name: 'job', role: 'feature', type: 'category', levels: [{ value: 'clerk' }] },
  { name: 'ratio', role: 'feature', type: 'number', derived: { op: 'ratio', of: ['amount', 'income'] } },
] as ManifestColumn[];
const apart = (text: string) =>
  readRowsApart(readCsv(new TextEncoder().encode(text), 'f.csv', { text: ['id', 'job'] }), declared, {
    id: 'id',
    inputs: ['amount', 'income', 'job', 'ratio'],
  });

test('rows that can’t be read are kept apart, each with its cause; the others are read as ever', () => {
  const { rows, positions, problems } = apart(
    'id,amount,income,job,ratio\na,1,2,clerk,0.5\nb,one,2,clerk,0.5\n,1,2,clerk,0.5\nd,1,4,pilot,0.9\ne,,4,,\nf,3,4,clerk,0.75\n',
  );
  expect(texts(columnOf(rows.table, 'id'))).toEqual(['a', 'e', 'f']);
  expect([...positions]).toEqual([0, 4, 5]);
  expect(columnOf(rows.table, 'amount')).toMatchObject({ values: Float64Array.of(1, NaN, 3) });
  expect(problems.map(({ row, error }) => [row, error.code, error.params])).toEqual([
    [1, 'column-not-number', { column: 'amount', file: 'f.csv', row: 2, value: 'one' }],
    [2, 'id-missing', { column: 'id', row: 3 }],
    [3, 'derived-mismatch', { column: 'ratio', row: 4, found: 0.9, expected: 0.25 }],
  ]);
});

test('where every row disagrees with a rule, or an input is absent, the table is refused', async () => {
  const wrong = Array.from({ length: 200 }, (_, i) => `${i},1,2,clerk,0.9`).join('\n');
  expect(await codeOf(() => apart(`id,amount,income,job,ratio\n${wrong}\n`))).toBe('derived-mismatch');
  expect(await codeOf(() => apart('id,amount,job\na,1,clerk\n'))).toBe('column-unknown');
});
