import { describe, expect, test } from 'vitest';
import { readCsv } from '../../src/core/table/csv';
import { columnOf, texts, type Table } from '../../src/core/table/table';
import { csvPieces } from '../../src/core/table/write';
import { codeOf, errorOf } from '../support/files';

const utf8 = (text: string) => new TextEncoder().encode(text);
const read = (text: string, keep: string[] = []) => readCsv(utf8(text), 'f.csv', { text: keep });
const plain = (table: Table) =>
  Object.fromEntries(
    [...table.columns].map(([name, column]) => [
      name,
      column.kind === 'number' ? [...column.values] : texts(column),
    ]),
  );

describe('CSV as people have it', () => {
  test('byte-order mark, CRLF, quotes with delimiters and line breaks', () => {
    expect(plain(read('\uFEFFid,text,n\r\n1,"a, ""b""\r\nc",1.5\r\n2,x,\r\n'))).toEqual({
      id: [1, 2],
      text: ['a, "b"\r\nc', 'x'],
      n: [1.5, NaN],
    });
  });

  test('semicolons, decimal commas and grouped thousands', () => {
    expect(plain(read('id;amount;rate;big\n1;1.234,50;0,5;12.345\n2;-2,25;1,75;1.000\n'))).toEqual({
      id: [1, 2],
      amount: [1234.5, -2.25],
      rate: [0.5, 1.75],
      big: [12345, 1000],
    });
  });

  test('French and Swiss grouping', () => {
    expect(plain(read('a;b\n1 234,5;1’234\n12\u202F345,0;999\n'))).toEqual({
      a: [1234.5, 12345],
      b: [1234, 999],
    });
  });

  test('a comma that only groups, when the file uses points', () => {
    expect(plain(read('a;b\n1,234;0.5\n12,345;1.5\n'))).toEqual({ a: [1234, 12345], b: [0.5, 1.5] });
  });

  test('only the truly ambiguous is refused, by name and value', async () => {
    expect(await codeOf(() => read('a;b\n1,234;x\n2,345;y\n'))).toBe('csv-ambiguous-decimal');
    expect(plain(read('a;b\n1,234;0,5\n'))).toEqual({ a: [1.234], b: [0.5] });
  });

  test('three decimals with a point stay decimals', () => {
    expect(plain(read('a,b\n1.234,1\n2.345,2\n'))['a']).toEqual([1.234, 2.345]);
  });

  test('Latin-1 and UTF-16', () => {
    const latin = Uint8Array.from('nom;ville\né;Zürich\n', (c) => c.charCodeAt(0));
    expect(plain(readCsv(latin, 'f.csv'))).toEqual({ nom: ['é'], ville: ['Zürich'] });
    const wide = Uint8Array.from(
      '\uFEFFa,b\n1,é\n'.split('').flatMap((c) => [c.charCodeAt(0) & 255, c.charCodeAt(0) >> 8]),
    );
    expect(plain(readCsv(wide, 'f.csv'))).toEqual({ a: [1], b: ['é'] });
  });

  test('missing values as pandas reads them, infinities, exponents, truth values', () => {
    expect(plain(read('a,b,c,d\nNA,inf,1e3,True\n1,-Infinity,-2.5E-3,False\nnull,3,,\n'))).toEqual({
      a: [NaN, 1, NaN],
      b: [Infinity, -Infinity, 3],
      c: [1000, -0.0025, NaN],
      d: [1, 0, NaN],
    });
    expect(texts(columnOf(read('a\nnone\nNone\nx\n'), 'a'))).toEqual(['none', '', 'x']);
  });

  test('ids stay as written, leading zeros read as numbers elsewhere', () => {
    expect(plain(read('id,code\n007,007\n010,010\n', ['id']))).toEqual({ id: ['007', '010'], code: [7, 10] });
  });

  test('tabs, one column, blank lines, an unnamed index column', () => {
    expect(plain(read('a\tb\n1\t2\n\n3\t4\n'))).toEqual({ a: [1, 3], b: [2, 4] });
    expect(plain(read('a\n1\n2\n'))).toEqual({ a: [1, 2] });
    expect([...read(',a\n0,5\n').columns.keys()]).toEqual(['Unnamed: 0', 'a']);
  });

  test('a column longer than one read chunk', () => {
    const rows = Array.from({ length: 300_000 }, (_, i) => `${i},"name ${i}, x"`);
    const table = read(`id,name\n${rows.join('\n')}\n`);
    expect(table.rows).toBe(300_000);
    expect(texts(columnOf(table, 'name'))[299_999]).toBe('name 299999, x');
  });

  test.each([
    ['', 'csv-empty'],
    ['a,b\n1\n', 'csv-ragged'],
    ['a,a\n1,2\n', 'column-repeated'],
    ['a,b\n"1,2\n3,4\n', 'csv-quote'],
  ])('%j is refused with %s', async (text, code) => {
    expect(await codeOf(() => read(text))).toBe(code);
  });

  test('binary files are refused', async () => {
    expect(await codeOf(() => readCsv(Uint8Array.of(80, 0, 3, 0), 'f.csv'))).toBe('csv-encoding');
  });

  test('in a file of UTF-8 a byte that is none is told with its line; a file of Latin-1 is one', async () => {
    const spoilt = (text: string, byte: number) => {
      const bytes = utf8(text);
      bytes[bytes.indexOf('#'.charCodeAt(0))] = byte;
      return bytes;
    };
    const told = await errorOf(() => readCsv(spoilt('id,name\n1,Rénard\n2,Caf#\n', 0xe9), 'f.csv'));
    expect(told).toMatchObject({ code: 'csv-byte', params: { line: 3, value: '2,Caf\uFFFD' } });
    expect(plain(readCsv(spoilt('id,name\n2,Caf#\n', 0xe9), 'f.csv'))['name']).toEqual(['Café']);
    const zero = await errorOf(() => readCsv(spoilt(`id,name\n1,${'a'.repeat(200)}\n2,b#\n`, 0), 'f.csv'));
    expect(zero).toMatchObject({ code: 'csv-byte', params: { line: 3 } });
  });

  test('line ends of several kinds in one file', () => {
    const columns = { id: ['1', '2', '3'], x: ['a', 'b', 'c'] };
    for (const text of ['id,x\r\n1,a\n2,b\r3,c\r\n', 'id,x\r1,a\r2,b\r3,c', 'id,x\n1,a\r\n2,b\n3,c\r\n'])
      expect(plain(read(text, ['id']))).toEqual(columns);
  });

  test('what is written is read again', () => {
    const table = read('id,t,n\n1,"a,""b",1.5\n2,,\n');
    expect(plain(read([...csvPieces(table)].join('')))).toEqual(plain(table));
  });
});

test('one line of many megabytes is refused before it is read', () => {
  const line = new Uint8Array(17 * 1024 * 1024).fill(','.charCodeAt(0));
  expect(() => readCsv(line, 'x.csv')).toThrow('csv-line-long');
  const rows = new Uint8Array(17 * 1024 * 1024).fill('\n'.charCodeAt(0));
  rows[0] = 'a'.charCodeAt(0);
  expect(() => readCsv(rows, 'x.csv')).not.toThrow('csv-line-long');
});
