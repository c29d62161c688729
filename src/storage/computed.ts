import type { Directory } from '../engine/clients';
import type { Engine } from '../engine/engine';
import { OVERVIEW_VERSION, overviewOf, rescored, type Overview } from '../engine/overview';
import type { Task } from '../engine/runtime';
import { asWriteError, type Db } from './db';

const directoryKey = (fingerprint: string): string => `${fingerprint}:directory:1`;

/** Ids and names of a bundle's clients, where they were kept with it. */
export async function keptDirectory(db: Db, fingerprint: string): Promise<Directory | null> {
  return ((await db.get('computed', directoryKey(fingerprint)))?.value as Directory | undefined) ?? null;
}

/** Keeps ids and names for the next opening; without room for them, they are read again. */
export async function keepDirectory(db: Db, { fingerprint, clients }: Engine): Promise<void> {
  const value = await clients.directory();
  if (value) await db.put('computed', { key: directoryKey(fingerprint), value }).catch(() => undefined);
}

const keyOf = (fingerprint: string): string => `${fingerprint}:overview:${OVERVIEW_VERSION}`;

/**
 * The overview of an open bundle: the one kept with it, else computed and kept. Of one that another evaluator's scores are
 * in, only the scores are computed anew.
 */
export async function keptOverview(db: Db, engine: Engine, task: Task = {}): Promise<Overview> {
  const { fingerprint } = engine;
  const key = keyOf(fingerprint);
  const kept = (await db.get('computed', key))?.value as Overview | undefined;
  const fits = kept?.scores.length === engine.clients.count ? kept : null;
  if (fits?.runtime === engine.runtime.name) {
    engine.useScores(fits.scores);
    return fits;
  }
  const value = fits ? await rescored(fits, engine, task) : await overviewOf(engine, task);
  try {
    await db.put('computed', { key, value });
  } catch (error) {
    throw asWriteError(error, value.scores.byteLength);
  }
  return value;
}
