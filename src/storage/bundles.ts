import { ScoredeskError } from '../core/errors';
import type { BundleSource } from '../bundle/source';
import { parseManifest } from '../bundle/validate';
import { SCHEMA, scopedName, type Db, type StoredBundle } from './db';

export async function installedBundles(db: Db): Promise<StoredBundle[]> {
  const all = await db.getAll('bundles');
  return all.sort((a, b) => b.installedAt - a.installedAt);
}

/** @throws bundle-not-installed */
export async function installedBundle(db: Db, fingerprint: string): Promise<StoredBundle> {
  const bundle = await db.get('bundles', fingerprint);
  if (!bundle) throw new ScoredeskError('bundle-not-installed', { id: fingerprint.slice(0, 12) });
  return bundle;
}

async function readBlob(db: Db, sha256: string, path: string): Promise<Uint8Array> {
  const file = await db.get('files', sha256);
  if (!file) throw new ScoredeskError('bundle-file-missing', { path });
  return new Uint8Array(await file.blob.arrayBuffer());
}

/** A bundle whose files are all in storage, keyed by their hashes; its manifest under the fingerprint. */
export async function storedSource(db: Db, fingerprint: string): Promise<BundleSource> {
  const manifest = await readBlob(db, fingerprint, 'bundle.json');
  const hashes = new Map(parseManifest(manifest).files.map((file) => [file.path, file.sha256]));
  return {
    name: fingerprint.slice(0, 12),
    verified: true,
    read: async (path) => (path === 'bundle.json' ? manifest : readBlob(db, hashes.get(path) ?? '', path)),
  };
}

export async function hasFile(db: Db, sha256: string): Promise<boolean> {
  return (await db.getKey('files', sha256)) !== undefined;
}

/** @throws storage-full */
export async function putFile(db: Db, sha256: string, blob: Blob): Promise<void> {
  try {
    await db.put('files', { sha256, blob });
  } catch (error) {
    throw asStorageError(error, blob.size);
  }
}

function asStorageError(error: unknown, needed: number): unknown {
  if (error instanceof DOMException && error.name === 'QuotaExceededError')
    return new ScoredeskError('storage-full', { needed, free: 0 }, { cause: error });
  return error;
}

/** Makes the bundle ready, in one strict transaction: before it, nothing of it is ever shown. */
export async function commitBundle(db: Db, bundle: Omit<StoredBundle, 'schema'>): Promise<void> {
  const transaction = db.transaction('bundles', 'readwrite', { durability: 'strict' });
  await Promise.all([transaction.store.put({ ...bundle, schema: SCHEMA }), transaction.done]);
}

export async function removeBundle(db: Db, fingerprint: string): Promise<void> {
  await db.delete('bundles', fingerprint);
}

export const installLock = (basePath: string): string => scopedName(basePath, 'install');

/** Deletes files that no installed bundle uses, unless an install is under way in some tab. */
export async function sweepFiles(db: Db, basePath: string): Promise<void> {
  await navigator.locks.request(installLock(basePath), { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    const used = new Set<string>();
    for (const { fingerprint } of await db.getAll('bundles')) {
      used.add(fingerprint);
      const manifest = await readBlob(db, fingerprint, 'bundle.json');
      for (const file of parseManifest(manifest).files) used.add(file.sha256);
    }
    for (const key of await db.getAllKeys('files')) if (!used.has(key)) await db.delete('files', key);
  });
}
