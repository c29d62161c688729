import type { LoggedScore } from '../engine/drift/sides';
import { asWriteError, type Db } from './db';

/** Clients scored over time, once a client and day, only while somebody wants it. */

/** @param at ISO time */
export async function logScore(db: Db, fingerprint: string, score: LoggedScore): Promise<void> {
  try {
    await db.put('log', { fingerprint, day: score.at.slice(0, 10), ...score });
  } catch (error) {
    throw asWriteError(error, 200);
  }
}

/** The scores of a bundle, oldest first. */
export async function loggedScores(db: Db, fingerprint: string): Promise<LoggedScore[]> {
  const found = await db.getAll('log', loggedOf(fingerprint));
  return found.map(({ id, at, probability }) => ({ id, at, probability }));
}

/** Keys of a bundle's scores. */
export const loggedOf = (fingerprint: string): IDBKeyRange =>
  IDBKeyRange.bound([fingerprint], [fingerprint, []]);

export const countLogged = (db: Db): Promise<number> => db.count('log');
export const clearLog = (db: Db): Promise<void> => db.clear('log');
