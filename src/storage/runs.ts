import { ScoredeskError } from '../core/errors';
import type { ScoredRows } from '../engine/lab/train';
import type { ImportedRun, LabRun } from '../protocol/lab';
import { asWriteError, putBytes, scopedName, sizeOf, type Db, type StoredBytes } from './db';
import { SCHEMA } from './shapes';

/** Trainings, the bundles that came of them, and the files that they learn from. */

export const runLock = (basePath: string, id: string): string => scopedName(basePath, `run:${id}`);

/** Newest first; deleted ones too. */
export async function keptRuns(db: Db): Promise<LabRun[]> {
  const runs = await db.getAll('runs');
  return runs.sort((a, b) => b.startedAt - a.startedAt);
}

/** @throws run-gone */
export async function keptRun(db: Db, id: string): Promise<LabRun> {
  const run = await db.get('runs', id);
  if (!run) throw new ScoredeskError('run-gone', {});
  return run;
}

/** A name is one run's, but for deleted ones. @throws run-name-used */
function refuseName(others: readonly LabRun[], { id, name }: LabRun): void {
  if (others.some((other) => other.id !== id && other.name === name && other.deletedAt === null))
    throw new ScoredeskError('run-name-used', { name });
}

/** @throws run-name-used; storage-refused, storage-failed */
export async function beginRun(db: Db, run: LabRun): Promise<void> {
  const transaction = db.transaction('runs', 'readwrite', { durability: 'strict' });
  refuseName(await transaction.store.getAll(), run);
  try {
    await Promise.all([transaction.store.put({ ...run, schema: SCHEMA }), transaction.done]);
  } catch (error) {
    throw asWriteError(error, 100_000);
  }
}

/** Writes what is new of a run, strictly. @throws run-gone; run-name-used by one that is restored; storage-refused, storage-failed */
export async function amendRun(db: Db, id: string, change: Partial<LabRun>): Promise<LabRun> {
  const transaction = db.transaction('runs', 'readwrite', { durability: 'strict' });
  const run = await transaction.store.get(id);
  if (!run) throw new ScoredeskError('run-gone', {});
  const amended = { ...run, ...change };
  if (change.deletedAt === null) refuseName(await transaction.store.getAll(), amended);
  try {
    await Promise.all([transaction.store.put({ ...amended, schema: SCHEMA }), transaction.done]);
  } catch (error) {
    throw asWriteError(error, 1_000_000);
  }
  return amended;
}

/** Keeps bytes under a name: a run's bundle by its id, a file by its hash. @throws storage-refused, storage-failed */
export async function keepLabFile(db: Db, key: string, blob: Blob): Promise<void> {
  try {
    await putBytes(blob, (bytes) => db.put('labFiles', { key, bytes }));
  } catch (error) {
    throw asWriteError(error, blob.size);
  }
}

const asideKey = (id: string): string => `${id}:aside`;
/** Ids of imported runs are whatever somebody's folder says: their models never lie under a key of another kind. */
const foreignKey = (id: string): string => `imported:${id}`;

/** Keeps what a run's model says of the rows kept aside. @throws storage-refused, storage-failed */
export const keepAside = (db: Db, id: string, { target, scores }: ScoredRows): Promise<void> =>
  keepLabFile(db, asideKey(id), new Blob([new Float64Array(scores), new Uint8Array(target)]));

/** Null of runs that were trained before these were kept. */
export async function keptAside(db: Db, id: string): Promise<ScoredRows | null> {
  const found = await db.get('labFiles', asideKey(id));
  if (!found) return null;
  const bytes = await asBlob(found.bytes).arrayBuffer();
  const rows = bytes.byteLength / 9;
  return { scores: new Float64Array(bytes, 0, rows), target: new Uint8Array(bytes, 8 * rows) };
}

/** Runs of other tools, newest first. */
export async function importedRuns(db: Db): Promise<ImportedRun[]> {
  const runs = await db.getAll('imported');
  return runs.sort((a, b) => b.startedAt - a.startedAt);
}

/** Keeps runs of other tools; one that is here already is replaced. @throws storage-refused, storage-failed */
export async function keepImported(db: Db, runs: readonly ImportedRun[]): Promise<void> {
  const transaction = db.transaction('imported', 'readwrite', { durability: 'strict' });
  try {
    await Promise.all([
      ...runs.map((run) => transaction.store.put({ ...run, schema: SCHEMA })),
      transaction.done,
    ]);
  } catch (error) {
    throw asWriteError(error, 1_000_000);
  }
}

/** Keeps the model of an imported run. @throws storage-refused, storage-failed */
export const keepForeignModel = (db: Db, id: string, model: Blob): Promise<void> =>
  keepLabFile(db, foreignKey(id), model);

/** @throws run-file-gone */
export const foreignModel = (db: Db, id: string): Promise<Blob> => labFile(db, foreignKey(id));

/** Takes runs of another tool away, with their models. */
export async function removeImported(db: Db, ids: readonly string[]): Promise<void> {
  const transaction = db.transaction(['imported', 'labFiles'], 'readwrite', { durability: 'strict' });
  await Promise.all([
    ...ids.flatMap((id) => [
      transaction.objectStore('imported').delete(id),
      transaction.objectStore('labFiles').delete(foreignKey(id)),
    ]),
    transaction.done,
  ]);
}

/** @throws run-file-gone */
export async function labFile(db: Db, key: string): Promise<Blob> {
  const found = await db.get('labFiles', key);
  if (!found) throw new ScoredeskError('run-file-gone', {});
  return asBlob(found.bytes);
}

const asBlob = (bytes: StoredBytes): Blob => (bytes instanceof Blob ? bytes : new Blob([bytes]));

/** Takes a run away for good, with its bundle, and its file where no other run has it. @returns bytes that came free */
export async function removeRun(db: Db, id: string): Promise<number> {
  const run = await keptRun(db, id);
  const others = (await keptRuns(db)).filter((other) => other.id !== id);
  const keyOf = ({ data: { rows } }: LabRun): string => (rows.kind === 'file' ? rows.sha256 : '');
  const isShared = others.some((other) => keyOf(other) === keyOf(run));
  const keys = [id, asideKey(id), ...(isShared || keyOf(run) === '' ? [] : [keyOf(run)])];
  let freed = 0;
  for (const key of keys) {
    const file = await db.get('labFiles', key);
    if (file) freed += sizeOf(file.bytes);
    await db.delete('labFiles', key);
  }
  await db.delete('runs', id);
  return freed;
}

/** Gives back the space of files that no run learns from: somebody looked at them and went on. */
export async function sweepLabFiles(db: Db): Promise<void> {
  const runs = await keptRuns(db);
  const used = new Set(
    runs.flatMap(({ id, data: { rows } }) => [
      ...[id, asideKey(id)],
      ...(rows.kind === 'file' ? [rows.sha256] : []),
    ]),
  );
  for (const id of await db.getAllKeys('imported')) used.add(foreignKey(id));
  for (const key of await db.getAllKeys('labFiles')) if (!used.has(key)) await db.delete('labFiles', key);
}
