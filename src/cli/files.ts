import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { reasonOf, ScoredeskError } from '../core/errors';
import { readTable } from '../core/table/read';
import type { Table } from '../core/table/table';
import { writeCsv, writeJson } from '../core/table/write';
import { writeParquet } from '../core/table/parquetWrite';
import type { BundleSource } from '../bundle/source';
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
  if ((error as NodeJS.ErrnoException).code === 'ENOENT')
    return new ScoredeskError('file-not-found', { path });
  return new ScoredeskError('file-unreadable', { path, reason: reasonOf(error) }, { cause: error });
}

/** A table by its file; the columns named are kept as text. */
export async function readTableFile(path: string, text: readonly string[] = []): Promise<Table> {
  return readTable(await readBytes(path), basename(path), { text });
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
        return await readBytes(join(path, file));
      } catch (error) {
        if (error instanceof ScoredeskError && error.code === 'file-not-found')
          throw new ScoredeskError('bundle-file-missing', { path: file });
        throw error;
      }
    },
  };
}

/** Writes a table by its ending: .parquet, .json, else CSV; `-` is CSV on stdout. */
export async function writeTableFile(path: string, table: Table): Promise<void> {
  if (path === '-') {
    process.stdout.write(writeCsv(table));
    return;
  }
  await writeWhole(
    path,
    /\.parquet$/i.test(path)
      ? writeParquet(table)
      : /\.json$/i.test(path)
        ? writeJson(table)
        : writeCsv(table),
  );
}

/** Writes a file whole or not at all. */
export async function writeWhole(path: string, content: Uint8Array | string): Promise<void> {
  const partial = `${path}.partial`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(partial, content);
    await rename(partial, path);
  } catch (error) {
    throw asFileError(path, error);
  }
}
