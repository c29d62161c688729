import { Unzip, UnzipInflate } from 'fflate';
import { once } from 'node:events';
import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ScoredeskError } from '../core/errors';

const TABLE = /\.(csv|csv\.gz|parquet)$/i;
const ZIP = /\.zip$/i;

/**
 * Tables in a folder, those in its zips taken out into another one first.
 *
 * @param work folder that nothing else stands in
 * @throws file-not-found, features-no-tables, zip-unreadable
 */
export async function inputTables(folder: string, work: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => {
    throw new ScoredeskError('file-not-found', { path: folder });
  });
  const inside = (name: string): string => join(folder, name);
  const own = names.filter((name) => TABLE.test(name)).map(inside);
  const zipped: string[] = [];
  for (const name of names.filter((file) => ZIP.test(file)).sort())
    zipped.push(...(await unzipTables(inside(name), work)));
  const all = [...own, ...zipped].sort();
  if (all.length === 0) throw new ScoredeskError('features-no-tables', { folder });
  return all;
}

/** Takes the tables of a zip out as a stream, whatever their size. @throws zip-unreadable */
async function unzipTables(path: string, work: string): Promise<string[]> {
  const written: WriteStream[] = [];
  let failure: Error | null = null;
  const unzip = new Unzip((file) => {
    if (!TABLE.test(file.name)) return;
    // A name in a zip may point anywhere: only its last part counts.
    const out = createWriteStream(join(work, basename(file.name)));
    written.push(out);
    file.ondata = (error, chunk, isLast) => {
      failure ??= error;
      if (chunk) out.write(chunk);
      if (isLast) out.end();
    };
    file.start();
  });
  unzip.register(UnzipInflate);
  const { size } = await stat(path);
  let read = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Uint8Array>) {
    read += chunk.length;
    unzip.push(chunk, read === size);
    if (failure) throw new ScoredeskError('zip-unreadable', { reason: (failure as Error).message });
    const full = written.find((out) => out.writableNeedDrain && !out.writableEnded);
    if (full) await once(full, 'drain');
  }
  if (written.length === 0)
    throw new ScoredeskError('zip-unreadable', { reason: `${basename(path)}: no table in it` });
  await Promise.all(written.filter((out) => !out.closed).map((out) => once(out, 'close')));
  return written.map((out) => String(out.path));
}
