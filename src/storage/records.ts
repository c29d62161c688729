import { bytesToHex } from '@noble/hashes/utils.js';
import { erased, linkTo } from '../core/record/chain';
import { ScoredeskError } from '../core/errors';
import { isOf, type Person, type RecordLink, type RecordPayload } from '../core/record/record';
import { asWriteError, scopedName, type Db } from './db';
import { SCHEMA } from './shapes';

/** The chain of this device: written under one lock, strictly, and never changed but for an erasure. */

const DEVICE = 'device';
const SALT_BYTES = 32;

/** One writer at a time, whichever tab it is in. */
export const underRecordsLock = <T>(basePath: string, write: () => Promise<T>): Promise<T> =>
  navigator.locks.request(scopedName(basePath, 'records'), write);

/** What this device's chain is called: random, made with its first record. */
async function deviceOf(db: Db): Promise<string> {
  const known = await db.get('settings', DEVICE);
  if (known) return known.value;
  const value = crypto.randomUUID();
  await db.put('settings', { key: DEVICE, value });
  return value;
}

/**
 * Appends a record; resolved once it is on the disk. For the holder of the lock.
 *
 * @throws what `asWriteError` gives
 */
export async function appendRecord(db: Db, kind: string, payload: RecordPayload): Promise<RecordLink> {
  const before = await lastRecord(db);
  const device = before?.head.device ?? (await deviceOf(db));
  const salt = bytesToHex(crypto.getRandomValues(new Uint8Array(SALT_BYTES)));
  const link = linkTo(before, payload, { device, at: new Date().toISOString(), kind, salt });
  await write(db, link);
  return link;
}

async function write(db: Db, link: RecordLink): Promise<void> {
  const transaction = db.transaction('records', 'readwrite', { durability: 'strict' });
  try {
    await Promise.all([transaction.store.put({ ...link, schema: SCHEMA }), transaction.done]);
  } catch (error) {
    throw asWriteError(error, 20_000);
  }
}

async function lastRecord(db: Db): Promise<RecordLink | null> {
  const cursor = await db.transaction('records').store.openCursor(null, 'prev');
  return cursor && asLink(cursor.value);
}

/** All of them, in their order. */
export async function allRecords(db: Db): Promise<RecordLink[]> {
  return (await db.getAll('records')).map(asLink);
}

/** Erases what was recorded of a client; numbers, times and hashes stay. For the holder of the lock. @returns how many */
export async function eraseClient(db: Db, person: Person): Promise<number> {
  const own = (await allRecords(db)).filter(({ payload }) => isOf(payload, person));
  const at = new Date().toISOString();
  for (const link of own) await write(db, erased(link, at));
  return own.length;
}

/** @throws record-gone */
export async function recordOf(db: Db, number: number): Promise<RecordLink> {
  const found = await db.get('records', number);
  if (!found) throw new ScoredeskError('record-gone', { number });
  return asLink(found);
}

function asLink({ head, hash, salt, payload, erasedAt }: RecordLink): RecordLink {
  return { head, hash, salt, payload, ...(erasedAt === undefined ? {} : { erasedAt }) };
}
