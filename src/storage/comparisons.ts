import type { DriftResult } from '../engine/drift/compare';
import { ScoredeskError } from '../core/errors';
import type { ComparisonToSave, SavedComparison } from '../protocol/comparisons';
import { SCHEMA } from './shapes';
import { asWriteError, type Db, type StoredComparison } from './db';

/** Comparisons that somebody kept: settings, date and the aggregates; never a row. */

export async function saveComparison(db: Db, given: ComparisonToSave): Promise<SavedComparison> {
  const savedAt = new Date().toISOString();
  const kept = { ...given, savedAt, schema: SCHEMA, request: given.result.request };
  try {
    // Strict: what was said to be kept is on the disk.
    const transaction = db.transaction('comparisons', 'readwrite', { durability: 'strict' });
    const id = await transaction.store.add(kept);
    await transaction.done;
    return summaryOf({ ...kept, id });
  } catch (error) {
    throw asWriteError(error, 1_000_000);
  }
}

/** Those of a bundle, the latest first, without their figures. */
export async function savedComparisons(db: Db, fingerprint: string): Promise<SavedComparison[]> {
  const found = await db.getAllFromIndex('comparisons', 'fingerprint', fingerprint);
  return found.map(summaryOf).reverse();
}

/** @throws comparison-gone, also for another bundle's */
export async function savedComparison(
  db: Db,
  fingerprint: string,
  id: number,
): Promise<SavedComparison & { result: DriftResult }> {
  const found = await db.get('comparisons', id);
  if (found?.fingerprint !== fingerprint) throw new ScoredeskError('comparison-gone', {});
  return { ...summaryOf(found), result: found.result };
}

/** What a list shows of it. */
function summaryOf(stored: StoredComparison): SavedComparison {
  const { id = 0, bundle, name, savedAt, request, file, drifted, compared } = stored;
  return { id, bundle, name, savedAt, request, file, drifted, compared };
}

export const removeComparison = (db: Db, id: number): Promise<void> => db.delete('comparisons', id);
export const countComparisons = (db: Db): Promise<number> => db.count('comparisons');
export const clearComparisons = (db: Db): Promise<void> => db.clear('comparisons');
