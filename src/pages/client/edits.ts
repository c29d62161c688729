import type { ManifestColumn } from '../../bundle/schema';
import type { Edits } from '../../engine/client/sheet';

/** What is tried on a client, in the address: `w.<column>=<value>`, empty for a value taken away. */

const PREFIX = 'w.';

/** The edits that an address's query holds, of columns that the bundle has and values that they may have. */
export function editsOf(query: string | undefined, columns: readonly ManifestColumn[]): Edits {
  const byName = new Map(columns.map((column) => [column.name, column]));
  const edits: Record<string, number | string | null> = {};
  for (const [key, text] of new URLSearchParams(query ?? '')) {
    const column = key.startsWith(PREFIX) ? byName.get(key.slice(PREFIX.length)) : undefined;
    if (!column || !isEditable(column)) continue;
    const value = text === '' ? null : column.type === 'category' ? text : Number(text);
    const isLevel = typeof value !== 'string' || column.levels?.some((level) => level.value === value);
    if (isLevel && !(typeof value === 'number' && Number.isNaN(value))) edits[column.name] = value;
  }
  return edits;
}

/** The query with these edits and all else as it was. */
export function withEdits(query: string, edits: Edits): string {
  const params = new URLSearchParams(query);
  for (const key of [...params.keys()]) if (key.startsWith(PREFIX)) params.delete(key);
  for (const [name, value] of Object.entries(edits))
    params.set(PREFIX + name, value === null ? '' : String(value));
  return params.toString();
}

/** A value of the file that somebody may try another of: computed columns follow, names and dates are no inputs. */
export const isEditable = ({ role, type, derived }: ManifestColumn): boolean =>
  (role === 'feature' || role === 'extra') && !derived && type !== 'text' && type !== 'date';

/** Writes the edits into the address: as a step to go back from, or in the place of what it says. */
export function writeEdits(edits: Edits, asStep: boolean): void {
  const [path, query = ''] = location.hash.split('?');
  const next = withEdits(query, edits);
  const hash = next ? `${path}?${next}` : path;
  if (hash === location.hash) return;
  history[asStep ? 'pushState' : 'replaceState'](history.state, '', hash);
}
