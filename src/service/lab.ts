import { ScoredeskError, toErrorData } from '../core/errors';
import { swapSet, type Decided, type SwapSet } from '../core/decision/swap';
import { streamingSha256 } from '../bundle/hash';
import type { PickedFile } from '../bundle/source';
import type { DataLook } from '../engine/data/look';
import type { Correlations } from '../engine/data/together';
import type { LabPlan } from '../engine/lab/plan';
import type { Recipe } from '../engine/lab/recipe';
import type { Progress } from '../engine/runtime';
import { changing, type OperationTask } from '../protocol/host';
import type { InstalledBundle, InstallProgress } from '../protocol/installed';
import type { LabData, LabProgress, LabRows, LabRun, RunChange } from '../protocol/lab';
import {
  amendRun as amend,
  beginRun as begin,
  keepAside,
  keepLabFile,
  keptAside,
  keptRun,
  keptRuns,
  labFile,
  removeRun as remove,
  runLock,
  sweepLabFiles,
} from '../storage/runs';
import type { LabInput } from '../supply/labRows';
import { installPicked } from './install';
import type { Context } from './context';

/** Trainings: what a recipe would do, runs that go on in workers of their own, and bundles made of them. */

interface Asking {
  data: LabData;
  recipe: Recipe;
}
interface Named {
  id: string;
}

const HASHED_AT_ONCE = 8 * 1024 * 1024;

/** Keeps a file of rows on this device, so that a run goes on after a reload. */
export const keepRows = changing(
  async (context: Context, { file }: { file: PickedFile }): Promise<LabRows & { kind: 'file' }> => {
    const hash = streamingSha256();
    for (let from = 0; from < file.file.size; from += HASHED_AT_ONCE)
      hash.update(new Uint8Array(await file.file.slice(from, from + HASHED_AT_ONCE).arrayBuffer()));
    const sha256 = hash.hex();
    const db = await context.db();
    await sweepLabFiles(db);
    await keepLabFile(db, sha256, file.file);
    return { kind: 'file', sha256, name: file.path.split('/').at(-1) ?? file.path };
  },
);

/** A recipe with every part. @throws recipe-invalid with the path */
export async function readRecipe(_context: Context, { text }: { text: string }): Promise<Recipe> {
  const { parseRecipe } = await import('../engine/lab/recipe');
  return parseRecipe(new TextEncoder().encode(text));
}

/** Recipes to begin from, by name. */
export async function recipeTemplates(): Promise<Record<string, Recipe>> {
  const [{ TEMPLATES }, { checkedRecipe }] = await Promise.all([
    import('../engine/lab/templates'),
    import('../engine/lab/recipe'),
  ]);
  return Object.fromEntries(Object.entries(TEMPLATES).map(([name, json]) => [name, checkedRecipe(json)]));
}

/** Columns of the rows, and which of them could be outcomes. */
export async function labLook(
  context: Context,
  { rows }: { rows: LabRows },
  task: OperationTask<Progress>,
): Promise<DataLook> {
  const [{ readData }, { lookOf }, { labSource }] = await Promise.all([
    import('../engine/data/read'),
    import('../engine/data/look'),
    import('../supply/labRows'),
  ]);
  const { source, target } = await labSource(rows, await context.onUse());
  const look = lookOf(await readData(source, task));
  if (target === '') return look;
  // A bundle's outcome is what it says, 1 where somebody defaulted.
  const outcomes = look.outcomes.filter(({ column, value }) => column === target && value === '1');
  return { ...look, outcomes: outcomes.map((one) => ({ ...one, likely: true })) };
}

/** How every two numbers of the rows go together. */
export async function labCorrelations(
  context: Context,
  { rows }: { rows: LabRows },
  task: OperationTask<Progress>,
): Promise<Correlations> {
  const [{ readData }, { correlationsOf }, { labSource }] = await Promise.all([
    import('../engine/data/read'),
    import('../engine/data/together'),
    import('../supply/labRows'),
  ]);
  const { source } = await labSource(rows, await context.onUse());
  const { sample } = await readData(source, task);
  return correlationsOf(sample, task);
}

let last: { key: string; input: Promise<LabInput> } | null = null;

/** The rows of the last question: recipes change, rows stay. */
async function inputOf(context: Context, data: LabData): Promise<LabInput> {
  const key = JSON.stringify(data);
  if (last?.key === key) return last.input;
  const { labInput } = await import('../supply/labRows');
  const input = labInput(data, await context.onUse());
  last = { key, input };
  input.catch(() => (last = null));
  return input;
}

