import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BundleSource } from '../../src/bundle/source';

/** A bundle's folder on the disk. */
export const directorySource = (folder: string): BundleSource => ({
  name: folder,
  verified: false,
  read: (path) => Promise.resolve(new Uint8Array(readFileSync(join(folder, path)))),
});
