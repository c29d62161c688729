import { ScoredeskError } from '../core/errors';
import { rangesOfBlob } from '../core/table/ranges';
import {
  summaryOf,
  type InstalledBundle,
  type KeptWithBundle,
  type PausedInstall,
} from '../protocol/installed';
import type { Manifest } from '../bundle/schema';
import { filesAtOnce, filesOnUse } from '../bundle/onUse';
import type { BundleSource } from '../bundle/source';
import { parseManifest } from '../bundle/validate';
import { SCHEMA } from './shapes';
import { draftsOf } from './drafts';
import { localsOf } from './locals';
import { loggedOf } from './log';
import {
  asWriteError,
  putBytes,
  scopedName,
  type Db,
  type StoredBundle,
  type StoredBytes,
  type StoredInstall,
} from './db';
import { hasFile, readStored, removeStored, storedBytes, type Wanted } from './files';

/** Days after which an install that nobody goes on with is cleaned away. */
const KEEP_PAUSED_DAYS = 14;

export async function installedBundles(db: Db): Promise<StoredBundle[]> {
  const all = await db.getAll('bundles');
  return all.sort((a, b) => b.installedAt - a.installedAt);
}

/** @throws bundle-not-installed */
export async function installedBundle(db: Db, fingerprint: string): Promise<StoredBundle> {
  const bundle = await db.get('bundles', fingerprint);
  if (!bundle) throw notInstalled(fingerprint);
  return bundle;
}

const notInstalled = (fingerprint: string): ScoredeskError =>
  new ScoredeskError('bundle-not-installed', { id: fingerprint.slice(0, 12) });

const bytesOf = async (kept: StoredBytes): Promise<Uint8Array> =>
  new Uint8Array(await new Blob([kept]).arrayBuffer());

/**
 * A bundle whose files are in storage, keyed by their hashes; its manifest under the fingerprint.
 *
 * @param bring puts a file that comes on use into storage
 */
export async function storedSource(
  db: Db,
  fingerprint: string,
  bring?: (file: Wanted) => Promise<void>,
): Promise<BundleSource & { manifest: Manifest }> {
  const bytes = await bytesOf(await readStored(db, fingerprint, 'bundle.json'));
  const manifest = parseManifest(bytes);
  const files = new Map(manifest.files.map((file) => [file.path, file]));
  const onUse = filesOnUse(manifest);
  const stored = async (path: string) => {
    const file = files.get(path);
    if (bring && file && onUse.has(path) && !(await hasFile(db, file.sha256))) await bring(file);
    return readStored(db, file?.sha256 ?? '', path);
  };
  return {
    name: fingerprint.slice(0, 12),
    verified: true,
    manifest,
    read: async (path) => (path === 'bundle.json' ? bytes : bytesOf(await stored(path))),
    ranges: async (path) => rangesOfBlob(await stored(path)),
  };
}

/** Every file of an installed bundle, bundle.json first. @throws bundle-not-installed, bundle-file-missing */
export async function storedFiles(db: Db, fingerprint: string): Promise<{ path: string; blob: Blob }[]> {
  await installedBundle(db, fingerprint);
  const own = await readStored(db, fingerprint, 'bundle.json');
  const { files } = parseManifest(await bytesOf(own));
  const others = files.map(async ({ path, sha256 }) => ({ path, blob: await readStored(db, sha256, path) }));
  return [{ path: 'bundle.json', blob: own }, ...(await Promise.all(others))];
}

/** Notes that an install has begun, so that it can go on after a reload. @throws storage-refused, storage-failed */
export async function beginInstall(
  db: Db,
  install: Omit<StoredInstall, 'schema' | 'manifest'> & { manifest: Blob },
): Promise<void> {
  try {
    await putBytes(install.manifest, (manifest) =>
      db.put('installs', { ...install, manifest, schema: SCHEMA }),
    );
  } catch (error) {
    throw asWriteError(error, install.manifest.size);
  }
}

export async function pausedInstalls(db: Db): Promise<PausedInstall[]> {
  const paused: PausedInstall[] = [];
  for (const { fingerprint, url, manifest } of await db.getAll('installs')) {
    const bytes = await bytesOf(manifest);
    const parsed = await readable(async () => bytes);
    if (!parsed) continue;
    const files = filesAtOnce(parsed);
    let done = 0;
    for (const file of files) done += await storedBytes(db, file.sha256);
    const total = files.reduce((sum, file) => sum + file.bytes, 0);
    paused.push({ ...summaryOf(parsed, fingerprint, bytes.length), url, done, total });
  }
  return paused;
}

