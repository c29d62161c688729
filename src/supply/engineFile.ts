import { checkStopped, ScoredeskError } from '../core/errors';
import { eachChunk, patiently, stoppable } from './patience';
import { lost } from './reach';

/** Milliseconds before the tries after a lost connection. */
const TRY_AGAIN_AFTER = [300, 1200];

const RANGE_REFUSED = 416;

/** A download under way, and how many wait for it. */
interface Loading {
  work: Promise<ArrayBuffer>;
  stop: AbortController;
  waiting: number;
}

/**
 * onnxruntime's wasm: fetched once a device, kept in a cache of its own. The service worker has no part in it: an answer of
 * 14 MB through it that a reload cuts short keeps its old version busy, and a new one then never takes over (Chromium).
 */
export class EngineFile {
  readonly #url: string;
  readonly #cacheName: string;
  /** Its size, known from the build: the answer's length may be that of its compressed form. */
  readonly bytes: number;
  #loading: Loading | null = null;
  readonly #listeners = new Set<() => void>();
  /** What has come of it before a stop, for whoever goes on. */
  #part: Uint8Array<ArrayBuffer> | null = null;
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

  /**
   * Brings it once for all who wait for it; where the last of them stops waiting nothing more comes.
   *
   * @param progress called as bytes come
   * @throws unreachable, offline, http-status, stopped
   */
  async load(progress?: () => void, signal?: AbortSignal): Promise<ArrayBuffer> {
    const loading = (this.#loading ??= this.#begin());
    loading.waiting++;
    if (progress) this.#listeners.add(progress);
    try {
      return await (signal ? stoppable(loading.work, signal) : loading.work);
    } finally {
      if (progress) this.#listeners.delete(progress);
      if (--loading.waiting === 0) this.#end(loading);
    }
  }

  #begin(): Loading {
    const stop = new AbortController();
    return { work: this.#bring(stop.signal), stop, waiting: 0 };
  }

  /** What is kept can be read again: the worker does not hold 14 MB for it. */
  #end(loading: Loading): void {
    if (this.#loading === loading) this.#loading = null;
    loading.work.catch(() => undefined);
    loading.stop.abort();
  }

  async #bring(signal: AbortSignal): Promise<ArrayBuffer> {
    const kept = await (await this.#kept())?.arrayBuffer();
    if (kept?.byteLength === this.bytes) {
      this.done = this.bytes;
      return kept;
    }
    const bytes = await patiently(TRY_AGAIN_AFTER, signal, () => this.#fetch(signal));
    this.#part = null;
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

  /** Goes on from the byte where an earlier try stopped, where the server can. */
  async #fetch(signal: AbortSignal): Promise<ArrayBuffer> {
    const url = this.#url;
    const all = (this.#part ??= new Uint8Array(this.bytes));
    const from = this.done < all.length ? this.done : 0;
    const headers: HeadersInit = from > 0 ? { range: `bytes=${from}-` } : {};
    const response = await fetch(url, { signal, headers }).catch((error: unknown) => {
      checkStopped(signal);
      throw lost(url, error);
    });
    if (response.status === RANGE_REFUSED) {
      this.done = 0;
      throw lost(url);
    }
    if (!response.ok || !response.body)
      throw new ScoredeskError('http-status', { url, status: response.status });
    this.done = response.status === 206 ? from : 0;
    await eachChunk(response, url, signal, (chunk) => {
      if (this.done + chunk.length > all.length) throw lost(url);
      all.set(chunk, this.done);
      this.done += chunk.length;
      for (const listener of this.#listeners) listener();
    });
    if (this.done < all.length) throw lost(url);
    return all.buffer;
  }
}
