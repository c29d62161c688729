import { ScoredeskError } from '../core/errors';
import { streamingSha256 } from '../bundle/hash';
import { asWriteError, putBytes, sizeOf, type Db } from './db';

/** Bytes kept at once while a file comes in: what a closed tab loses at most. */
const PIECE_BYTES = 1024 * 1024;

/** What a file must be. */
export interface Wanted {
  path: string;
  bytes: number;
  sha256: string;
}

const piecesOf = (sha256: string): IDBKeyRange => IDBKeyRange.bound([sha256, 0], [sha256, Infinity]);

export async function hasFile(db: Db, sha256: string): Promise<boolean> {
  return (await db.getKey('files', sha256)) !== undefined;
}

/** A whole file. @throws bundle-file-missing */
export async function readStored(db: Db, sha256: string, path: string): Promise<Blob> {
  const file = await db.get('files', sha256);
  if (!file) throw new ScoredeskError('bundle-file-missing', { path });
  const pieces = await db.getAll('pieces', piecesOf(sha256));
  return new Blob(pieces.map((piece) => piece.blob));
}

/** Bytes of a file that are here, whole or not. */
export async function storedBytes(db: Db, sha256: string): Promise<number> {
  const pieces = await db.getAll('pieces', piecesOf(sha256));
  return pieces.reduce((sum, piece) => sum + sizeOf(piece.blob), 0);
}

export async function removeStored(db: Db, sha256: string): Promise<void> {
  const transaction = db.transaction(['files', 'pieces'], 'readwrite');
  await Promise.all([
    transaction.objectStore('files').delete(sha256),
    transaction.objectStore('pieces').delete(piecesOf(sha256)),
    transaction.done,
  ]);
}

/** Keeps bytes that are here at once. @throws storage-refused, storage-failed */
export async function putFile(db: Db, wanted: Wanted, bytes: Uint8Array): Promise<void> {
  if (await hasFile(db, wanted.sha256)) return;
  const file = await IncomingFile.open(db, wanted);
  await file.restart();
  await file.write(bytes);
  await file.finish();
}

/**
 * A file on its way into storage: hashed as it comes, kept piece by piece so that a cut costs little,
 * whole only when `finish` has found its size and hash.
 */
export class IncomingFile {
  readonly wanted: Wanted;
  readonly #db: Db;
  #hash = streamingSha256();
  #received = 0;
  #pending: Uint8Array<ArrayBuffer>[] = [];
  #pendingBytes = 0;

  /** Goes on where an earlier try stopped. */
  static async open(db: Db, wanted: Wanted): Promise<IncomingFile> {
    const file = new IncomingFile(db, wanted);
    for (const { from, blob } of await db.getAll('pieces', piecesOf(wanted.sha256))) {
      if (from !== file.#received) {
        // A gap can't come of our own writing; what is behind one is of no use.
        await db.delete('pieces', IDBKeyRange.bound([wanted.sha256, from], [wanted.sha256, Infinity]));
        break;
      }
      file.#hash.update(new Uint8Array(await new Blob([blob]).arrayBuffer()));
      file.#received += sizeOf(blob);
    }
    return file;
  }

  private constructor(db: Db, wanted: Wanted) {
    this.#db = db;
    this.wanted = wanted;
  }

  /** Bytes so far. */
  get received(): number {
    return this.#received;
  }

  /** @throws bundle-file-size when more comes than was promised; storage-refused, storage-failed */
  async write(bytes: Uint8Array): Promise<void> {
    const { path, bytes: expected } = this.wanted;
    const found = this.#received + bytes.length;
    if (found > expected) {
      await this.restart();
      throw new ScoredeskError('bundle-file-size', { path, found, expected });
    }
    this.#hash.update(bytes);
    this.#received = found;
    this.#pending.push(bytes.slice());
    this.#pendingBytes += bytes.length;
    if (this.#pendingBytes >= PIECE_BYTES) await this.keep();
  }

  /** Puts what has come so far where a closed tab can't lose it. @throws storage-refused, storage-failed */
  async keep(): Promise<void> {
    if (this.#pendingBytes === 0) return;
    const blob = new Blob(this.#pending);
    const from = this.#received - this.#pendingBytes;
    this.#pending = [];
    this.#pendingBytes = 0;
    try {
      const { sha256 } = this.wanted;
      await putBytes(blob, (bytes) => this.#db.put('pieces', { sha256, from, blob: bytes }));
    } catch (error) {
      throw asWriteError(error, blob.size);
    }
  }

  /** Forgets every byte. */
  async restart(): Promise<void> {
    this.#hash = streamingSha256();
    this.#received = 0;
    this.#pending = [];
    this.#pendingBytes = 0;
    await removeStored(this.#db, this.wanted.sha256);
  }

  /**
   * Declares the file whole.
   * @throws download-cut when bytes lack; bundle-file-hash, after which nothing of it is kept
   */
  async finish(): Promise<void> {
    const { path, bytes, sha256 } = this.wanted;
    await this.keep();
    if (this.#received < bytes)
      throw new ScoredeskError('download-cut', { path, found: this.#received, expected: bytes });
    const found = this.#hash.hex();
    if (found !== sha256) {
      await this.restart();
      throw new ScoredeskError('bundle-file-hash', { path, found, expected: sha256 });
    }
    try {
      await this.#db.put('files', { sha256, bytes });
    } catch (error) {
      throw asWriteError(error, bytes);
    }
  }
}
