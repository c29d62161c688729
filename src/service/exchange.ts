import { sha256Hex } from '../bundle/hash';
import type { PickedFile } from '../bundle/source';
import { unzipBundle, zipBlob } from '../bundle/zip';
import type { WrittenRun } from '../core/mlflow/write';
import type { Progress } from '../engine/runtime';
import { changing, type OperationTask } from '../protocol/host';
import type { ImportedRun, LabRun } from '../protocol/lab';
import {
  foreignModel,
  importedRuns as kept,
  keepForeignModel,
  keepImported,
  keptRun,
  labFile,
  removeImported as remove,
} from '../storage/runs';
import type { Context } from './context';

/** Runs that come from MLflow and go to it. */

export const importedRuns = async (context: Context): Promise<ImportedRun[]> => kept(await context.db());

/**
 * Keeps the runs of an mlruns folder or a zip of one, with their models.
 *
 * @returns how many
 * @throws mlflow-none, mlflow-unreadable; what opening a zip throws; storage-refused, storage-failed
 */
export const importRuns = changing(
  async (
    context: Context,
    { files }: { files: PickedFile[] },
    { progress }: OperationTask<Progress>,
  ): Promise<number> => {
    const { foreignRuns } = await import('../supply/foreignRuns');
    const found = await foreignRuns(files, (done, total) => progress({ done, total, unit: 'runs' }));
    const db = await context.db();
    // A model before its run: what is listed is whole.
    for (const { run, model } of found) if (model) await keepForeignModel(db, run.id, model);
    const importedAt = Date.now();
    await keepImported(
      db,
      found.map(({ run }) => ({ ...run, importedAt })),
    );
    return found.length;
  },
);

export const removeImported = changing(async (context: Context, { ids }: { ids: string[] }): Promise<void> =>
  remove(await context.db(), ids),
);

/** The ONNX model of a run that was brought here. @throws run-file-gone */
export const importedModel = async (context: Context, { id }: { id: string }): Promise<Blob> =>
  foreignModel(await context.db(), id);

/** Runs as a zip of MLflow's file store; addresses in it are from where the folder mlruns lies. @param version of the app */
export async function runsForMlflow(
  context: Context,
  { ids, version }: { ids: readonly string[]; version: string },
): Promise<Blob> {
  const [{ fileStore }, { loggedRun }] = await Promise.all([
    import('../core/mlflow/write'),
    import('../report/loggedRun'),
  ]);
  const { recipeJson } = await import('../report/recipeText');
  const db = await context.db();
  const written: WrittenRun[] = [];
  for (const id of ids) {
    const run = await keptRun(db, id);
    const bundle = run.result ? new Uint8Array(await (await labFile(db, id)).arrayBuffer()) : null;
    const model = bundle ? (unzipBundle(bundle).get('model.onnx') ?? null) : null;
    const trained = { ...run, ...outward(run), model, recipeJson: recipeJson(run.recipe) };
    written.push(loggedRun(trained, version));
  }
  const store = [...fileStore(written, './mlruns')];
  return zipBlob(store.map(([path, bytes]) => [`mlruns/${path}`, bytes] as const));
}

/** What a run is called outside. */
function outward({ id, data: { rows }, deletedAt, stages, tags }: LabRun) {
  const stage = stages.at(-1)?.stage;
  return {
    id: sha256Hex(new TextEncoder().encode(id)).slice(0, 32),
    isDeleted: deletedAt !== null,
    data: { name: rows.name, sha256: rows.kind === 'file' ? rows.sha256 : rows.fingerprint },
    tags: {
      ...Object.fromEntries(tags.map((tag) => [tag, ''])),
      ...(stage === undefined ? {} : { stage }),
    },
  };
}
