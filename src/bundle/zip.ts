import { unzipSync } from 'fflate';
import { reasonOf, ScoredeskError } from '../core/errors';
import { memorySource } from './memory';
import type { BundleSource } from './source';

/** Unpacked bytes that a zip may claim in all: larger bundles are served as directories. */
const MAX_UNPACKED = 1024 * 1024 * 1024;
const MAX_ENTRIES = 20_000;
/** Absolute, or leaving its folder, or with characters no path needs. */
const UNSAFE = /^\/|^[A-Za-z]:|\\|(^|\/)\.\.(\/|$)|[\x00-\x1f]/; // eslint-disable-line no-control-regex

/**
 * A bundle in a zip, at its root or in one top folder.
 *
 * @throws zip-unreadable, zip-unsafe-path (a path that leaves the folder), zip-too-large
 */
export function zipSource(name: string, bytes: Uint8Array): BundleSource {
  const files = new Map<string, Uint8Array>();
  for (const [path, content] of Object.entries(unpack(bytes))) files.set(path, content);
  const root = rootOf([...files.keys()]);
  return memorySource(name, new Map([...files].map(([path, content]) => [path.slice(root.length), content])));
}

function unpack(bytes: Uint8Array): Record<string, Uint8Array> {
  let claimed = 0;
  let entries = 0;
  const seen = new Set<string>();
  try {
    return unzipSync(bytes, {
      filter: ({ name, size, originalSize }) => {
        if (++entries > MAX_ENTRIES)
          throw new ScoredeskError('zip-unreadable', { reason: `over ${MAX_ENTRIES} files` });
        if (name.endsWith('/') || name.startsWith('__MACOSX/')) return false;
        if (UNSAFE.test(name)) throw new ScoredeskError('zip-unsafe-path', { path: name.slice(0, 120) });
        if (seen.has(name))
          throw new ScoredeskError('zip-unreadable', { reason: `${name.slice(0, 80)} twice` });
        seen.add(name);
        // A stored entry unpacks to its own size, whatever it claims.
        claimed += Math.max(size, originalSize);
        if (!(claimed <= MAX_UNPACKED))
          throw new ScoredeskError('zip-too-large', { bytes: claimed, limit: MAX_UNPACKED });
        return true;
      },
    });
  } catch (error) {
    if (error instanceof ScoredeskError) throw error;
    throw new ScoredeskError('zip-unreadable', { reason: reasonOf(error) }, { cause: error });
  }
}

/** The folder that holds bundle.json: the shallowest one. @throws bundle-file-missing */
function rootOf(paths: readonly string[]): string {
  const manifests = paths.filter((path) => path === 'bundle.json' || path.endsWith('/bundle.json'));
  const shallowest = manifests.sort((a, b) => a.length - b.length)[0];
  if (shallowest === undefined) throw new ScoredeskError('bundle-file-missing', { path: 'bundle.json' });
  return shallowest.slice(0, -'bundle.json'.length);
}
