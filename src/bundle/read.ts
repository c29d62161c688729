import { ScoredeskError } from '../core/errors';
import { concatTables, type Column, type Table } from '../core/table/table';
import { openParquet, rangesOf, readParquet } from '../core/table/parquet';
import { fromCodes, isText, levelValues } from './columns';
import { withDerived } from './derived';
import { sha256Hex } from './hash';
import type { Manifest, PartName } from './schema';
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
 * The rows of one part, categories as level codes, derived columns checked or computed.
 *
 * @throws bundle-rows (another row count than declared), parquet-unreadable, derived-mismatch
 */
export async function readPart(files: BundleFiles, name: PartName): Promise<Table | null> {
  const part = files.manifest.data[name];
  if (!part) return null;
  const tables: Table[] = [];
  for (const shard of part.files) {
    const bytes = await readFile(files, shard.path);
    const table = await readParquet(bytes, shard.path, { text: part.id ? [part.id] : [] });
    if (table.rows !== shard.rows)
      throw new ScoredeskError('bundle-rows', { path: shard.path, found: table.rows, expected: shard.rows });
    tables.push(typed(table, files.manifest));
  }
  const { columns } = files.manifest;
  // Shards may hold codes or texts: joined by text, then coded again in the order of the levels.
  return withDerived(typed(concatTables(part.files[0].path, tables), files.manifest), columns);
}

/** One column of a part as it is stored, all others left unread; null where the part has none of that name. */
export async function readStoredColumn(
  files: BundleFiles,
  name: PartName,
  column: string,
): Promise<Column | null> {
  const tables: Table[] = [];
  for (const { path } of files.manifest.data[name]?.files ?? []) {
    const source = await openParquet(rangesOf(await readFile(files, path)), path);
    const read = await source.read(column);
    if (!read) return null;
    tables.push({ name: path, rows: source.rows, columns: new Map([[column, read]]) });
  }
  return tables.length ? (concatTables(name, tables).columns.get(column) ?? null) : null;
}

/** Stored columns brought to their declared kinds. */
function typed(table: Table, manifest: Manifest): Table {
  const columns = new Map<string, Column>();
  const declared = new Map(manifest.columns.map((column) => [column.name, column]));
  for (const [name, column] of table.columns) {
    const declaration = declared.get(name);
    if (declaration?.type === 'category' && declaration.levels)
      columns.set(name, fromCodes(column, levelValues(declaration)));
    else if (column.kind === 'text' && declaration && !isText(declaration) && declaration.role !== 'target')
      throw new ScoredeskError('column-not-number', {
        column: name,
        file: table.name,
        row: 1,
        value: column.dictionary[0] ?? '',
      });
    else columns.set(name, column);
  }
  return { ...table, columns };
}
