import type { MakeChoice, Proposal } from '../bundle/proposal';
import type { PickedFile } from '../bundle/source';
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
  const { basePath, engineFile } = context;
  return installFrom(supply, {
    db: await context.db(),
    basePath,
    engineFile,
    signal,
    fingerprint,
    progress,
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

/** Makes a bundle of them and installs it. */
export const make = changing(
  async (
    context: Context,
    { files, choice }: { files: PickedFile[]; choice: MakeChoice },
    task: InstallTask,
  ): Promise<InstalledBundle> => {
    const { ownSupply } = await import('../supply/own');
    return run(context, await ownSupply(files, choice, context.wasm), '', task);
  },
);
