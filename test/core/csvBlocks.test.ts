import { describe, expect, test } from 'vitest';
import { readCsv } from '../../src/core/table/csv';
import { openCsv, type CsvBlocks, type CsvBlocksOptions } from '../../src/core/table/csvBlocks';
import { rangesOf } from '../../src/core/table/ranges';
import { scanned, wholeTable } from '../../src/core/table/source';
import { columnOf, texts, type Column, type Table } from '../../src/core/table/table';
import { seededRandom as randomOf } from '../../src/core/numeric/random';
import { codeOf, errorOf } from '../support/files';

const utf8 = (text: string) => new TextEncoder().encode(text);
const open = (bytes: Uint8Array, options: CsvBlocksOptions = {}): Promise<CsvBlocks> =>
  openCsv(rangesOf(bytes), 'f.csv', { block: 1000, ...options });
/** Columns without the codes of their texts, which hang on the blocks. */
const plain = ({ rows, columns }: Table) => ({
  rows,
  columns: [...columns].map(([name, column]: [string, Column]) => [
    name,
    column.written,
    column.kind === 'number' ? [...column.values] : texts(column),
  ]),
});

/** Rows as people have them: an id, numbers with gaps, texts with quotes, delimiters, line ends and letters of all lengths. */
function rowsOf(seed: number, newline: string, delimiter: string): string {
  const random = randomOf(seed);
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)];
  const words = [
    'clerk',
    'é',
    'Żaneta',
    '日本',
    '😀',
    'a "b"',
    `x${delimiter}y`,
    `two${newline}lines`,
    '',
    ' padded ',
  ];
  const quoted = (cell: string) =>
    /["\r\n]/.test(cell) || cell.includes(delimiter) || random() < 0.1
      ? `"${cell.replaceAll('"', '""')}"`
      : cell;
  const lines = Array.from({ length: 400 }, (_, i) =>
    [
      `c${i}`,
      random() < 0.2 ? '' : (random() * 1000).toFixed(2),
      String(Math.floor(random() * 9)),
      quoted(pick(words)),
      pick(['true', 'false']),
    ].join(delimiter),
  );
  if (random() < 0.5) lines.splice(200, 0, '');
  return (
    [['id', 'amount', 'whole', 'text', 'flag'].join(delimiter), ...lines].join(newline) +
    (random() < 0.5 ? newline : '')
  );
}

describe('a CSV read in blocks', () => {
  const cases = ['\n', '\r\n', '\r'].flatMap((newline) =>
    [',', ';', '\t', '|'].map((delimiter) => [newline, delimiter] as const),
  );
  test.each(cases)(
    'is the same as read at once, lines ending in %j, cells in %j',
    async (newline, delimiter) => {
      for (let seed = 1; seed <= 4; seed++) {
        const bytes = utf8(rowsOf(seed, newline, delimiter));
        const whole = readCsv(bytes, 'f.csv', { text: ['id'] });
        const blocks = await open(bytes, { text: ['id'] });
        expect(blocks.blocks.length).toBeGreaterThan(5);
        expect(plain(await wholeTable(blocks))).toEqual(plain(whole));
        let at = 0;
        for await (const part of scanned(blocks, ['id', 'amount'], 7)) {
          expect(texts(columnOf(part, 'id'))).toEqual(texts(columnOf(whole, 'id')).slice(at, at + part.rows));
          at += part.rows;
        }
        expect(at).toBe(400);
      }
    },
  );

  const numbers = (newline: string) =>
    Array.from({ length: 300 }, (_, i) => `${i},${i / 4},é${i}`).reduce(
      (text, line) => text + newline + line,
      'a,b,c',
    );

  test('whatever its encoding, its mark and its line ends', async () => {
    const text = numbers('\n');
    const wide = (mark: string) =>
      Uint8Array.from([...(mark + text)].flatMap((c) => [c.charCodeAt(0) & 255, c.charCodeAt(0) >> 8]));
    const latin = Uint8Array.from(text, (c) => c.charCodeAt(0));
    const mixed = utf8(text.replace('\n20,', '\r\n20,').replace('\n200,', '\r200,'));
    for (const bytes of [
      utf8(text),
      utf8(`\ufeff${text}`),
      latin,
      wide('\ufeff'),
      mixed,
      utf8(`sep=,\r\n${numbers('\r\n')}`),
    ])
      expect(plain(await wholeTable(await open(bytes)))).toEqual(plain(readCsv(bytes, 'f.csv')));
  });

  test('of a header alone has no rows; of nothing is refused', async () => {
    expect(plain(await wholeTable(await open(utf8('a,b\n'))))).toEqual(
      plain(readCsv(utf8('a,b\n'), 'f.csv')),
    );
    for (const nothing of ['', '\n\n', '\ufeff'])
      expect(await codeOf(() => open(utf8(nothing)))).toBe('csv-empty');
  });

  test('kinds are those of the whole file: a text in its last row makes texts of all', async () => {
    const blocks = await open(utf8(`${numbers('\n')}\nx,1.234,y`));
    const first = await blocks.read('a', { from: 0, to: 2 });
    expect(first && texts(first)).toEqual(['0', '1']);
    expect(first?.kind).toBe('text');
  });

  test.each([
    ['a record that is too short', (text: string) => `${text}\n1,2\n`, 'csv-ragged'],
    ['a quote that does not end', (text: string) => `${text}\n1,2,"x\n`, 'csv-quote'],
    ['a name twice', (text: string) => text.replace('a,b,c', 'a,b,b'), 'column-repeated'],
    ['a zero byte', (text: string) => `${text}\n1,2,\0x`, 'csv-byte'],
  ])('%s is refused as it is at once, with the line', async (_, spoil, code) => {
    const bytes = utf8(spoil(numbers('\n')));
    const [blocks, whole] = [await errorOf(() => open(bytes)), await errorOf(() => readCsv(bytes, 'f.csv'))];
    expect([blocks?.code, blocks?.params]).toEqual([code, whole?.params]);
  });

  test('a spoilt byte among letters of UTF-8 is told with its line', async () => {
    const bytes = utf8(`${numbers('\n')}\n1,2,?`);
    bytes[bytes.length - 1] = 0xff;
    const [blocks, whole] = [await errorOf(() => open(bytes)), await errorOf(() => readCsv(bytes, 'f.csv'))];
    expect(blocks?.params).toEqual(whole?.params);
    expect(blocks?.code).toBe('csv-byte');
  });

  test('records of another number of cells are left out where that is asked for, and rows know their lines', async () => {
    const lines = numbers('\n').split('\n');
    lines.splice(10, 0, 'short');
    lines.splice(200, 0, '1,2,3,4');
    const blocks = await open(utf8(lines.join('\n')), { apart: true });
    expect(blocks.ragged).toEqual([
      { line: 11, found: 1 },
      { line: 201, found: 4 },
    ]);
    expect([blocks.rows, blocks.width]).toEqual([300, 3]);
    const ids = await blocks.read('a');
    for (const row of [0, 8, 9, 10, 150, 197, 198, 299])
      expect(lines[blocks.lineOf(row) - 1].split(',')[0]).toBe(ids && texts(ids)[row]);
  });

  test('can be stopped, and tells how far it is', async () => {
    const told: number[] = [];
    const bytes = utf8(numbers('\n'));
    await open(bytes, { progress: (done, total) => told.push(done / total) });
    expect(told.at(-1)).toBe(1);
    expect(await codeOf(() => open(bytes, { signal: AbortSignal.abort() }))).toBe('stopped');
  });
});
