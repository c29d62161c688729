import { describe, expect, test } from 'vitest';
import { inBlocks, type ByteRanges } from '../../src/core/table/ranges';
import { remembered, sourceOf, takeRowsOf, wholeTable } from '../../src/core/table/source';
import { textColumn, type Column, type Table } from '../../src/core/table/table';

const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);

/** The bytes above, counting how often somebody goes for them. */
function counted(): ByteRanges & { reads: [number, number][] } {
  const reads: [number, number][] = [];
  return {
    reads,
    byteLength: bytes.length,
    slice: (from, to = bytes.length) => {
      reads.push([from, to]);
      return bytes.buffer.slice(from, to);
    },
  };
}

describe('bytes in blocks', () => {
  test('any slice is the file’s own, also across blocks, at the end and beyond it', async () => {
    const ranges = inBlocks(counted(), 64, 3);
    for (const [from, to] of [
      [0, 1000],
      [0, 10],
      [60, 70],
      [63, 193],
      [990, 1000],
      [900, undefined],
      [995, 2000],
      [10, 10],
    ] as const)
      expect([...new Uint8Array(await ranges.slice(from, to))]).toEqual([...bytes.slice(from, to)]);
  });

  test('neighbours come from one read, the last blocks are kept, a failed read is tried again', async () => {
    const file = counted();
    const ranges = inBlocks(file, 64, 2);
    for (const from of [0, 10, 50, 70, 20]) await ranges.slice(from, from + 8);
    expect(file.reads).toEqual([
      [0, 64],
      [64, 128],
    ]);
    await ranges.slice(128, 130);
    await ranges.slice(64, 66);
    expect(file.reads.map(([from]) => from)).toEqual([0, 64, 128, 64]);

    let broken = true;
    const shaky = inBlocks({
      byteLength: 1000,
      slice: (from, to) => (broken ? Promise.reject(new Error('gone')) : bytes.buffer.slice(from, to)),
    });
    await expect(shaky.slice(0, 8)).rejects.toThrow('gone');
    broken = false;
    expect(new Uint8Array(await shaky.slice(0, 2))).toEqual(bytes.slice(0, 2));
  });

  test('a file that became shorter is an error, not zeros', async () => {
    const cut = inBlocks({ byteLength: 1000, slice: () => new ArrayBuffer(0) });
    await expect(cut.slice(0, 8)).rejects.toThrow('shorter');
  });
});

describe('tables column by column', () => {
  const table: Table = {
    name: 't',
    rows: 3,
    columns: new Map<string, Column>([
      ['a', { kind: 'number', values: Float64Array.of(1, 2, 3) }],
      ['b', textColumn(['x', '', 'y'])],
    ]),
  };

  test('rows taken, columns chosen, each read once', async () => {
    let reads = 0;
    const source = sourceOf(table);
    const kept = remembered({ ...source, read: (name) => (reads++, source.read(name)) });
    const rows = takeRowsOf(kept, Int32Array.of(2, 0));
    const read = await wholeTable(rows, ['b', 'no such']);
    expect([read.rows, [...read.columns.keys()], read.columns.get('b')]).toEqual([
      2,
      ['b'],
      { ...textColumn(['x', '', 'y']), codes: Int32Array.of(1, 0) },
    ]);
    await wholeTable(rows);
    expect(reads).toBe(3);
    expect(await wholeTable(source)).toEqual(table);
  });
});
