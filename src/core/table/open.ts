import { ScoredeskError } from '../errors';
import { openCsv, type CsvBlocks, type CsvBlocksOptions } from './csvBlocks';
import { openParquet } from './parquet';
import type { ByteRanges } from './ranges';
import { readTable } from './read';
import { sourceOf, type TableSource } from './source';

/** A table that is read block by block; of a CSV also what was left out, and where its rows stand. */
export type OpenTable = TableSource & Partial<Pick<CsvBlocks, 'ragged' | 'width' | 'lineOf'>>;

/**
 * Opens a table by its content as `readTable` reads it, but by blocks: only JSON is read at once.
 * @throws as `readTable`, `openParquet` and `openCsv`
 */
export async function openTable(
  bytes: ByteRanges,
  file: string,
  options: CsvBlocksOptions = {},
): Promise<OpenTable> {
  const magic = String.fromCharCode(...new Uint8Array(await bytes.slice(0, 4)));
  if (magic === 'PAR1') return openParquet(bytes, file, { ...options, lenient: true });
  if (/\.parquet$/i.test(file))
    throw new ScoredeskError('parquet-unreadable', { file, reason: 'no PAR1 at its start' });
  if (/\.(json|jsonl|ndjson)$/i.test(file) || magic === 'PK\u0003\u0004')
    return sourceOf(await readTable(new Uint8Array(await bytes.slice(0)), file, options));
  return openCsv(bytes, file, options);
}
