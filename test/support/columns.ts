import { columnOf, texts, type Table } from '../../src/core/table/table';
import { numbers } from './files';

/** A value of a row, by its id and its place among the wanted ones. */
type Value = (column: string, id: string, row: number) => number | null | undefined;

/**
 * Names of the number columns whose values are not the wanted ones: gaps are gaps, others the same to a share of their size.
 *
 * @param to at most so far, of values below 1 in all
 */
export function differing(wanted: Table, key: string, value: Value, to = 1e-6): string[] {
  const ids = texts(columnOf(wanted, key));
  const names = [...wanted.columns].flatMap(([name, { kind }]) =>
    kind === 'number' && name !== key ? [name] : [],
  );
  return names.filter((name) => {
    const theirs = numbers(wanted, name);
    return ids.some((id, row) => {
      const [own, x] = [value(name, id, row) ?? NaN, theirs[row]];
      return Number.isNaN(x) ? !Number.isNaN(own) : !(Math.abs(own - x) <= to * Math.max(1, Math.abs(x)));
    });
  });
}

/** The same of two tables of the same rows. */
export const differingOf = (wanted: Table, key: string, found: Table, to?: number): string[] => {
  const read = new Map<string, ArrayLike<number>>();
  const values = (name: string): ArrayLike<number> => {
    const known = read.get(name) ?? numbers(found, name);
    read.set(name, known);
    return known;
  };
  return differing(wanted, key, (name, _, row) => values(name)[row], to);
};
