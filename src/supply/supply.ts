import { checkStopped, ScoredeskError } from '../core/errors';
import type { Origin } from '../protocol/installed';
import { MAX_MANIFEST_BYTES } from '../bundle/schema';
import { download, fetchSmall } from './download';
import type { IncomingFile } from '../storage/files';
import type { Network } from './reach';

/** Where the files of a bundle to be installed come from. */
export interface Supply {
  origin: Origin;
  /** Folder to go on from after a reload; "" when there is none. */
  url: string;
  manifest(signal: AbortSignal): Promise<Uint8Array>;
  /** Brings one file into storage, whole and verified. */
  bring(file: IncomingFile, signal: AbortSignal, progress: (done: number) => void): Promise<void>;
}

/** A bundle in a folder of this site or of another host. @throws as `download` */
export function webSupply(url: string, network: Network): Supply {
  const { host, origin } = new URL(url);
  const address = (path: string): string => new URL(path, url).href;
  return {
    origin:
      origin === new URL(network.base).origin ? { kind: 'site', name: '' } : { kind: 'host', name: host },
    url,
    manifest: (signal) => fetchSmall(address('bundle.json'), MAX_MANIFEST_BYTES, { network, signal }),
    bring: (file, signal, progress) =>
      download(address(file.wanted.path), file, { network, signal, progress }),
  };
}

/** Bytes read at once from a file on this machine. */
const SLICE_BYTES = 4 * 1024 * 1024;

/**
 * A bundle in files picked on this machine.
 * @param files by their path in the bundle
 * @throws bundle-file-missing, bundle-file-size, bundle-file-hash, file-unreadable
 */
export function fileSupply(name: string, files: ReadonlyMap<string, Blob>): Supply {
  const find = (path: string): Blob => {
    const file = files.get(path);
    if (!file) throw new ScoredeskError('bundle-file-missing', { path });
    return file;
  };
  return {
    origin: { kind: 'file', name },
    url: '',
    manifest: async () => {
      const file = find('bundle.json');
      if (file.size > MAX_MANIFEST_BYTES)
        throw new ScoredeskError('bundle-file-size', {
          path: 'bundle.json',
          found: file.size,
          expected: MAX_MANIFEST_BYTES,
        });
      return slice(file, 'bundle.json', 0, file.size);
    },
    bring: async (file, signal, progress) => {
      const { path, bytes } = file.wanted;
      const content = find(path);
      if (content.size !== bytes)
        throw new ScoredeskError('bundle-file-size', { path, found: content.size, expected: bytes });
      await file.restart();
      for (let from = 0; from < bytes; from += SLICE_BYTES) {
        checkStopped(signal);
        await file.write(await slice(content, path, from, from + SLICE_BYTES));
        progress(file.received);
      }
      await file.finish();
    },
  };
}

/** @throws file-unreadable when it was moved or changed since it was picked */
async function slice(file: Blob, path: string, from: number, to: number): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.slice(from, to).arrayBuffer());
  } catch (error) {
    throw new ScoredeskError('file-unreadable', { path, reason: 'moved or changed' }, { cause: error });
  }
}
