import type { Db } from './db';

/** Small choices of the person. The browser writes its localStorage to the disk seconds later; here it is there at once. */

/** By name. */
export type Settings = Record<string, string>;

export async function keepSetting(db: Db, key: string, value: string): Promise<void> {
  const transaction = db.transaction('settings', 'readwrite', { durability: 'strict' });
  await transaction.store.put({ key, value });
  await transaction.done;
}

export async function keptSettings(db: Db): Promise<Settings> {
  return Object.fromEntries((await db.getAll('settings')).map(({ key, value }) => [key, value]));
}
