import { beforeEach, describe, expect, test } from 'vitest';
import { KeptColumns } from '../../src/core/table/kept';
import { openParquet } from '../../src/core/table/parquet';
import { GROUP_ROWS, writeParquet } from '../../src/core/table/parquetWrite';
import { rangesOf } from '../../src/core/table/ranges';
import { blocksOf, scanned, type RowRange, type TableSource } from '../../src/core/table/source';
import { columnOf, concatColumns, textColumn, texts, type Column } from '../../src/core/table/table';

const ROWS = 2 * GROUP_ROWS + 7;
const ids = Array.from({ length: ROWS }, (_, row) => `c${row}`);
const table = {
  name: 'clients.parquet',
  rows: ROWS,
  columns: new Map<string, Column>([
    ['id', textColumn(ids)],
    ['x', { kind: 'number', values: Float64Array.from({ length: ROWS }, (_, row) => row / 4) }],
    ['code', { kind: 'number', values: Int32Array.from({ length: ROWS }, (_, row) => row % 3) }],
  ]),
};

describe('a Parquet file of several row groups', () => {
  let source: TableSource;
  /** Bytes that were taken from the file. */
  let taken: number;
  let bytes: number;
  beforeEach(async () => {
    const file = writeParquet(table);
    bytes = file.length;
    const ranges = rangesOf(file);
    source = await openParquet(
      {
        byteLength: ranges.byteLength,
        slice: (from, to = ranges.byteLength) => {
          taken += to - from;
          return ranges.slice(from, to);
        },
      },
      'clients.parquet',
    );
    taken = 0;
  });

  test('tells where its groups begin', () => {
    expect(source.blocks).toEqual([0, GROUP_ROWS, 2 * GROUP_ROWS]);
    expect(blocksOf(source).at(-1)).toEqual({ from: 2 * GROUP_ROWS, to: ROWS });
  });

  test.each([
    [0, 1],
    [GROUP_ROWS - 1, GROUP_ROWS + 1],
    [3, ROWS],
    [ROWS - 1, ROWS],
    [5, 5],
  ])('gives the rows %i to %i of a column as they are in the whole', async (from, to) => {
    const read = await source.read('id', { from, to });
    expect(read && texts(read)).toEqual(ids.slice(from, to));
    const numbers = await source.read('x', { from, to });
    expect(numbers?.kind === 'number' && [...numbers.values]).toEqual(
      ids.slice(from, to).map((_, i) => (from + i) / 4),
    );
  });

  test('reads a block for a row, and not the file', async () => {
    await source.read('x', { from: ROWS - 2, to: ROWS - 1 });
    expect(taken).toBeLessThan(bytes / 100);
  });

  test('keeps the type of its columns whatever is read of them', async () => {
    expect(await source.read('code', { from: 1, to: 3 })).toMatchObject({ written: 'whole' });
    const x = await source.read('x');
    expect(x?.kind === 'number' && x.values).toBeInstanceOf(Float32Array);
  });

  test('is walked block by block, at most so many rows at once', async () => {
    const sizes: number[] = [];
    const seen: string[] = [];
    for await (const part of scanned(source, ['id', 'none'], 6000)) {
      sizes.push(part.rows);
      seen.push(...texts(columnOf(part, 'id')));
    }
    expect(sizes).toEqual([6000, 4000, 6000, 4000, 7]);
    expect(seen).toEqual(ids);
  });
});

describe('columns that are kept', () => {
  const reads: string[] = [];
  const counted = (blocks: number[]): TableSource => ({
    name: 'counted',
    rows: 6,
    names: ['a', 'b'],
    blocks,
    read: (name, { from, to }: RowRange = { from: 0, to: 6 }) => {
      reads.push(`${name} ${from}-${to}`);
      if (name === 'c') return Promise.resolve(null);
      const values = Float64Array.of(0, 1, 2, 3, 4, 5).subarray(from, to);
      return Promise.resolve({ kind: 'number', values });
    },
  });
  beforeEach(() => (reads.length = 0));
  const values = (column: Column | null) => column?.kind === 'number' && [...column.values];

  test('rows come in the order asked for, from the blocks that hold them', async () => {
    const kept = new KeptColumns(counted([0, 2, 4]), 1000);
    expect(values(await kept.take('a', Int32Array.of(5, 0, 4, 1)))).toEqual([5, 0, 4, 1]);
    expect(reads).toEqual(['a 0-2', 'a 4-6']);
    expect(values(await kept.read('a', { from: 1, to: 5 }))).toEqual([1, 2, 3, 4]);
    expect(reads).toEqual(['a 0-2', 'a 4-6', 'a 2-4']);
    expect(values(await kept.take('a', new Int32Array(0)))).toEqual([]);
  });

  test('a whole column answers for its rows, and a table of one block is read whole', async () => {
    const kept = new KeptColumns(counted([0, 2, 4]), 1000);
    await kept.read('a');
    expect(values(await kept.take('a', Int32Array.of(3)))).toEqual([3]);
    expect(reads).toEqual(['a 0-6']);
    const one = new KeptColumns(counted([0]), 1000);
    await one.take('b', Int32Array.of(1));
    await one.read('b', { from: 2, to: 3 });
    expect(reads).toEqual(['a 0-6', 'b 0-6']);
  });

  test('what was used last stays within the bytes allowed', async () => {
    const kept = new KeptColumns(counted([0, 2, 4]), 2 * 16);
    for (const from of [0, 2]) await kept.read('a', { from, to: from + 2 });
    await kept.read('a', { from: 0, to: 2 });
    await kept.read('a', { from: 4, to: 6 });
    await kept.read('a', { from: 0, to: 2 });
    expect(reads).toEqual(['a 0-2', 'a 2-4', 'a 4-6']);
    await kept.read('a', { from: 2, to: 4 });
    expect(reads.at(-1)).toBe('a 2-4');
  });

  test('a column that is not there is none, in part and whole', async () => {
    const kept = new KeptColumns(counted([0, 2, 4]), 1000);
    expect(await kept.read('c')).toBeNull();
    expect(await kept.read('c', { from: 0, to: 3 })).toBeNull();
    expect(await kept.take('c', Int32Array.of(0))).toBeNull();
  });
});

describe('columns one after the other', () => {
  const levels = ['low', 'high'];
  const coded = (codes: number[], dictionary: string[] = levels): Column => ({
    kind: 'text',
    codes: Int32Array.from(codes),
    dictionary,
  });

  test('of one dictionary keep it', () => {
    const joined = concatColumns([coded([0, -1]), coded([1])]);
    expect(joined).toEqual(coded([0, -1, 1]));
    expect(joined.kind === 'text' && joined.dictionary).toBe(levels);
  });

  test('of several keep the codes of the first, what only others have comes behind', () => {
    const joined = concatColumns([
      coded([1], ['low', 'high', 'odd']),
      coded([2, 0, -1], ['low', 'high', 'new']),
    ]);
    expect(joined).toEqual(coded([1, 3, 0, -1], ['low', 'high', 'odd', 'new']));
  });

  test('numbers and texts together are texts', () => {
    const joined = concatColumns([{ kind: 'number', values: Float64Array.of(1.5, NaN) }, coded([0])]);
    expect(texts(joined)).toEqual(['1.5', '', 'low']);
  });
});
