import { ScoredeskError } from '../core/errors';
import type { PickedFile } from '../bundle/source';
import { insideBundle, looksZipped, MAX_ZIP_BYTES, unzipBundle } from '../bundle/zip';
import { fileSupply, type Supply } from './supply';

/** More files than a bundle has: somebody dropped another folder. */
const MAX_FILES = 20_000;

const TABLE = /\.(csv|parquet|jsonl|ndjson)$/i;

/**
 * A bundle in what was picked: a zip of one, its folder, or its files.
 *
 * @throws own-no-model (tables alone), import-no-manifest, zip-unreadable, zip-encrypted, zip-unsafe-path, zip-too-large,
 *   file-unreadable
 */
export async function pickedSupply(picked: readonly PickedFile[]): Promise<Supply> {
  if (picked.length > 0 && picked.every(({ path }) => TABLE.test(path)))
    throw new ScoredeskError('own-no-model', { first: picked[0].path });
  if (picked.length === 0 || picked.length > MAX_FILES)
    throw new ScoredeskError('import-no-manifest', { files: picked.length, first: picked[0]?.path ?? '' });
  const [only] = picked;
  if (picked.length === 1 && (await isZip(only.file)))
    return fileSupply(only.file.name, await unzipped(only.file));
  const files = insideBundle(new Map(picked.map(({ path, file }) => [path, file as Blob])));
  const folder = picked[0].path.split('/')[0];
  return fileSupply(folder, files);
}

async function unzipped(file: File): Promise<Map<string, Blob>> {
  if (file.size > MAX_ZIP_BYTES)
    throw new ScoredeskError('zip-too-large', { bytes: file.size, limit: MAX_ZIP_BYTES });
  const files = unzipBundle(new Uint8Array(await read(file)));
  return new Map([...files].map(([path, bytes]) => [path, new Blob([bytes.slice()])]));
}

const isZip = async (file: File): Promise<boolean> =>
  looksZipped(new Uint8Array(await read(file.slice(0, 4), file.name)));

async function read(blob: Blob, name = (blob as File).name): Promise<ArrayBuffer> {
  try {
    return await blob.arrayBuffer();
  } catch (error) {
    throw new ScoredeskError('file-unreadable', { path: name, reason: 'moved or changed' }, { cause: error });
  }
}
