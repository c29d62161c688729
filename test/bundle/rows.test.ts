import { describe, expect, test } from 'vitest';
import { readRows, requireRows } from '../../src/bundle/rows';
import type { ManifestColumn } from '../../src/bundle/schema';
import { lateOutcomesOf, outcomesOf, parseTarget } from '../../src/bundle/target';
import { readCsv } from '../../src/core/table/csv';
import { columnOf, textColumn, texts } from '../../src/core/table/table';
import { codeOf } from '../support/files';

const declared: ManifestColumn[] = [
  { name: 'id', role: 'id', type: 'text' },
  { name: 'age', role: 'feature', type: 'number' },
  { name: 'job', role: 'feature', type: 'category', levels: [{ value: 'clerk' }, { value: 'pilot' }] },
  { name: 'y', role: 'target', type: 'number' },
] as ManifestColumn[];
const options = { id: 'id', inputs: ['age', 'job'] };
const csv = (text: string) => readCsv(new TextEncoder().encode(text), 'rows.csv', { text: ['id'] });
const numbersOf = (name: string, rows: ReturnType<typeof readRows>) => {
  const column = columnOf(rows.table, name);
  return column.kind === 'number' ? [...column.values] : texts(column);
};

describe('a user’s rows', () => {
  test('are read as declared: ids kept, numbers and levels known', () => {
    const rows = readRows(csv('id,age,job,extra\n007,30,clerk,x\n 8 ,,pilot,y\n'), declared, options);
    expect(rows.unreadable).toEqual([]);
    expect(rows.absent).toEqual([]);
    expect(numbersOf('id', rows)).toEqual(['007', '8']);
    expect(numbersOf('age', rows)).toEqual([30, NaN]);
    expect(rows.target).toBeNull();
    expect(requireRows(rows)).toBe(rows);
  });

  test('what could not be taken as it was meant is told, and nothing is thrown', async () => {
    const rows = readRows(csv('id,age,job\n1,old,clerk\n2,31,baker\n3,32,baker\n'), declared, options);
    expect(rows.unreadable.map(({ column, error }) => [column, error.code])).toEqual([
      ['age', 'column-not-number'],
    ]);
    expect(await codeOf(() => requireRows(rows))).toBe('column-not-number');
  });

  test('numbers that a file holds as text are numbers, where each can be only one', async () => {
    const age = (...cells: string[]) => {
      const texted = { name: 'rows', rows: cells.length, columns: new Map([['age', textColumn(cells)]]) };
      const ids = textColumn(cells.map((_, i) => String(i)));
      const table = { ...texted, columns: new Map([...texted.columns, ['id', ids]]) };
      return readRows(table, declared, { ...options, inputs: ['age'] });
    };
    expect(numbersOf('age', age('22406', '1e3', 'NA', '-3'))).toEqual([22406, 1000, NaN, -3]);
    expect(numbersOf('age', age('1.234', '0.5'))).toEqual([1.234, 0.5]);
    for (const unsure of [['1.234', '5'], ['1,234'], ['$12'], ['12 %'], ['1.234.567', '0.5']])
      expect(await codeOf(() => requireRows(age(...unsure)))).toBe('column-not-number');
  });

  test('a derived column that disagrees is told, and takes no other with it', () => {
    const derived = (name: string, of: string[]) =>
      ({ name, role: 'feature', type: 'number', derived: { op: 'sum', of } }) as ManifestColumn;
    const feature = (name: string) => ({ name, role: 'feature', type: 'number' }) as ManifestColumn;
    const columns = [
      declared[0],
      ...['a', 'b', 'text'].map(feature),
      derived('wrong', ['a', 'b']),
      derived('right', ['b', 'b']),
      derived('none', ['a', 'text']),
      derived('later', ['right', 'a']),
    ];
    const inputs = ['wrong', 'right', 'none', 'later'];
    const rows = readRows(csv('id,a,b,text,wrong\n1,1,2,x,7\n'), columns, { id: 'id', inputs });
    expect(rows.unreadable.map(({ column, error }) => [column, error.code])).toEqual([
      ['text', 'column-not-number'],
      ['wrong', 'derived-mismatch'],
    ]);
    expect(rows.absent).toEqual(['none']);
    expect(inputs.filter((name) => name !== 'none').map((name) => numbersOf(name, rows))).toEqual([
      [7],
      [4],
      [5],
    ]);
  });

  test('an input that is not there is named', async () => {
    const rows = readRows(csv('id,age\n1,30\n'), declared, options);
    expect(rows.absent).toEqual(['job']);
    expect(await codeOf(() => requireRows(rows))).toBe('column-unknown');
  });

  test('outcomes are read where they are asked for; unreadable ones are told', () => {
    const target = parseTarget('y=bad');
    const rows = readRows(csv('id,age,job,y\n1,30,clerk,bad\n2,31,pilot,good\n3,32,pilot,\n'), declared, {
      ...options,
      target,
    });
    expect([...(rows.target ?? [])]).toEqual([1, 0, -1]);
    expect(numbersOf('y', rows)).toEqual([1, 0, NaN]);
    const wrong = readRows(csv('id,age,job,y\n1,30,clerk,maybe\n'), declared, { ...options, target });
    expect(wrong.target).toBeNull();
    expect(wrong.unreadable.map(({ error }) => error.code)).toEqual(['target-value-absent']);
    const good = csv('id,age,job,y\n1,30,clerk,good\n');
    expect(readRows(good, declared, { ...options, target }).target).toBeNull();
    expect([...(readRows(good, declared, { ...options, target, late: true }).target ?? [])]).toEqual([0]);
  });
});

describe('outcomes', () => {
  const column = (...values: string[]) =>
    columnOf(csv(`id,y\n${values.map((v, i) => `${i},${v}`).join('\n')}\n`), 'y');

  test('0 and 1, or the named value', async () => {
    expect([...outcomesOf(column('0', '1', ''), parseTarget('y'))]).toEqual([0, 1, -1]);
    expect([...outcomesOf(column('good', 'bad'), parseTarget('y=bad'))]).toEqual([0, 1]);
    expect(await codeOf(() => outcomesOf(column('good', 'bad'), parseTarget('y')))).toBe('target-values');
    expect(await codeOf(() => outcomesOf(column('good'), parseTarget('y=bad')))).toBe('target-value-absent');
  });

  test('late ones: none yet, of one kind only, or as numbers in the place of words', async () => {
    const target = parseTarget('y=bad');
    expect(lateOutcomesOf(column('', ''), target)).toBeNull();
    expect([...(lateOutcomesOf(column('good', 'good'), target) ?? [])]).toEqual([0, 0]);
    expect([...(lateOutcomesOf(column('0', '1'), target) ?? [])]).toEqual([0, 1]);
    expect(await codeOf(() => lateOutcomesOf(column('good', 'ok'), target))).toBe('target-value-absent');
  });
});
