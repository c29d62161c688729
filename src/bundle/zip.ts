import { unzipSync, Zip, ZipDeflate, ZipPassThrough } from 'fflate';
import { reasonOf, ScoredeskError } from '../core/errors';
import { memorySource } from './memory';
import type { BundleSource } from './source';

/** Unpacked bytes that a zip may claim in all: larger bundles are served as directories. */
const MAX_UNPACKED = 1024 * 1024 * 1024;
/** What a bundle holds is packed already: a zip that unpacks to many times its size is none, if it is large. */
const MOST_TIMES = 50;
const UNSUSPECTED = 100 * 1024 * 1024;
const MAX_ENTRIES = 20_000;
/** Absolute, or leaving its folder, or with characters no path needs. */
const UNSAFE = /^\/|^[A-Za-z]:|\\|(^|\/)\.\.(\/|$)|[\x00-\x1f]/; // eslint-disable-line no-control-regex

/**
 * A bundle in a zip, at its root or in one top folder.
 *
 * @throws zip-unreadable, zip-encrypted, zip-unsafe-path (a path that leaves the folder), zip-too-large,
 *   import-no-manifest
 */
export function zipSource(name: string, bytes: Uint8Array): BundleSource {
  return memorySource(name, unzipBundle(bytes));
}

/** The files of a zipped bundle by their path in it. @throws as `zipSource` */
export function unzipBundle(bytes: Uint8Array): Map<string, Uint8Array> {
  return insideBundle(unzip(bytes));
}

/** All files of a zip by their path. @param most entries. @throws as `zipSource`, but for import-no-manifest */
export function unzip(bytes: Uint8Array, most = MAX_ENTRIES): Map<string, Uint8Array> {
  if (isEncrypted(bytes)) throw new ScoredeskError('zip-encrypted', {});
  return new Map(Object.entries(unpack(bytes, most)));
}

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;

/** Whether any entry of the zip's directory needs a password (APPNOTE 4.4.4, bit 0). */
function isEncrypted(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== END_OF_DIRECTORY) end--;
  if (end < 0) return false;
  let at = view.getUint32(end + 16, true);
  while (at + 46 <= bytes.length && view.getUint32(at, true) === DIRECTORY_ENTRY) {
    if ((view.getUint16(at + 8, true) & 1) === 1) return true;
    at += 46 + view.getUint16(at + 28, true) + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return false;
}

/** A zip by its first bytes, whatever it is called. */
export const looksZipped = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;

/** Largest zip that is read whole; also what it may unpack to. */
export const MAX_ZIP_BYTES = MAX_UNPACKED;

/**
 * The files beside bundle.json, by their path from there.
 * @throws import-no-manifest
 */
export function insideBundle<T>(files: ReadonlyMap<string, T>): Map<string, T> {
  const root = rootOf([...files.keys()]);
  return new Map(
    [...files].flatMap(([path, content]) =>
      path.startsWith(root) ? [[path.slice(root.length), content] as const] : [],
    ),
  );
}

/** Entries of a fixed date: the same files make the same zip. */
const ENTRY_DATE = new Date(1980, 0, 1);

/** A zip of files in memory, by their path. */
export async function zipBlob(files: Iterable<readonly [string, Uint8Array]>): Promise<Blob> {
  const pieces: BlobPart[] = [];
  const readable = Array.from(files, ([path, bytes]) => ({ path, read: async () => bytes }));
  await zipFiles(readable, (piece) => pieces.push(piece));
  return new Blob(pieces, { type: 'application/zip' });
}

/** Zips files one after the other; the model is the one that compresses. */
export async function zipFiles(
  files: readonly { path: string; read: () => Promise<Uint8Array> }[],
  write: (piece: Uint8Array<ArrayBuffer>) => void,
): Promise<void> {
  let failure: Error | null = null;
  const zip = new Zip((error, piece) => {
    if (error) failure = error;
    else write(piece);
  });
  for (const { path, read } of files) {
    const packed = /\.(parquet|bin)$/.test(path);
    const entry = packed ? new ZipPassThrough(path) : new ZipDeflate(path);
    entry.mtime = ENTRY_DATE;
    zip.add(entry);
    entry.push(await read(), true);
  }
  zip.end();
  if (failure) throw failure as Error;
}

function unpack(bytes: Uint8Array, most: number): Record<string, Uint8Array> {
  let claimed = 0;
  let entries = 0;
  const limit = Math.min(MAX_UNPACKED, Math.max(UNSUSPECTED, MOST_TIMES * bytes.length));
  const seen = new Set<string>();
  try {
    return unzipSync(bytes, {
      filter: ({ name, size, originalSize }) => {
        if (++entries > most) throw new ScoredeskError('zip-unreadable', { reason: `over ${most} files` });
        if (name.endsWith('/') || name.startsWith('__MACOSX/')) return false;
        if (UNSAFE.test(name)) throw new ScoredeskError('zip-unsafe-path', { path: name.slice(0, 120) });
        if (seen.has(name))
          throw new ScoredeskError('zip-unreadable', { reason: `${name.slice(0, 80)} twice` });
        seen.add(name);
        // A stored entry unpacks to its own size, whatever it claims.
        claimed += Math.max(size, originalSize);
        if (!(claimed <= limit)) throw new ScoredeskError('zip-too-large', { bytes: claimed, limit });
        return true;
      },
    });
  } catch (error) {
    if (error instanceof ScoredeskError) throw error;
    throw new ScoredeskError('zip-unreadable', { reason: reasonOf(error) }, { cause: error });
  }
}

/** The folder that holds bundle.json: the shallowest one. @throws import-no-manifest */
function rootOf(paths: readonly string[]): string {
  const manifests = paths.filter((path) => path === 'bundle.json' || path.endsWith('/bundle.json'));
  const depth = (path: string) => path.split('/').length;
  const shallowest = manifests.sort((a, b) => depth(a) - depth(b) || a.length - b.length)[0];
  if (shallowest === undefined)
    throw new ScoredeskError('import-no-manifest', {
      files: paths.length,
      first: (paths[0] ?? '').slice(0, 80),
    });
  return shallowest.slice(0, -'bundle.json'.length);
}
