import { ScoredeskError } from '../core/errors';
import { eachChunk, patiently } from './patience';
import { lost } from './reach';

/** Milliseconds before the tries after a lost connection. */
const TRY_AGAIN_AFTER = [300, 1200];

/**
 * onnxruntime's wasm: fetched once a worker, from the service worker's cache where it is kept. Asked
 * for early, it comes while a bundle's files do.
 */
export class EngineFile {
  readonly #url: string;
  /** Its size, known from the build: the answer's length may be that of its compressed form. */
  readonly bytes: number;
  #loading: Promise<ArrayBuffer> | null = null;
  /** Bytes that are here. */
  done = 0;

  constructor(url: string, bytes: number) {
    this.#url = url;
    this.bytes = bytes;
  }

  /** Kept on this device already. */
  async isKept(): Promise<boolean> {
    return 'caches' in globalThis && (await caches.match(this.#url)) !== undefined;
  }

  /** @param progress called as bytes come @throws unreachable, offline, http-status */
  load(progress?: () => void): Promise<ArrayBuffer> {
    this.#loading ??= patiently(TRY_AGAIN_AFTER, undefined, () => this.#fetch(progress));
    this.#loading.catch(() => (this.#loading = null));
    return this.#loading;
  }

  async #fetch(progress?: () => void): Promise<ArrayBuffer> {
    const url = this.#url;
    this.done = 0;
    const response = await fetch(url).catch((error: unknown) => {
      throw lost(url, error);
    });
    if (!response.ok || !response.body)
      throw new ScoredeskError('http-status', { url, status: response.status });
    const all = new Uint8Array(this.bytes);
    await eachChunk(response, url, undefined, (chunk) => {
      if (this.done + chunk.length > all.length) throw lost(url);
      all.set(chunk, this.done);
      this.done += chunk.length;
      progress?.();
    });
    if (this.done < all.length) throw lost(url);
    return all.buffer;
  }
}
