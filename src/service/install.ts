import type { Packed } from '../bundle/pack';
import type { PackStep } from '../bundle/packPlan';
import type { MakeChoice, Proposal } from '../bundle/proposal';
import type { PickedFile } from '../bundle/source';
import { refusing, type Finding } from '../bundle/training/findings';
import { ScoredeskError } from '../core/errors';
import { changing, type OperationTask } from '../protocol/host';
import type { InstalledBundle, InstallProgress } from '../protocol/installed';
import { install as installFrom } from '../supply/install';
import { pickedSupply } from '../supply/picked';
import { webSupply, type Supply } from '../supply/supply';
import type { Context } from './context';

/** Bundles that come: from a folder of the web, picked here, made of somebody's own files. */

type InstallTask = OperationTask<InstallProgress>;

async function run(
  context: Context,
  supply: Supply,
  fingerprint: string,
  { signal, progress }: InstallTask,
): Promise<InstalledBundle> {
  const { basePath, engineFile, hands } = context;
  return installFrom(supply, {
    db: await context.db(),
    basePath,
    onUse: await context.onUse(),
    engineFile,
    signal,
    fingerprint,
    progress,
    hands,
    opened: (engine, overview) => context.adopt(engine, overview),
  });
}

export const install = changing(
  async (
    context: Context,
    { url, fingerprint }: { url: string; fingerprint: string },
    task: InstallTask,
  ): Promise<InstalledBundle> => run(context, webSupply(url, await context.network()), fingerprint, task),
);

export const installPicked = changing(
  async (context: Context, { files }: { files: PickedFile[] }, task: InstallTask): Promise<InstalledBundle> =>
    run(context, await pickedSupply(files), '', task),
);

// Reading CSV and packing are fetched when somebody makes a bundle.

/** What somebody's own model and tables look like. */
export async function propose(_context: Context, { files }: { files: PickedFile[] }): Promise<Proposal> {
  const { proposeOwn } = await import('../supply/own');
  return proposeOwn(files);
}

/** The bundle that was made last, for whoever goes on with it after having read what it holds. */
let made: { key: string; packed: Packed } | null = null;

const keyOf = (files: readonly PickedFile[], choice: MakeChoice): string =>
  JSON.stringify([files.map(({ path, file }) => [path, file.size, file.lastModified]), choice]);

type Own = { files: PickedFile[]; choice: MakeChoice };

async function packed(
  { wasm }: Context,
  { files, choice }: Own,
  task: { signal: AbortSignal; progress?: (step: PackStep) => void },
): Promise<Packed> {
  const key = keyOf(files, choice);
  if (made?.key === key) return made.packed;
  const { packOwn } = await import('../supply/own');
  made = { key, packed: await packOwn(files, choice, wasm, task) };
  return made.packed;
}

/** What these tables hold that the rows which trained the model did not; known before anything is kept. */
export const review = async (context: Context, own: Own, task: OperationTask<PackStep>): Promise<Finding[]> =>
  (await packed(context, own, task)).findings;

/** Makes a bundle of them and installs it. @throws unlike-training where they can't be what the model learned from */
export const make = changing(
  async (context: Context, own: Own, task: InstallTask): Promise<InstalledBundle> => {
    const { ownSupply } = await import('../supply/own');
    const bundle = await packed(context, own, { signal: task.signal });
    const { length: count } = refusing(bundle.findings);
    if (count > 0) throw new ScoredeskError('unlike-training', { count });
    const installed = await run(context, ownSupply(own.files, bundle), '', task);
    made = null;
    return installed;
  },
);
