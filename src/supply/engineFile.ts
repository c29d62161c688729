import { ScoredeskError } from '../core/errors';
import { eachChunk, patiently } from './patience';
import { lost } from './reach';

/** Milliseconds before the tries after a lost connection. */
const TRY_AGAIN_AFTER = [300, 1200];

/**
 * onnxruntime's wasm: fetched once a device, kept in a cache of its own. The service worker has no part in it: an answer of
 * 14 MB through it that a reload cuts short keeps its old version busy, and a new one then never takes over (Chromium).
 */
export class EngineFile {
  readonly #url: string;
  readonly #cacheName: string;
  /** Its size, known from the build: the answer's length may be that of its compressed form. */
  readonly bytes: number;
  #loading: Promise<ArrayBuffer> | null = null;
  readonly #listeners = new Set<() => void>();
  /** Bytes that are here. */
  done = 0;

  constructor({ url, bytes, cacheName }: { url: string; bytes: number; cacheName: string }) {
    this.#url = url;
    this.bytes = bytes;
    this.#cacheName = cacheName;
  }

  /** Kept on this device already. */
  async isKept(): Promise<boolean> {
    return (await this.#kept()) !== undefined;
  }

  /** @param progress called as bytes come @throws unreachable, offline, http-status */
  async load(progress?: () => void): Promise<ArrayBuffer> {
    if (progress) this.#listeners.add(progress);
    const loading = (this.#loading ??= this.#bring());
    try {
      return await loading;
    } finally {
      // What is kept can be read again: the worker does not hold 14 MB for it.
      if (this.#loading === loading) this.#loading = null;
      if (progress) this.#listeners.delete(progress);
    }
  }

  async #bring(): Promise<ArrayBuffer> {
    const kept = await (await this.#kept())?.arrayBuffer();
    if (kept?.byteLength === this.bytes) {
      this.done = this.bytes;
      return kept;
    }
    const bytes = await patiently(TRY_AGAIN_AFTER, undefined, () => this.#fetch());
    await this.#keep(bytes);
    return bytes;
  }

  /** Without a cache, or without room in it, the engine is fetched each time. */
  async #kept(): Promise<Response | undefined> {
    if (!('caches' in globalThis)) return undefined;
    return (await caches.open(this.#cacheName)).match(this.#url).catch(() => undefined);
  }

  async #keep(bytes: ArrayBuffer): Promise<void> {
    if (!('caches' in globalThis)) return;
    const cache = await caches.open(this.#cacheName);
    // The engine of the version before is of no use any more.
    for (const request of await cache.keys()) await cache.delete(request);
    await cache.put(this.#url, new Response(bytes)).catch(() => undefined);
  }

  async #fetch(): Promise<ArrayBuffer> {
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
      for (const listener of this.#listeners) listener();
    });
    if (this.done < all.length) throw lost(url);
    return all.buffer;
  }
}
