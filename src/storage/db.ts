import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import { ScoredeskError } from '../core/errors';
import type { InstalledBundle } from '../bundle/installed';

/** Everything stored carries the number of the schema it was written under. */
export const SCHEMA = 1;

export interface StoredBundle extends InstalledBundle {
  schema: number;
}

export interface StoredFile {
  sha256: string;
  blob: Blob;
}

interface Schema extends DBSchema {
  /** Installed bundles by fingerprint: a record here means whole and verified. */
  bundles: { key: string; value: StoredBundle };
  /** Files by SHA-256, shared between bundles; those of an unfinished install wait here for its end. */
  files: { key: string; value: StoredFile };
}

export type Db = IDBPDatabase<Schema>;

/** Name of a database, lock or channel: all projects of a user's Pages share one origin. */
export const scopedName = (basePath: string, what: string): string => `scoredesk:${basePath}:${what}`;

/** @throws storage-blocked, storage-old-tab */
export async function openDb(basePath: string): Promise<Db> {
  let blocked = false;
  const opening = openDB<Schema>(scopedName(basePath, 'data'), SCHEMA, {
    upgrade(db, from) {
      if (from < 1) {
        db.createObjectStore('bundles', { keyPath: 'fingerprint' });
        db.createObjectStore('files', { keyPath: 'sha256' });
      }
    },
    blocked: () => (blocked = true),
    blocking: (_current, _next, event) => (event.target as IDBDatabase).close(),
  });
  try {
    return await opening;
  } catch (error) {
    const old = blocked || (error instanceof DOMException && error.name === 'VersionError');
    throw new ScoredeskError(old ? 'storage-old-tab' : 'storage-blocked', {}, { cause: error });
  }
}
