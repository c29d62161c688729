import { ScoredeskError } from '../core/errors';
import { openParquet } from '../core/table/parquet';
import { rangesOf, type ByteRanges } from '../core/table/ranges';
import { type RowRange, type TableSource } from '../core/table/source';
import { concatColumns, type Column } from '../core/table/table';
import { fromCodes, isText, levelsOf } from './columns';
import { derivedSource } from './derived';
import { sha256Hex } from './hash';
import type { Manifest, ManifestColumn, PartName } from './schema';
import type { BundleSource } from './source';
import { parseManifest } from './validate';

/** A bundle's manifest with its identity and where its files come from. */
export interface BundleFiles {
  manifest: Manifest;
  /** SHA-256 of bundle.json's bytes: the identity of the bundle. */
  fingerprint: string;
  source: BundleSource;
}

/** @throws bundle-file-missing, bundle-not, bundle-newer, bundle-invalid */
export async function readManifest(source: BundleSource): Promise<BundleFiles> {
  const bytes = await source.read('bundle.json');
  return { manifest: parseManifest(bytes), fingerprint: sha256Hex(bytes), source };
}

/**
 * One file of the bundle, its size and hash checked against the manifest unless the source has
 * done so already.
 *
 * @throws bundle-file-missing, bundle-file-size, bundle-file-hash
 */
export async function readFile({ manifest, source }: BundleFiles, path: string): Promise<Uint8Array> {
  const entry = manifest.files.find((file) => file.path === path);
  if (!entry) throw new ScoredeskError('bundle-file-missing', { path });
  const bytes = await source.read(path);
  if (bytes.length !== entry.bytes)
    throw new ScoredeskError('bundle-file-size', { path, found: bytes.length, expected: entry.bytes });
  if (source.verified) return bytes;
  const found = sha256Hex(bytes);
  if (found !== entry.sha256)
    throw new ScoredeskError('bundle-file-hash', { path, found, expected: entry.sha256 });
  return bytes;
}

/**
 * One part of the bundle, column by column as they are asked for: categories as level codes, derived columns
 * checked or computed.
 *
 * @throws bundle-rows (another row count than declared), parquet-unreadable; reading also derived-mismatch
 */
export async function openPart(files: BundleFiles, name: PartName): Promise<TableSource | null> {
  const part = files.manifest.data[name];
  if (!part) return null;
  const shards: TableSource[] = [];
  for (const { path, rows } of part.files) {
    const shard = await openParquet(await rangesIn(files, path), path, { text: part.id ? [part.id] : [] });
    if (shard.rows !== rows)
      throw new ScoredeskError('bundle-rows', { path, found: shard.rows, expected: rows });
    shards.push(shard);
  }
  return derivedSource(joined(shards, files.manifest), files.manifest.columns);
}

/** Storage has checked what it holds; of all else the whole file's hash comes first. */
async function rangesIn(files: BundleFiles, path: string): Promise<ByteRanges> {
  const { source } = files;
  return source.verified && source.ranges ? source.ranges(path) : rangesOf(await readFile(files, path));
}

/** Shards one after the other, columns brought to their declared kinds. */
function joined(shards: readonly TableSource[], manifest: Manifest): TableSource {
  const declared = new Map(manifest.columns.map((column) => [column.name, column]));
  const levels = new Map(manifest.columns.map((column) => [column.name, levelsOf(column)]));
  const [first] = shards;
  const starts = [0];
  for (const { rows } of shards) starts.push(starts[starts.length - 1] + rows);
  const rows = starts[shards.length];
  const read = async (
    name: string,
    { from, to }: RowRange = { from: 0, to: rows },
  ): Promise<Column | null> => {
    if (!first.names.includes(name)) return null;
    const parts: Column[] = [];
    for (const [i, shard] of shards.entries()) {
      const range = { from: Math.max(0, from - starts[i]), to: Math.min(shard.rows, to - starts[i]) };
      if (range.to <= range.from && (parts.length > 0 || i < shards.length - 1)) continue;
      const column = await shard.read(name, range.to < range.from ? { from: 0, to: 0 } : range);
      if (!column)
        throw new ScoredeskError('column-unknown', { column: name, nearest: '', file: shard.name });
      parts.push(typed(column, declared.get(name), levels.get(name), shard.name));
    }
    return concatColumns(parts);
  };
  return {
    name: first.name,
    rows,
    names: first.names,
    blocks: [...new Set(shards.flatMap(({ blocks }, i) => blocks.map((start) => starts[i] + start)))],
    read,
  };
}

/** A stored column brought to its declared kind. @throws column-not-number */
function typed(
  column: Column,
  declared: ManifestColumn | undefined,
  levels: readonly string[] | undefined,
  file: string,
): Column {
  if (declared?.levels && levels) return fromCodes(column, levels);
  if (column.kind === 'text' && declared && !isText(declared) && declared.role !== 'target')
    throw new ScoredeskError('column-not-number', {
      column: declared.name,
      file,
      row: 1,
      value: column.dictionary[0] ?? '',
    });
  return column;
}
