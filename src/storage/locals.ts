import type { Edits } from '../engine/client/sheet';
import { asWriteError, type Db, type StoredLocal } from './db';

/** Clients that were typed in on this device, by bundle and name. */

export async function keepLocal(db: Db, client: Omit<StoredLocal, 'at'>): Promise<void> {
  const transaction = db.transaction('locals', 'readwrite', { durability: 'strict' });
  try {
    await Promise.all([transaction.store.put({ ...client, at: Date.now() }), transaction.done]);
  } catch (error) {
    throw asWriteError(error, 10_000);
  }
}

/** The latest first. */
export async function keptLocals(db: Db, fingerprint: string): Promise<StoredLocal[]> {
  return (await db.getAll('locals', localsOf(fingerprint))).sort((a, b) => b.at - a.at);
}

/** null where there is none of that name. */
export const keptLocal = async (db: Db, fingerprint: string, id: string): Promise<Edits | null> =>
  (await db.get('locals', [fingerprint, id]))?.values ?? null;

export const removeLocal = (db: Db, fingerprint: string, id: string): Promise<void> =>
  db.delete('locals', [fingerprint, id]);

/** Keys of a bundle's local clients. */
export const localsOf = (fingerprint: string): IDBKeyRange =>
  IDBKeyRange.bound([fingerprint], [fingerprint, []]);
