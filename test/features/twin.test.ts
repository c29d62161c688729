import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { csvPieces } from '../../src/core/table/write';
import { columnOf, textAt, texts, type NumberColumn, type Table } from '../../src/core/table/table';
import { facts, NEVER, TABLES, type TableName } from '../../src/features/twin/facts';
import { twin, type TwinRequest } from '../../src/features/twin/twin';

type Blocks = ReadonlyMap<TableName, Table>[];

const CLIENTS = 3000;
let blocks: Blocks;
beforeAll(() => {
  blocks = [...twin({ clients: CLIENTS, seed: 1 })];
});

/** Numbers of a column of all blocks. */
function numbers(table: TableName, name: string): number[] {
  return blocks.flatMap((block) => {
    const { values } = columnOf(block.get(table) as Table, name) as NumberColumn;
    return [...values];
  });
}

/** Rows of applications with an outcome, by column. */
function applications(of: Blocks = blocks): Record<string, string>[] {
  return of.flatMap((block) => {
    const table = block.get('application_train') as Table;
    return Array.from({ length: table.rows }, (_, row) =>
      Object.fromEntries([...table.columns].map(([name, column]) => [name, textAt(column, row)])),
    );
  });
}

const shareOf = <T>(list: readonly T[], is: (item: T) => boolean): number =>
  list.filter(is).length / list.length;

const digest = (request: TwinRequest): string => {
  const hash = createHash('sha256');
  for (const block of twin(request))
    for (const table of block.values()) for (const piece of csvPieces(table)) hash.update(piece);
  return hash.digest('hex');
};

describe('the twin of the Home Credit tables', () => {
  test('has the columns of the real files in their order', () => {
    for (const name of TABLES)
      expect([...(blocks[0].get(name) as Table).columns.keys()]).toEqual(Object.keys(facts.tables[name]));
  });

  test('is the same bytes for the same seed, others for another one', () => {
    const first = digest({ clients: 300, seed: 7 });
    expect(digest({ clients: 300, seed: 7 })).toBe(first);
    expect(digest({ clients: 300, seed: 8 })).not.toBe(first);
  });

  test('a client is the same in a larger twin', () => {
    const [small] = twin({ clients: 50, seed: 1 });
    const rows = (block: ReadonlyMap<TableName, Table>): string[] =>
      texts(columnOf(block.get('application_train') as Table, 'AMT_CREDIT')).slice(0, 40);
    expect(rows(small)).toEqual(rows(blocks[0]));
  });

  test('every row of another table is of a client and a contract that exist', () => {
    const clients = new Set([
      ...numbers('application_train', 'SK_ID_CURR'),
      ...numbers('application_test', 'SK_ID_CURR'),
    ]);
    expect(clients.size).toBe(CLIENTS);
    for (const name of TABLES.slice(2))
      if (name !== 'bureau_balance')
        expect(
          numbers(name, 'SK_ID_CURR').every((id) => clients.has(id)),
          name,
        ).toBe(true);
    const credits = numbers('bureau', 'SK_ID_BUREAU');
    const known = new Set(credits);
    expect(known.size).toBe(credits.length);
    expect(numbers('bureau_balance', 'SK_ID_BUREAU').every((id) => known.has(id))).toBe(true);
    const contracts = numbers('previous_application', 'SK_ID_PREV');
    const earlier = new Set(contracts);
    expect(earlier.size).toBe(contracts.length);
    for (const name of ['POS_CASH_balance', 'installments_payments', 'credit_card_balance'] as const)
      expect(shareOf(numbers(name, 'SK_ID_PREV'), (id) => earlier.has(id))).toBeGreaterThan(0.95);
  });

  test('days lie in the past, but those that have not come', () => {
    for (const name of ['DAYS_INSTALMENT', 'DAYS_ENTRY_PAYMENT'])
      expect(numbers('installments_payments', name).every((day) => !(day >= 0))).toBe(true);
    for (const name of ['DAYS_CREDIT', 'DAYS_CREDIT_UPDATE', 'DAYS_ENDDATE_FACT'])
      expect(numbers('bureau', name).every((day) => !(day > 0))).toBe(true);
    const last = numbers('previous_application', 'DAYS_LAST_DUE');
    expect(last.every((day) => !(day >= 0) || day === NEVER)).toBe(true);
    const dates = numbers('previous_application', 'DAYS_DECISION');
    expect(Math.max(...dates)).toBeLessThan(0);
  });

  test('shares of defaults, gaps and special values are those of the real rows', () => {
    const rows = applications();
    // Of 2,600 rows: four standard errors.
    expect(Math.abs(shareOf(rows, ({ TARGET }) => TARGET === '1') - 0.081)).toBeLessThan(0.022);
    expect(
      Math.abs(shareOf(rows, ({ DAYS_EMPLOYED }) => DAYS_EMPLOYED === String(NEVER)) - 0.182),
    ).toBeLessThan(0.024);
    expect(Math.abs(shareOf(rows, ({ EXT_SOURCE_1 }) => EXT_SOURCE_1 === '') - 0.565)).toBeLessThan(0.039);
    expect(Math.abs(shareOf(rows, ({ TOTALAREA_MODE }) => TOTALAREA_MODE === '') - 0.482)).toBeLessThan(
      0.039,
    );
  });

  test('later applications have their day, and drift', () => {
    const later = applications([...twin({ clients: 2400, seed: 2, later: '2026-03' })]);
    expect(later.length).toBe(2400);
    const months = new Set(later.map(({ APPLIED_ON }) => APPLIED_ON.slice(0, 7)));
    expect([...months]).toEqual(
      Array.from({ length: 12 }, (_, i) => new Date(Date.UTC(2026, 2 + i, 1)).toISOString().slice(0, 7)),
    );
    const credits = later.map(({ AMT_CREDIT }) => Number(AMT_CREDIT));
    const mean = (list: readonly number[]) => list.reduce((sum, x) => sum + x, 0) / list.length;
    expect(mean(credits.slice(1600))).toBeGreaterThan(1.1 * mean(credits.slice(0, 800)));
  });
});