/** What a recipe would do with these rows. */
export async function labPlan(context: Context, { data, recipe }: Asking): Promise<LabPlan> {
  const { planOf } = await import('../engine/lab/plan');
  return planOf({ ...(await inputOf(context, data)), recipe });
}

export const runs = async (context: Context): Promise<LabRun[]> => keptRuns(await context.db());

/** Ids of the runs that some tab works on. */
export async function runsAtWork(context: Context): Promise<string[]> {
  const prefix = runLock(context.basePath, '');
  const { held = [] } = await navigator.locks.query();
  return held.flatMap(({ name = '' }) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []));
}

/** Ends once no tab works on a run any more. */
export const runLeft = async (context: Context, { id }: Named, { signal }: OperationTask): Promise<void> =>
  navigator.locks.request(runLock(context.basePath, id), { mode: 'shared', signal }, () => undefined);

/** @throws run-name-used */
export const beginRun = changing(async (context: Context, { run }: { run: LabRun }): Promise<void> =>
  begin(await context.db(), run),
);

export const amendRun = changing(
  async (context: Context, { id, change }: Named & { change: RunChange }): Promise<LabRun> =>
    amend(await context.db(), id, change),
);

/** For good. */
export const removeRun = changing(async (context: Context, { id }: Named): Promise<number> =>
  remove(await context.db(), id),
);

/** Runs whose search may end with what it has. */
const enough = new Set<string>();

export const endSearch = async (_context: Context, { id }: Named): Promise<void> => void enough.add(id);

/** After these a run can go on from where it was: the person stopped it, or made room. */
const GOES_ON = ['stopped', 'storage-refused', 'storage-failed'];

/**
 * Trains a run that was begun, from where it stopped, and keeps what came of it; a failure is kept with it. Candidates are
 * kept as they are tried: a killed tab loses one at most.
 *
 * @throws run-elsewhere while another tab works on it; what `train` and `pack` throw; stopped, storage-refused, storage-failed, after
 *   which it can go on
 */
export const trainRun = changing(
  async (context: Context, { id }: Named, task: OperationTask<LabProgress>): Promise<LabRun> =>
    navigator.locks.request(runLock(context.basePath, id), { ifAvailable: true }, async (lock) => {
      const db = await context.db();
      const run = await keptRun(db, id);
      if (!lock) throw new ScoredeskError('run-elsewhere', { name: run.name });
      const began = performance.now();
      const seconds = () => run.seconds + (performance.now() - began) / 1000;
      try {
        const { trainedBundle } = await import('../supply/training');
        const { result, aside, zip } = await trainedBundle(run, await inputOf(context, run.data), {
          ...task,
          wasm: context.wasm,
          enough: () => enough.has(id),
          keep: (tried) => amend(db, id, { tried, seconds: seconds() }),
        });
        await keepLabFile(db, id, zip);
        await keepAside(db, id, aside);
        return await amend(db, id, { state: 'done', result, error: null, seconds: seconds() });
      } catch (error) {
        const told = toErrorData(error);
        if (!GOES_ON.includes(told.code))
          await amend(db, id, { state: 'failed', error: told, seconds: seconds() }).catch(() => undefined);
        throw error;
      } finally {
        enough.delete(id);
      }
    }),
);

/**
 * Who is decided otherwise by the second run's model, each at its own threshold, of the rows kept aside.
 *
 * @returns null where these were not the same rows, or a run does not have them
 */
export async function runSwap(
  context: Context,
  { ids }: { ids: readonly [string, string] },
): Promise<SwapSet | null> {
  const db = await context.db();
  const decided = await Promise.all(
    ids.map(async (id): Promise<Decided | null> => {
      const [{ result }, aside] = await Promise.all([keptRun(db, id), keptAside(db, id)]);
      return aside && result ? { ...aside, threshold: result.threshold.threshold } : null;
    }),
  );
  const [first, second] = decided;
  return first && second ? swapSet(first, second) : null;
}

/** The bundle that came of a run, as a zip. */
export const runZip = async (context: Context, { id }: Named): Promise<Blob> =>
  labFile(await context.db(), id);

/** Installs the bundle of a run beside the others. */
export const publishRun = changing(
  async (context: Context, { id }: Named, task: OperationTask<InstallProgress>): Promise<InstalledBundle> => {
    const db = await context.db();
    const { name } = await keptRun(db, id);
    const file = new File([await labFile(db, id)], `${name}.zip`);
    const installed = await installPicked(context, { files: [{ path: file.name, file }] }, task);
    await amend(db, id, { published: installed.fingerprint });
    return installed;
  },
);
