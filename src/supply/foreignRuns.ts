import { ScoredeskError } from '../core/errors';
import { readFileStore, type StoreFile } from '../core/mlflow/read';
import { modelOf, type LoggedRun } from '../core/mlflow/run';
import { looksZipped, MAX_ZIP_BYTES, unzip } from '../bundle/zip';
import type { PickedFile } from '../bundle/source';

/** Runs out of a folder or a zip that somebody picked. */

/** A run is some sixty files. */
const MOST_ENTRIES = 500_000;

/** A run, and its ONNX model where it left one. */
export interface ForeignRun {
  run: LoggedRun;
  model: Blob | null;
}

/** @throws mlflow-none, mlflow-unreadable; zip-too-large and what opening a zip throws */
export async function foreignRuns(
  picked: readonly PickedFile[],
  progress: (done: number, total: number) => void,
): Promise<ForeignRun[]> {
  const files = await opened(picked);
  const runs = await readFileStore([...files].map(storeFile), progress);
  return runs.map((run) => ({ run, model: files.get(modelOf(run)?.file ?? '') ?? null }));
}

const storeFile = ([path, blob]: [string, Blob]): StoreFile => ({
  ...{ path, bytes: blob.size },
  text: () => blob.text(),
});

async function opened(picked: readonly PickedFile[]): Promise<Map<string, Blob>> {
  const [one, ...others] = picked;
  if (!one || others.length) return new Map(picked.map(({ path, file }) => [path, file]));
  const head = new Uint8Array(await one.file.slice(0, 4).arrayBuffer());
  if (!looksZipped(head)) return new Map([[one.path, one.file]]);
  if (one.file.size > MAX_ZIP_BYTES)
    throw new ScoredeskError('zip-too-large', { bytes: one.file.size, limit: MAX_ZIP_BYTES });
  const inside = unzip(new Uint8Array(await one.file.arrayBuffer()), MOST_ENTRIES);
  return new Map([...inside].map(([path, bytes]) => [path, new Blob([new Uint8Array(bytes)])]));
}
