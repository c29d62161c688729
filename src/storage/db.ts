import { openDB, type DBSchema, type IDBPDatabase, type IDBPTransaction, type StoreNames } from 'idb';
import { reasonOf, ScoredeskError } from '../core/errors';
import type { Edits } from '../engine/client/sheet';
import type { InstalledBundle } from '../protocol/installed';
import type { DriftResult } from '../engine/drift/compare';
import type { RecordLink } from '../core/record/record';
import type { LoggedScore } from '../engine/drift/sides';
import type { ClientDraft } from '../protocol/advice';
import type { ImportedRun, LabRun } from '../protocol/lab';
import type { SavedComparison } from '../protocol/comparisons';
import { inCurrentShape, SCHEMA, SHAPED } from './shapes';

export interface StoredBundle extends InstalledBundle {
  schema: number;
}

/** A file that is whole and has the hash it is kept under; its bytes are its pieces. */
export interface StoredFile {
  sha256: string;
  bytes: number;
}

/** Bytes of a file from `from` on, as they came. */
export interface StoredPiece {
  sha256: string;
  from: number;
  blob: StoredBytes;
}

/** An install that has begun and is not done: what it needs to go on after a reload. */
export interface StoredInstall {
  schema: number;
  fingerprint: string;
  /** Folder it is fetched from; "" for files picked on this machine, which a reload forgets. */
  url: string;
  /** bundle.json as it came. */
  manifest: StoredBytes;
  startedAt: number;
}

/** What was computed of a bundle and can be computed again. */
export interface StoredComputed {
  /** Begins with the bundle's fingerprint and a colon. */
  key: string;
  value: unknown;
}

/** A client as it was scored on a day. */
export interface StoredScore extends LoggedScore {
  fingerprint: string;
  day: string;
}

/** A comparison that somebody kept. */
export interface StoredComparison extends Omit<SavedComparison, 'id'> {
  id?: number;
  schema: number;
  fingerprint: string;
  result: DriftResult;
}

/** A choice of the person. */
export interface StoredSetting {
  key: string;
  value: string;
}

/** What somebody tried on a client and has not decided. */
export interface StoredDraft extends ClientDraft {
  fingerprint: string;
  id: string;
  /** Milliseconds. */
  at: number;
}

/** A client that was typed in on this device. */
export interface StoredLocal {
  fingerprint: string;
  id: string;
  values: Edits;
  /** Milliseconds. */
  at: number;
}

/** A training. */
export type StoredRun = LabRun & { schema: number };

/** A run of another tool. */
export type StoredImported = ImportedRun & { schema: number };

/** A run's bundle or model under its id, its scores beside, a file of rows under its hash. */
export interface StoredLabFile {
  key: string;
  bytes: StoredBytes;
}

/** A record of a device's chain. */
export type StoredRecord = RecordLink & { schema: number };

interface Schema extends DBSchema {
  /** Installed bundles by fingerprint: a record here means whole and verified. */
  bundles: { key: string; value: StoredBundle };
  /** Whole files by SHA-256, shared between bundles. */
  files: { key: string; value: StoredFile };
  /** Bytes of whole files and of those on their way. */
  pieces: { key: [string, number]; value: StoredPiece };
  /** Installs under way or paused. */
  installs: { key: string; value: StoredInstall };
  computed: { key: string; value: StoredComputed };
  /** Scores kept over time, once a client and day. */
  log: { key: [string, string, string]; value: StoredScore };
  comparisons: { key: number; value: StoredComparison; indexes: { fingerprint: string } };
  settings: { key: string; value: StoredSetting };
  drafts: { key: [string, string]; value: StoredDraft };
  locals: { key: [string, string]; value: StoredLocal };
  /** By number: the chain of this device. */
  records: { key: number; value: StoredRecord };
  runs: { key: string; value: StoredRun };
  labFiles: { key: string; value: StoredLabFile };
  imported: { key: string; value: StoredImported };
}

export type Db = IDBPDatabase<Schema>;

/** Name of a database, lock or channel: all projects of a user's Pages share one origin. */
export const scopedName = (basePath: string, what: string): string => `scoredesk:${basePath}:${what}`;

/** Longest wait for another tab to let go of an older version. */
const UNBLOCK_WITHIN = 5000;

/**
 * Opens the database, upgrading it step by step.
 *
 * @param gone called when the connection has been closed under it: `outdated` by another tab that opens a
 *   newer version, else because the data were cleared
 * @throws storage-blocked, storage-old-tab (another tab holds an older version), tab-outdated (another
 *   tab has brought in a newer one)
 */
