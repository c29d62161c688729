import { InvalidArgumentError } from 'commander';
import { PERIODS, type Chunking, type Period } from '../core/drift/chunks';
import type { CountCosts } from '../core/decision/cost';
import { IDENTIFIER } from '../bundle/schema';

/** What an option's text means, for every command that takes it. */

/** Names between commas; one with a comma stands in double quotes. */
export function namesOption(text: string): string[] {
  const found = [...text.matchAll(/\s*(?:"([^"]*)"|([^,]+))\s*(?:,|$)/g)].map(
    ([, quoted, bare]) => quoted ?? bare.trim(),
  );
  if (found.length === 0) throw new InvalidArgumentError('Names of columns are wanted, as in a,b.');
  return found;
}

/** Types by column, as in zone=category,age=number. */
export function typesOption(text: string): Map<string, 'number' | 'category'> {
  const pairs = namesOption(text).map((pair): [string, string] => {
    const at = pair.lastIndexOf('=');
    return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
  });
  const types = new Map<string, 'number' | 'category'>();
  for (const [name, type] of pairs) {
    if (!name || (type !== 'number' && type !== 'category'))
      throw new InvalidArgumentError('Columns with a type are wanted, as in zone=category,age=number.');
    types.set(name, type);
  }
  return types;
}

export function chunkOption(text: string): Chunking {
  if (/^[1-9]\d*$/.test(text)) return { size: Number(text) };
  if (/^\/[1-9]\d*$/.test(text)) return { number: Number(text.slice(1)) };
  if (PERIODS.includes(text as Period)) return { period: text as Period };
  throw new InvalidArgumentError(`Rows (500), a number of chunks (/10) or ${PERIODS.join(', ')} is wanted.`);
}

/** How `pack` and `train` take it. */
export const CURRENT_ON_USE = [
  '--current-on-use',
  'the app fetches the later rows when a page needs them, not before the bundle is ready',
] as const;

export function wholeOption(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('A whole number above 0 is wanted.');
  return Number(text);
}

export function probabilityOption(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < 1)) throw new InvalidArgumentError('A probability between 0 and 1 is wanted.');
  return value;
}

export function costOption(text: string): CountCosts {
  const found = /^fn=(\d+(?:\.\d+)?),fp=(\d+(?:\.\d+)?)$/.exec(text);
  if (!found) throw new InvalidArgumentError('Two costs are wanted, as in fn=10,fp=1.');
  return { kind: 'count', falseNegative: Number(found[1]), falsePositive: Number(found[2]) };
}

export function identifierOption(text: string): string {
  if (!IDENTIFIER.test(text)) throw new InvalidArgumentError('Letters, digits, ".", "_" and "-" are wanted.');
  return text;
}

/** A file to write, by what its ending may be; `-` is stdout. */
export const outOption =
  (...endings: readonly string[]) =>
  (path: string): string => {
    if (path !== '-' && !endings.some((ending) => path.toLowerCase().endsWith(ending)))
      throw new InvalidArgumentError(`A file that ends in ${endings.join(', ')} is wanted, or -.`);
    return path;
  };

/** What tables are written as. */
export const TABLE_ENDINGS = ['.csv', '.parquet', '.json'] as const;
