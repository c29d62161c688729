import { readFileSync } from 'node:fs';
import { readTable } from '../../src/core/table/read';
import type { ScoredeskError } from '../../src/core/errors';
import { columnOf, type Table } from '../../src/core/table/table';

const root = new URL('../../', import.meta.url);

/** The bytes of a file of the repository, or of an absolute path. */
export function bytesOf(path: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(path, root)));
}

export const textOf = (path: string): string => new TextDecoder().decode(bytesOf(path));

export function tableOf(path: string, text: readonly string[] = []): Promise<Table> {
  return readTable(bytesOf(path), path, { text });
}

/** The numbers of a column; fails on text. */
export function numbers(table: Table, name: string): Float64Array {
  const column = columnOf(table, name);
  if (column.kind !== 'number')
    throw new Error(`${name} is text: ${column.dictionary.slice(0, 3).join(', ')}`);
  return Float64Array.from(column.values);
}

/** Row-major float32 matrix of the columns named. */
export function matrix(table: Table, names: readonly string[]): Float64Array {
  const columns = names.map((name) => numbers(table, name));
  const out = new Float64Array(table.rows * names.length);
  columns.forEach((column, j) => column.forEach((value, i) => (out[i * names.length + j] = value)));
  return out;
}

/** Largest absolute difference; Infinity when one is NaN and the other is not. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    if (Number.isNaN(a[i]) && Number.isNaN(b[i])) continue;
    const difference = Math.abs(a[i] - b[i]);
    largest = Number.isNaN(difference) ? Infinity : Math.max(largest, difference);
  }
  return largest;
}

/** The coded error that a step throws; null when it throws none; a foreign error is thrown on. */
export async function errorOf(step: () => unknown): Promise<ScoredeskError | null> {
  const { ScoredeskError: Coded } = await import('../../src/core/errors');
  try {
    await step();
    return null;
  } catch (error) {
    if (error instanceof Coded) return error;
    throw error;
  }
}

/** Its code; "" when there is none. */
export const codeOf = async (step: () => unknown): Promise<string> => (await errorOf(step))?.code ?? '';
