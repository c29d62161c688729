import type { ClientView } from '../../engine/client/view';
import type { MessageKey } from '../../i18n/translate';

export const FLAGS = {
  missing: 'data.missing',
  outOfRange: 'data.outOfRange',
  unknownLevel: 'data.unknownLevel',
} as const satisfies Record<string, MessageKey>;

/** Share of the model's values that may be missing before the page says that the file is nearly empty. */
const NEARLY_EMPTY = 0.8;

/** What a nearly empty file lacks; null for any other. @param first columns worth asking for, in order */
export function nearlyEmpty(
  { cells }: ClientView,
  features: ReadonlySet<string>,
  first: readonly string[],
): { missing: number; count: number; ask: string[] } | null {
  const used = cells.filter((cell) => features.has(cell.column));
  const missing = new Set(used.filter((cell) => cell.flag === 'missing').map((cell) => cell.column));
  if (used.length === 0 || missing.size <= NEARLY_EMPTY * used.length) return null;
  const ask = first.filter((column) => missing.has(column)).slice(0, 4);
  return { missing: missing.size, count: used.length, ask };
}
