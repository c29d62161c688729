import { asCoded, hangsOn, ScoredeskError } from '../core/errors';
import { anySignal } from '../core/web';
import { filesOnUse } from '../bundle/onUse';
import type { BundleSource } from '../bundle/source';
import type { PartSign } from '../protocol/partSign';
import { amendBundle, installedBundle, storedSource } from '../storage/bundles';
import { scopedName, type Db } from '../storage/db';
import { hasFile, IncomingFile, type Wanted } from '../storage/files';
import type { Network } from './reach';
import { webSupply } from './supply';

export interface OnUse {
  db: Db;
  basePath: string;
  network: () => Promise<Network>;
  /** Hears how far a part is. */
  tell: (sign: PartSign) => void;
}

/** A stored bundle whose files on use are fetched from where it came when they are first read, then kept like all others. */
export const sourceOnUse = (fingerprint: string, way: OnUse): Promise<BundleSource> =>
  storedSource(way.db, fingerprint, (file) => bringOnUse(fingerprint, file, way));

/** Every part of an installed bundle is here once this has ended. @throws as `bringOnUse` */
export async function bringAll(fingerprint: string, way: OnUse): Promise<void> {
  const { manifest } = await storedSource(way.db, fingerprint);
  const onUse = filesOnUse(manifest);
  for (const file of manifest.files) if (onUse.has(file.path)) await bringOnUse(fingerprint, file, way);
}

/**
 * Fetches one file of a bundle, by one tab at a time; what came before the connection was lost is not fetched again.
 *
 * @throws part-away while there is no connection; part-replaced where its address holds another bundle by now; storage-full …
 */
async function bringOnUse(
  fingerprint: string,
  file: Wanted,
  { db, basePath, network, tell }: OnUse,
): Promise<void> {
  await navigator.locks.request(scopedName(basePath, `part:${file.sha256}`), async () => {
    if (await hasFile(db, file.sha256)) return;
    const { url, onUse, files } = await installedBundle(db, fingerprint);
    if (url === '') throw new ScoredeskError('bundle-file-missing', { path: file.path });
    const incoming = await IncomingFile.open(db, file);
    const progress = (done: number) => tell({ laterRows: true, done, total: file.bytes });
    progress(incoming.received);
    try {
      await webSupply(url, await network()).bring(incoming, anySignal([]), progress);
      await amendBundle(db, fingerprint, { onUse: onUse - file.bytes, files: files + 1 });
    } catch (error) {
      await incoming.keep().catch(() => undefined);
      throw asTold(error, file, url);
    } finally {
      progress(file.bytes);
    }
  });
}

function asTold(error: unknown, { path, bytes }: Wanted, url: string): unknown {
  const coded = asCoded(error);
  if (coded && hangsOn(coded.code) === 'connection')
    return new ScoredeskError('part-away', { path, bytes }, { cause: error });
  const gone = coded?.code === 'http-status' && 'status' in coded.params && coded.params.status === 404;
  if (gone || coded?.code === 'bundle-file-hash' || coded?.code === 'bundle-file-size')
    return new ScoredeskError('part-replaced', { path, url }, { cause: error });
  return error;
}