export async function openDb(basePath: string, gone: (outdated: boolean) => void): Promise<Db> {
  let refuse: (error: Error) => void = () => undefined;
  const refused = new Promise<never>((_, reject) => (refuse = reject));
  // Where cookies are refused the very asking is.
  const open = async () =>
    openDB<Schema>(scopedName(basePath, 'data'), SCHEMA, {
      upgrade: (db, from, _to, transaction) => {
        // Half an upgrade would be taken for a whole one: the version before stays.
        upgrade(db, from, transaction).catch(() => transaction.abort());
      },
      blocked: () => setTimeout(() => refuse(new ScoredeskError('storage-old-tab', {})), UNBLOCK_WITHIN),
      blocking: (_current, next, event) => {
        (event.target as IDBDatabase).close();
        gone(next !== null);
      },
      terminated: () => gone(false),
    });
  try {
    return await Promise.race([open(), refused]);
  } catch (error) {
    if (error instanceof ScoredeskError) throw error;
    const newer = error instanceof DOMException && error.name === 'VersionError';
    throw new ScoredeskError(newer ? 'tab-outdated' : 'storage-blocked', {}, { cause: error });
  }
}

type Upgrade = IDBPTransaction<Schema, StoreNames<Schema>[], 'versionchange'>;

async function upgrade(db: Db, from: number, transaction: Upgrade): Promise<void> {
  if (from < 1) {
    db.createObjectStore('bundles', { keyPath: 'fingerprint' });
    db.createObjectStore('files', { keyPath: 'sha256' });
  }
  if (from < 2) {
    db.createObjectStore('pieces', { keyPath: ['sha256', 'from'] });
    db.createObjectStore('installs', { keyPath: 'fingerprint' });
    db.createObjectStore('computed', { keyPath: 'key' });
    if (from === 1) await filesToPieces(transaction);
  }
  if (from < 3) {
    db.createObjectStore('log', { keyPath: ['fingerprint', 'day', 'id'] });
    const comparisons = db.createObjectStore('comparisons', { keyPath: 'id', autoIncrement: true });
    comparisons.createIndex('fingerprint', 'fingerprint');
  }
  if (from < 5) {
    db.createObjectStore('settings', { keyPath: 'key' });
    db.createObjectStore('drafts', { keyPath: ['fingerprint', 'id'] });
    db.createObjectStore('locals', { keyPath: ['fingerprint', 'id'] });
    db.createObjectStore('records', { keyPath: 'head.number' });
  }
  if (from < 6) {
    db.createObjectStore('runs', { keyPath: 'id' });
    db.createObjectStore('labFiles', { keyPath: 'key' });
  }
  if (from < 7) db.createObjectStore('imported', { keyPath: 'id' });
  if (from > 0) for (const name of SHAPED) await toCurrent(transaction, name);
}

/** Schema 1 kept each file as one blob. */
async function filesToPieces(transaction: Upgrade): Promise<void> {
  for (const file of await transaction.objectStore('files').getAll()) {
    const { sha256, blob } = file as unknown as { sha256: string; blob: Blob };
    await transaction.objectStore('pieces').put({ sha256, from: 0, blob });
    await transaction.objectStore('files').put({ sha256, bytes: blob.size });
  }
}

/** Records whose shape has changed over time are brought to the one of today: nothing else reads older ones. */
async function toCurrent(transaction: Upgrade, name: (typeof SHAPED)[number]): Promise<void> {
  const store = transaction.objectStore(name);
  for (const record of await store.getAll()) await store.put(inCurrentShape(name, record) as never);
}

/** A failure to write as a coded error: no space, or what the browser says. */
export function asWriteError(error: unknown, needed: number): unknown {
  if (!(error instanceof DOMException)) return error;
  if (error.name === 'QuotaExceededError')
    return new ScoredeskError('storage-refused', { needed }, { cause: error });
  return new ScoredeskError('storage-failed', { reason: reasonOf(error) }, { cause: error });
}

/** Bytes as a browser keeps them: private windows of Safari refuse blobs. */
export type StoredBytes = Blob | ArrayBuffer;

/** Puts bytes as a blob, which stays on the disk when it is read; as plain bytes where the browser refuses that. */
export async function putBytes(blob: Blob, put: (bytes: StoredBytes) => Promise<unknown>): Promise<void> {
  try {
    await put(blob);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'QuotaExceededError') throw error;
    await put(await blob.arrayBuffer());
  }
}

export const sizeOf = (bytes: StoredBytes): number => (bytes instanceof Blob ? bytes.size : bytes.byteLength);

/** Bytes the browser still grants; Infinity when it does not say. */
export async function freeSpace(): Promise<number> {
  // Safari below 17 has no estimate.
  const storage = navigator.storage as Partial<StorageManager> | undefined;
  const { quota = Infinity, usage = 0 } = (await storage?.estimate?.()) ?? {};
  return Math.max(0, quota - usage);
}
