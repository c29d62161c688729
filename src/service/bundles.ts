import { anySignal } from '../core/web';
import { MAX_MANIFEST_BYTES } from '../bundle/schema';
import { parseCatalogue } from '../bundle/validate';
import { zipFiles } from '../bundle/zip';
import { changing, type OperationTask } from '../protocol/host';
import type { InstalledBundle, KeptWithBundle, OfferedBundle, PausedInstall } from '../protocol/installed';
import type { Site } from '../protocol/site';
import {
  forgetInstall,
  installedBundles,
  keptWith,
  pausedInstalls,
  removeBundle,
  storedFiles,
  sweep,
} from '../storage/bundles';
import { fetchSmall } from '../supply/download';
import { bringAll } from '../supply/onUse';
import { ANSWER_WITHIN } from '../supply/reach';
import type { Context } from './context';

/** What this device holds and what the site offers. */

interface Named {
  fingerprint: string;
}

/** What config.json says. */
export const site = async (context: Context): Promise<Site> => (await context.network()).site;

export async function catalogue(
  context: Context,
  { url }: { url: string },
  { signal }: OperationTask,
): Promise<OfferedBundle[]> {
  const answer = await fetchSmall(url, MAX_MANIFEST_BYTES, {
    network: await context.network(),
    signal: anySignal([signal, AbortSignal.timeout(ANSWER_WITHIN)]),
  });
  const { origin, host } = new URL(url);
  const shownHost = origin === new URL(context.base).origin ? '' : host;
  return parseCatalogue(answer, url).bundles.map((entry) => ({
    ...entry,
    url: new URL(`${entry.path}/`, url).href,
    host: shownHost,
  }));
}

export const installed = async (context: Context): Promise<InstalledBundle[]> =>
  installedBundles(await context.db());

/** Installs that were begun and stopped. */
export const paused = async (context: Context): Promise<PausedInstall[]> =>
  pausedInstalls(await context.db());

/** Gives up a paused install and its space. */
export const discard = changing(async (context: Context, { fingerprint }: Named): Promise<void> => {
  await forgetInstall(await context.db(), fingerprint);
  await sweep(await context.db(), context.basePath);
});

/** The bundle as one zip, with the parts that come on use. */
export async function zip(context: Context, { fingerprint }: Named): Promise<Blob> {
  const onUse = await context.onUse();
  await bringAll(fingerprint, onUse);
  const files = await storedFiles(onUse.db, fingerprint);
  const pieces: BlobPart[] = [];
  const readable = files.map(({ path, blob }) => ({
    path,
    read: async () => new Uint8Array(await blob.arrayBuffer()),
  }));
  await zipFiles(readable, (piece) => pieces.push(piece));
  return new Blob(pieces, { type: 'application/zip' });
}

/** What would go with a bundle. */
export const keptOf = async (context: Context, { fingerprint }: Named): Promise<KeptWithBundle> =>
  keptWith(await context.db(), fingerprint);

export const remove = changing(async (context: Context, { fingerprint }: Named): Promise<void> => {
  context.close(fingerprint);
  await removeBundle(await context.db(), fingerprint);
  await sweep(await context.db(), context.basePath);
});
