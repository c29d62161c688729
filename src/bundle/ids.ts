import { ScoredeskError } from '../core/errors';

/** The row of every id. @throws id-missing, ids-repeated with the first id that stands twice and both rows */
export function checkIds(ids: readonly string[], idColumn: string): ReadonlyMap<string, number> {
  const rows = new Map<string, number>();
  ids.forEach((id, row) => {
    if (id === '') throw new ScoredeskError('id-missing', { column: idColumn, row: row + 1 });
    const before = rows.get(id);
    if (before !== undefined)
      throw new ScoredeskError('ids-repeated', {
        column: idColumn,
        value: id,
        rows: `${before + 1}, ${row + 1}`,
      });
    rows.set(id, row);
  });
  return rows;
}
