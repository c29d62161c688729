import type { DriftResult } from '../engine/drift';
import { ScoredeskError } from '../core/errors';
import type { SavedComparison } from '../protocol/drift';
import { asWriteError, SCHEMA, type Db } from './db';

/** Comparisons that somebody kept: settings, date and the aggregates; never a row. */

export async function saveComparison(
  db: Db,
  given: { fingerprint: string; bundle: string; name: string; file: string; result: DriftResult },
): Promise<SavedComparison> {
  const { result, fingerprint, ...named } = given;
  const { dataset } = result.comparison;
  const summary = {
    ...named,
    savedAt: new Date().toISOString(),
    request: result.request,
    drifted: dataset.count,
    compared: dataset.compared,
  };
  try {
    // Strict: what was said to be kept is on the disk.
    const transaction = db.transaction('comparisons', 'readwrite', { durability: 'strict' });
    const id = await transaction.store.add({ fingerprint, schema: SCHEMA, ...summary, result });
    await transaction.done;
    return { id, ...summary };
  } catch (error) {
    throw asWriteError(error, 1_000_000);
  }
}

/** Those of a bundle, the latest first, without their figures. */
export async function savedComparisons(db: Db, fingerprint: string): Promise<SavedComparison[]> {
  const found = await db.getAllFromIndex('comparisons', 'fingerprint', fingerprint);
  return found
    .map(({ id = 0, bundle, name, savedAt, request, file, drifted, compared }) => ({
      id,
      bundle,
      name,
      savedAt,
      request,
      file,
      drifted,
      compared,
    }))
    .reverse();
}

/** @throws comparison-gone */
export async function savedComparison(db: Db, id: number): Promise<DriftResult> {
  const found = await db.get('comparisons', id);
  if (!found) throw new ScoredeskError('comparison-gone', {});
  return found.result;
}

export const removeComparison = (db: Db, id: number): Promise<void> => db.delete('comparisons', id);
export const countComparisons = (db: Db): Promise<number> => db.count('comparisons');
export const clearComparisons = (db: Db): Promise<void> => db.clear('comparisons');
