import { beforeEach, describe, expect, test } from 'vitest';
import { EVEN_COSTS } from '../../src/core/decision/cost';
import { sourceOf, type TableSource } from '../../src/core/table/source';
import { columnOf, textColumn, texts, type Column, type Table } from '../../src/core/table/table';
import { Clients } from '../../src/engine/clients';
import { comparePlainTables } from '../../src/engine/drift/tables';
import { codeOf } from '../support/files';

const table = (ids: string[], columns: Record<string, number[]>): Table => ({
  name: 'clients',
  rows: ids.length,
  columns: new Map<string, Column>([
    ['id', textColumn(ids)],
    ...Object.entries(columns).map(
      ([name, values]) => [name, { kind: 'number', values: Float64Array.from(values) }] as const,
    ),
  ]),
});

describe('the clients of a bundle', () => {
  let read: string[];
  let source: TableSource;
  beforeEach(() => {
    read = [];
    const whole = sourceOf(table(['a', 'b', 'c', 'd', 'e'], { x: [1, 2, 3, 4, 5], z: [5, 4, 3, 2, 1] }));
    source = Object.assign(Object.create(whole) as TableSource, {
      read: (name: string) => {
        read.push(name);
        return whole.read(name);
      },
    });
  });

  test('are known by their ids before any column is read', async () => {
    const clients = await Clients.open(source, { id: 'id' });
    expect([clients.count, clients.has('c'), clients.has('z'), clients.rowOf('c')]).toEqual([
      5,
      true,
      false,
      2,
    ]);
    expect(await codeOf(() => clients.rowOf('z'))).toBe('client-unknown');
    expect(read).toEqual(['id']);
    expect(await clients.column('x')).toMatchObject({ kind: 'number' });
    expect(await clients.column('none')).toBeNull();
  });

  test('come in the order asked for, with the columns asked for', async () => {
    const clients = await Clients.open(source, { id: 'id' });
    const some = await clients.of(['d', 'a'], ['x']);
    expect([...some.columns.keys()]).toEqual(['x']);
    expect(columnOf(some, 'x')).toMatchObject({ values: Float64Array.of(4, 1) });
    expect(await codeOf(() => clients.of(['a', 'nobody']))).toBe('client-unknown');
    expect(read).not.toContain('z');
  });

  test('are walked so many at once, the last few among them', async () => {
    const clients = await Clients.open(source, { id: 'id' });
    const parts: string[][] = [];
    for await (const part of clients.scan(['id'], 2)) parts.push(texts(columnOf(part, 'id')));
    expect(parts).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
  });

  test('are known by a directory that was kept, and no column is read for it', async () => {
    const first = await Clients.open(source, { id: 'id', name: 'x' });
    const directory = await first.directory();
    expect(await first.names()).toEqual(['1', '2', '3', '4', '5']);
    read.length = 0;
    const again = await Clients.open(source, { id: 'id', name: 'x', directory });
    expect([again.ids, await again.names(), again.rowOf('d')]).toEqual([first.ids, await first.names(), 3]);
    expect(read).toEqual([]);
  });

  test('a directory of another number of clients is none, and neither is one whose texts could not be told apart', async () => {
    const directory = { ids: 'a\0b', names: 'x\0y' };
    const clients = await Clients.open(source, { id: 'id', directory });
    expect([clients.count, await clients.names()]).toEqual([5, null]);
    const odd = await Clients.open(sourceOf(table(['a\0', 'b'], {})), { id: 'id' });
    expect(await odd.directory()).toBeNull();
  });

  test('with an id twice, or none, are refused', async () => {
    expect(await codeOf(() => Clients.open(sourceOf(table(['a', 'a'], {})), { id: 'id' }))).toBe(
      'ids-repeated',
    );
    expect(await codeOf(() => Clients.open(sourceOf(table(['a', ''], {})), { id: 'id' }))).toBe('id-missing');
  });
});

describe('two plain tables', () => {
  const rows = (shift: number, extra: Record<string, number[]> = {}) => {
    const ids = Array.from({ length: 60 }, (_, i) => `${i % 50}`);
    return sourceOf(table(ids, { x: ids.map((_, i) => (i % 7) + shift), ...extra }));
  };
  const request = { preset: 'psi', threshold: 0.5, costs: EVEN_COSTS } as const;

  test('are compared on all columns but the id, whose repeats are counted', async () => {
    const { comparison, decisions, repeated } = await comparePlainTables(rows(0), rows(3), {
      ...request,
      id: 'id',
    });
    expect(comparison.columns.map(({ name }) => name)).toEqual(['x']);
    expect([decisions, repeated]).toEqual([null, { reference: 10, current: 10 }]);
  });

  test('decisions are taken from the usual column where both have it as 0 and 1', async () => {
    const extra = (decided: number) => ({
      p: Array.from({ length: 60 }, (_, i) => i / 60),
      y_pred: Array.from({ length: 60 }, (_, i) => (i === 0 ? decided : i % 2)),
    });
    const decided = async (value: number) =>
      (
        await comparePlainTables(rows(0, extra(0)), rows(0, extra(value)), {
          ...request,
          id: 'id',
          prediction: 'p',
        })
      ).decisions;
    expect(await decided(1)).toBe('y_pred');
    expect(await decided(2)).toBeNull();
  });

  test('a name that is not there, and a stop, are told', async () => {
    expect(await codeOf(() => comparePlainTables(rows(0), rows(0), { ...request, id: 'ident' }))).toBe(
      'column-unknown',
    );
    const signal = AbortSignal.abort();
    expect(await codeOf(() => comparePlainTables(rows(0), rows(0), request, { signal }))).toBe('stopped');
  });
});
