import type { Table } from '../../src/core/table/table';
import type { TrainColumn, TrainRows } from '../../src/core/train/data';
import { NUMBERS } from './families';
import { tableOf } from './files';

export const numbersOf = (
  table: Table,
  names: readonly string[],
): Extract<TrainColumn, { kind: 'number' }>[] =>
  names.map((name) => {
    const column = table.columns.get(name);
    if (column?.kind !== 'number') throw new Error(name);
    return { name, kind: 'number', values: Float64Array.from(column.values) };
  });

const categoryOf = (table: Table, name: string): TrainColumn => {
  const column = table.columns.get(name);
  if (column?.kind !== 'text') throw new Error(name);
  return { name, kind: 'category', codes: Int32Array.from(column.codes), levels: column.dictionary.length };
};

/** The German credit data to learn from: its numbers, then these categories. */
export async function germanRows(categories: readonly string[] = []): Promise<TrainRows> {
  const table = await tableOf('demo/german-credit/german-credit.csv', ['client_id']);
  const outcome = table.columns.get('class');
  if (outcome?.kind !== 'text') throw new Error('class');
  return {
    rows: table.rows,
    columns: [...numbersOf(table, NUMBERS), ...categories.map((name) => categoryOf(table, name))],
    target: Uint8Array.from(outcome.codes, (code) => Number(outcome.dictionary[code] === 'bad')),
  };
}
