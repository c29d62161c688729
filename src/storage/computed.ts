import type { Engine } from '../engine/engine';
import { OVERVIEW_VERSION, overviewOf, type Overview } from '../engine/overview';
import type { Task } from '../engine/runtime';
import { asWriteError, type Db } from './db';

const keyOf = (fingerprint: string): string => `${fingerprint}:overview:${OVERVIEW_VERSION}`;

/**
 * The overview of an open bundle: the one kept with it, else computed and kept. One that another
 * evaluator's scores are in is not used.
 */
export async function keptOverview(db: Db, engine: Engine, task: Task = {}): Promise<Overview> {
  const { fingerprint } = engine;
  const key = keyOf(fingerprint);
  const kept = (await db.get('computed', key))?.value as Overview | undefined;
  if (kept && kept.runtime === engine.runtime.name && kept.scores.length === engine.clients.count) {
    engine.useScores(kept.scores);
    return kept;
  }
  const value = await overviewOf(engine, task);
  try {
    await db.put('computed', { key, value });
  } catch (error) {
    throw asWriteError(error, value.scores.byteLength);
  }
  return value;
}
