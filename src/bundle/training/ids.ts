import { texts, type Table } from '../../core/table/table';
import type { Finding } from './findings';

/** What is strange in the ids of a table: repeated ones, and whole numbers that a float wrote ("100001.0"). */
export function idFindings(table: Table, column: string): Finding[] {
  const ids = table.columns.get(column);
  if (!ids || table.rows === 0) return [];
  return [...repeated(texts(ids)), ...decimal(texts(ids))].map((finding) => ({
    ...finding,
    column,
    table: table.name,
  }));
}

function repeated(ids: readonly string[]) {
  const seen = new Set<string>();
  const again = ids.filter((id) => seen.size === seen.add(id).size);
  return again.length
    ? [{ code: 'ids-repeated', severity: 'warning', example: again[0], rows: again.length } as const]
    : [];
}

function decimal(ids: readonly string[]) {
  const all = ids.every((id) => /^\d+\.0$/.test(id));
  return all ? [{ code: 'ids-decimal', severity: 'warning', example: ids[0] } as const] : [];
}
