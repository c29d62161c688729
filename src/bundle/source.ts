import type { ByteRanges } from '../core/table/ranges';

/** A file picked or dropped on this machine, with its path in the folder it was picked from. */
export interface PickedFile {
  path: string;
  file: File;
}

/** Where the files of one bundle come from: a directory, a zip, IndexedDB or memory. */
export interface BundleSource {
  /** What messages call it. */
  name: string;
  /** Bytes are known to match their hash (storage keyed by hash, checked at install). */
  verified: boolean;
  /** The file's bytes. @throws bundle-file-missing */
  read(path: string): Promise<Uint8Array>;
  /** Any part of the file, where that is cheaper than all of it. @throws bundle-file-missing */
  ranges?(path: string): Promise<ByteRanges>;
}
