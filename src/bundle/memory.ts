import { ScoredeskError } from '../core/errors';
import type { BundleSource } from './source';

/** A bundle held in memory, as `pack` makes it. */
export function memorySource(name: string, files: ReadonlyMap<string, Uint8Array>): BundleSource {
  return {
    name,
    verified: false,
    read: async (path) => {
      const bytes = files.get(path);
      if (!bytes) throw new ScoredeskError('bundle-file-missing', { path });
      return bytes;
    },
  };
}
