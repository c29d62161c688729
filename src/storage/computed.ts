import type { Directory } from '../engine/clients';
import type { Engine, ScoresTask } from '../engine/engine';
import { PART_ROWS } from '../engine/hands';
import { OVERVIEW_VERSION, overviewOf, rescored, type Overview } from '../engine/overview';
import {
  CONTRIBUTIONS_VERSION,
  KEPT_BYTES,
  type ContributionPart,
  type PartStore,
} from '../engine/portfolio/contributions';
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

/** Parts of what is computed of all clients, each kept when it is done; without room for one it is computed again. */
function partsUnder<T>(db: Db, prefix: string) {
  return {
    read: async (part: number): Promise<T | null> =>
      ((await db.get('computed', `${prefix}${part}`))?.value as T | undefined) ?? null,
    write: async (part: number, value: T): Promise<void> => {
      await db.put('computed', { key: `${prefix}${part}`, value }).catch(() => undefined);
    },
    clear: (): Promise<void> => db.delete('computed', IDBKeyRange.bound(prefix, `${prefix}\uffff`)),
  };
}

/** Contributions of a bundle's clients; null where they are more than is kept. */
export function contributionStore(db: Db, engine: Engine): PartStore | null {
  const { fingerprint, clients, columns, defaultMethod } = engine;
  if (4 * clients.count * columns.length > KEPT_BYTES) return null;
  return partsUnder<ContributionPart>(
    db,
    `${fingerprint}:contributions:${CONTRIBUTIONS_VERSION}:${defaultMethod}:`,
  );
}

const keyOf = (fingerprint: string): string => `${fingerprint}:overview:${OVERVIEW_VERSION}`;

/**
 * The overview of an open bundle: the one kept with it, else computed and kept. Of one that another evaluator's scores are
 * in, only the scores are computed anew; those of parts that were done before a reload are not.
 */
export async function keptOverview(db: Db, engine: Engine, task: ScoresTask = {}): Promise<Overview> {
  const { fingerprint } = engine;
  const key = keyOf(fingerprint);
  const kept = (await db.get('computed', key))?.value as Overview | undefined;
  const fits = kept?.scores.length === engine.clients.count ? kept : null;
  if (fits?.runtime === engine.runtime.name) {
    engine.useScores(fits.scores);
    return fits;
  }
  // What is done in a moment needs no parts.
  const many = engine.clients.count > PART_ROWS;
  const prefix = `${fingerprint}:scores:${OVERVIEW_VERSION}:${engine.runtime.name}:`;
  const store = many ? partsUnder<Float64Array>(db, prefix) : undefined;
  const own = { ...task, store };
  const value = fits ? await rescored(fits, engine, own) : await overviewOf(engine, own);
  try {
    await db.put('computed', { key, value });
  } catch (error) {
    throw asWriteError(error, value.scores.byteLength);
  }
  await store?.clear();
  return value;
}