/** Makes the bundle ready, in one strict transaction: before it, nothing of it is ever shown. */
export async function commitBundle(db: Db, bundle: InstalledBundle): Promise<void> {
  const transaction = db.transaction(['bundles', 'installs'], 'readwrite', { durability: 'strict' });
  try {
    await Promise.all([
      transaction.objectStore('bundles').put({ ...bundle, schema: SCHEMA }),
      transaction.objectStore('installs').delete(bundle.fingerprint),
      transaction.done,
    ]);
  } catch (error) {
    throw asWriteError(error, 0);
  }
}

/**
 * Writes what was found of a bundle that is installed, strictly; one that was removed meanwhile stays removed.
 * @throws bundle-not-installed
 */
export async function amendBundle(
  db: Db,
  fingerprint: string,
  found: Partial<InstalledBundle>,
): Promise<void> {
  const transaction = db.transaction('bundles', 'readwrite', { durability: 'strict' });
  const bundle = await transaction.store.get(fingerprint);
  if (!bundle) throw notInstalled(fingerprint);
  try {
    await Promise.all([transaction.store.put({ ...bundle, ...found, schema: SCHEMA }), transaction.done]);
  } catch (error) {
    throw asWriteError(error, 0);
  }
}

/** What somebody kept of a bundle's clients and would go with it. */
export async function keptWith(db: Db, fingerprint: string): Promise<KeptWithBundle> {
  const [scores, comparisons, drafts, locals] = await Promise.all([
    db.count('log', loggedOf(fingerprint)),
    db.countFromIndex('comparisons', 'fingerprint', fingerprint),
    db.count('drafts', draftsOf(fingerprint)),
    db.count('locals', localsOf(fingerprint)),
  ]);
  return { scores, comparisons, drafts, locals };
}

/** Takes a bundle away with its clients' scores over time, what was tried on them, and its comparisons; its files go with the next sweep. */
export async function removeBundle(db: Db, fingerprint: string): Promise<void> {
  const transaction = db.transaction(['bundles', 'log', 'comparisons', 'drafts', 'locals'], 'readwrite', {
    durability: 'strict',
  });
  const comparisons = transaction.objectStore('comparisons');
  const kept = await comparisons.index('fingerprint').getAllKeys(fingerprint);
  await Promise.all([
    transaction.objectStore('bundles').delete(fingerprint),
    transaction.objectStore('log').delete(loggedOf(fingerprint)),
    transaction.objectStore('drafts').delete(draftsOf(fingerprint)),
    transaction.objectStore('locals').delete(localsOf(fingerprint)),
    ...kept.map((id) => comparisons.delete(id)),
    transaction.done,
  ]);
}

export async function forgetInstall(db: Db, fingerprint: string): Promise<void> {
  await db.delete('installs', fingerprint);
}

export const installLock = (basePath: string): string => scopedName(basePath, 'install');

/**
 * Gives back the space of what no bundle and no paused install needs, unless an install is under
 * way in some tab.
 */
export async function sweep(db: Db, basePath: string): Promise<void> {
  await navigator.locks.request(installLock(basePath), { ifAvailable: true }, async (lock) => {
    if (lock) await sweepLocked(db);
  });
}

/** A stored manifest, or null where it is damaged or of a format that this version does not read. */
async function readable(bytes: () => Promise<Uint8Array>): Promise<Manifest | null> {
  try {
    return parseManifest(await bytes());
  } catch {
    return null;
  }
}

/** As `sweep`, for the holder of the install lock. */
export async function sweepLocked(db: Db): Promise<void> {
  const oldest = Date.now() - KEEP_PAUSED_DAYS * 86_400_000;
  const used = new Set<string>();
  const use = (fingerprint: string, { files }: Manifest): void => {
    used.add(fingerprint);
    for (const file of files) used.add(file.sha256);
  };
  for (const { fingerprint, url, manifest, startedAt } of await db.getAll('installs')) {
    // Files picked on this machine have to be picked again after a reload.
    const parsed = await readable(() => bytesOf(manifest));
    if (url === '' || startedAt < oldest || !parsed) await forgetInstall(db, fingerprint);
    else use(fingerprint, parsed);
  }
  const installed = await db.getAllKeys('bundles');
  for (const fingerprint of installed) {
    const parsed = await readable(async () => bytesOf(await readStored(db, fingerprint, 'bundle.json')));
    // A bundle that can't be read says nothing of its files: they stay until it is deleted or repaired.
    if (!parsed) return;
    use(fingerprint, parsed);
  }
  const stored = new Set([
    ...(await db.getAllKeys('files')),
    ...(await db.getAllKeys('pieces')).map(([sha256]) => sha256),
  ]);
  for (const sha256 of stored) if (!used.has(sha256)) await removeStored(db, sha256);
  for (const key of await db.getAllKeys('computed'))
    if (!used.has(key.split(':')[0])) await db.delete('computed', key);
}
