/** Where the files of one bundle come from: a directory, a zip, IndexedDB or memory. */
export interface BundleSource {
  /** What messages call it. */
  name: string;
  /** Bytes are known to match their hash (storage keyed by hash, checked at install). */
  verified: boolean;
  /** The file's bytes. @throws bundle-file-missing */
  read(path: string): Promise<Uint8Array>;
}
