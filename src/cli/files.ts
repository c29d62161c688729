import { createWriteStream } from 'node:fs';
import {
  lstat,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { asCoded, reasonOf, ScoredeskError } from '../core/errors';
import { openParquet } from '../core/table/parquet';
import type { CsvBlocksOptions } from '../core/table/csvBlocks';
import { openTable, type OpenTable } from '../core/table/open';
import { rangesOf, type ByteRanges } from '../core/table/ranges';
import { readTable } from '../core/table/read';
import { sourceOf, type TableSource } from '../core/table/source';
import type { Table } from '../core/table/table';
import { csvPieces, filePieces, jsonPieces } from '../core/table/write';
import { writeParquet } from '../core/table/parquetWrite';
import type { BundleSource } from '../bundle/source';
import { RUN_FILE } from '../engine/lab/runFile';
import { parseManifest } from '../bundle/validate';
import { zipSource } from '../bundle/zip';

/** The bytes of a file. @throws file-not-found, file-unreadable */
export async function readBytes(path: string): Promise<Uint8Array> {
  try {
    const buffer = await readFile(path);
    return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  } catch (error) {
    throw asFileError(path, error);
  }
}

function asFileError(path: string, error: unknown): ScoredeskError {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENAMETOOLONG') return new ScoredeskError('file-not-found', { path });
  return new ScoredeskError('file-unreadable', { path, reason: reasonOf(error) }, { cause: error });
}

/** A table by its file; the columns named are kept as text. @param cells of a Parquet file, at most */
export async function readTableFile(
  path: string,
  text: readonly string[] = [],
  cells?: number,
): Promise<Table> {
  return readTable(await readBytes(path), basename(path), { text, cells });
}

/** A table that is read by columns and blocks from the disk; a CSV and JSON from memory. */
export async function openTableFile(path: string, text: readonly string[] = []): Promise<TableSource> {
  if (!/\.parquet$/i.test(path)) return sourceOf(await readTableFile(path, text));
  return openParquet(await rangesOfFile(path), basename(path), { text, lenient: true });
}

/** A table of any size, block by block; what has no size, such as a pipe, is read at once. */
export async function openLargeTable(path: string, options: CsvBlocksOptions): Promise<OpenTable> {
  const info = await stat(path).catch((error: unknown) => {
    throw asFileError(path, error);
  });
  const ranges = info.isFile() ? await rangesOfFile(path) : rangesOf(await readBytes(path));
  return openTable(ranges, basename(path), options);
}

async function rangesOfFile(path: string): Promise<ByteRanges> {
  const file = await open(path).catch((error: unknown) => {
    throw asFileError(path, error);
  });
  const { size } = await file.stat();
  return {
    byteLength: size,
    slice: async (from, to = size) => {
      const bytes = new Uint8Array(Math.max(0, Math.min(to, size) - from));
      await file.read(bytes, 0, bytes.length, from);
      return bytes.buffer;
    },
  };
}

/** A bundle's directory or zip. */
export async function openSource(path: string): Promise<BundleSource> {
  const info = await stat(path).catch((error: unknown) => {
    throw asFileError(path, error);
  });
  if (!info.isDirectory()) return zipSource(basename(path), await readBytes(path));
  return {
    name: path,
    verified: false,
    read: async (file) => {
      try {
        // A device or a pipe has no end, and a link may lead out of the bundle.
        const info = await lstat(join(path, file));
        if (!info.isFile())
          throw new ScoredeskError('file-unreadable', { path: file, reason: 'not an ordinary file' });
        return await readBytes(join(path, file));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT')
          throw new ScoredeskError('bundle-file-missing', { path: file });
        throw error;
      }
    },
  };
}

/** Writes a table by its ending: .parquet, .json, else CSV; `-` is CSV on stdout. */
export async function writeTableFile(path: string, table: Table): Promise<void> {
  if (path === '-') return pipeline(Readable.from(csvPieces(table)), process.stdout, { end: false });
  if (/\.parquet$/i.test(path)) return writeWhole(path, [writeParquet(table, 'SNAPPY')]);
  return writeWhole(path, /\.json$/i.test(path) ? jsonPieces(table) : csvPieces(table));
}

/** Writes a table that comes in parts, as `writeTableFile` writes one. */
export async function writeTableParts(path: string, parts: AsyncIterable<Table>): Promise<void> {
  const format = /\.parquet$/i.test(path) ? 'parquet' : /\.json$/i.test(path) ? 'json' : 'csv';
  const pieces = filePieces(parts, format);
  if (path === '-') return pipeline(Readable.from(pieces), process.stdout, { end: false });
  return writeWhole(path, pieces);
}

/**
 * Writes a folder of files whole, in the place of a bundle that was there: nothing of that stays behind.
 *
 * @param files by path; paths lie inside the folder
 * @throws out-not-bundle where the folder holds what is no bundle's; folder-missing, file-unreadable
 */
export async function writeFolder(path: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  await requireFolder(dirname(resolve(path)));
  await refuseOthers(resolve(path));
  await replaceFolder(path, files);
}

/** Writes a folder of files whole that was not there. @throws out-exists, folder-missing, file-unreadable */
export async function writeNewFolder(path: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  await requireFolder(dirname(resolve(path)));
  const there = await readdir(path).catch((error: unknown) =>
    (error as NodeJS.ErrnoException).code === 'ENOENT' ? [] : null,
  );
  if (there?.length !== 0) throw new ScoredeskError('out-exists', { path });
  await replaceFolder(path, files);
}

async function replaceFolder(path: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  const folder = resolve(path);
  // Beside it, so that a rename suffices; of a name that is nobody's.
  const work = await mkdtemp(join(dirname(folder), '.scoredesk-'));
  try {
    const [made, before] = [join(work, 'new'), join(work, 'old')];
    await mkdir(made);
    for (const [file, bytes] of files) {
      await mkdir(dirname(join(made, file)), { recursive: true });
      await writeFile(join(made, file), bytes);
    }
    const there = await lstat(folder).catch(() => null);
    if (there) await rename(folder, before);
    try {
      await rename(made, folder);
    } catch (error) {
      if (there) await rename(before, folder);
      throw error;
    }
  } catch (error) {
    throw asFileError(path, error);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** No folder is made silently: its name may be a slip. @throws folder-missing */
export async function requireFolder(path: string): Promise<void> {
  if (!(await stat(path).catch(() => null))?.isDirectory())
    throw new ScoredeskError('folder-missing', { path });
}

/** @throws out-not-bundle naming what is neither bundle.json nor a file that it lists */
async function refuseOthers(path: string): Promise<void> {
  const there = await readdir(path, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw asFileError(path, error);
  });
  const manifest = await readFile(join(path, 'bundle.json')).catch(() => null);
  const own = new Set(['bundle.json', RUN_FILE, ...(manifest ? listedIn(manifest) : [])]);
  const other = there
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(path, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .find((file) => !own.has(file));
  if (other !== undefined) throw new ScoredeskError('out-not-bundle', { path, found: other });
}

function listedIn(manifest: Uint8Array): string[] {
  try {
    return parseManifest(manifest).files.map((file) => file.path);
  } catch {
    return [];
  }
}

/** Writes a file whole or not at all; what is no ordinary file (a device, a link) is written to as it is. */
export async function writeWhole(
  path: string,
  content: Iterable<Uint8Array | string> | AsyncIterable<Uint8Array | string>,
): Promise<void> {
  await requireFolder(dirname(path));
  const there = await lstat(path).catch(() => null);
  const partial = there && !there.isFile() ? path : `${path}.partial`;
  try {
    if (there?.isDirectory()) throw new Error('it is a directory');
    await pipeline(Readable.from(content), createWriteStream(partial));
    if (partial !== path) await rename(partial, path);
  } catch (error) {
    if (partial !== path) await rm(partial, { force: true });
    // What the content throws says more than the file that it was written to.
    throw asCoded(error) ?? asFileError(path, error);
  }
}
