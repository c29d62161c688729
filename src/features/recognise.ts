import { ScoredeskError } from '../core/errors';
import type { TableFile } from './connector';
import type { Manifest } from './manifest';

/** A table that was found in a file, whatever the file is called. */
export interface FoundTable {
  file: TableFile;
  /** Columns that the SQL knows and the file lacks: they are empty. */
  absent: string[];
  /** Columns that nothing is made of. */
  extra: string[];
}

export interface Recognised {
  tables: Map<string, FoundTable>;
  /** Files that are no table that is wanted. */
  others: string[];
}

/** Of a table's columns so many have to be in a file, at least. */
const LEAST_SHARE = 0.6;

/**
 * Which file is which table, by its columns: the table that it has most in common with (Jaccard), if it has most of its columns.
 *
 * @throws features-twice where two files are the same table
 */
export function recognise({ tables }: Pick<Manifest, 'tables'>, files: readonly TableFile[]): Recognised {
  const found = new Map<string, FoundTable>();
  const others: string[] = [];
  for (const file of files) {
    const name = bestTable(tables, file);
    if (name === null) {
      others.push(file.path);
      continue;
    }
    const before = found.get(name);
    if (before)
      throw new ScoredeskError('features-twice', { table: name, first: before.file.path, second: file.path });
    const has = lowerCased(file.columns);
    const known = Object.keys(tables[name]);
    found.set(name, {
      file,
      absent: known.filter((column) => !has.has(column.toLowerCase())),
      extra: file.columns.filter((column) => !lowerCased(known).has(column.toLowerCase())),
    });
  }
  return { tables: found, others };
}

function bestTable(tables: Manifest['tables'], { columns }: TableFile): string | null {
  const has = lowerCased(columns);
  const scored = Object.entries(tables).map(([name, wanted]) => {
    const all = Object.keys(wanted);
    const there = all.filter((column) => has.has(column.toLowerCase())).length;
    return { name, share: there / all.length, common: there / (all.length + has.size - there) };
  });
  const [best] = scored.filter(({ share }) => share >= LEAST_SHARE).sort((a, b) => b.common - a.common);
  return best?.name ?? null;
}

const lowerCased = (names: readonly string[]): Set<string> =>
  new Set(names.map((name) => name.toLowerCase()));
