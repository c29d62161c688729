import { checkStopped, ScoredeskError } from '../core/errors';
import { streamingSha256 } from '../bundle/hash';

/** What a file must be, and where it is. */
export interface Wanted {
  url: string;
  path: string;
  bytes: number;
  sha256: string;
}

/** @throws unreachable, http-status, stopped */
async function fetchResponse(url: string, signal: AbortSignal, cache: RequestCache): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { signal, cache, credentials: 'same-origin' });
  } catch (error) {
    checkStopped(signal);
    throw new ScoredeskError('unreachable', { url }, { cause: error });
  }
  if (!response.ok) throw new ScoredeskError('http-status', { url, status: response.status });
  return response;
}

/** A small file, at most `limit` bytes. @throws as fetchResponse; bundle-file-size above the limit */
export async function fetchSmall(url: string, limit: number, signal: AbortSignal): Promise<Uint8Array> {
  const response = await fetchResponse(url, signal, 'no-cache');
  const chunks: Uint8Array[] = [];
  let size = 0;
  await eachChunk(response, url, signal, (chunk) => {
    size += chunk.length;
    if (size > limit)
      throw new ScoredeskError('bundle-file-size', { path: url, found: size, expected: limit });
    chunks.push(chunk);
  });
  return joined(chunks, size);
}

/**
 * Downloads a file while hashing it; what is returned is what was promised.
 *
 * @throws unreachable, http-status, download-cut, bundle-file-size (longer than promised),
 *   bundle-file-hash, stopped
 */
export async function download(
  wanted: Wanted,
  signal: AbortSignal,
  progress: (done: number) => void,
): Promise<Blob> {
  const { url, path, bytes, sha256 } = wanted;
  // The bytes go to IndexedDB: a copy in the HTTP cache would double them, or bring damaged ones back.
  const response = await fetchResponse(url, signal, 'no-store');
  const hash = streamingSha256();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let done = 0;
  await eachChunk(response, url, signal, (chunk) => {
    done += chunk.length;
    if (done > bytes) throw new ScoredeskError('bundle-file-size', { path, found: done, expected: bytes });
    hash.update(chunk);
    chunks.push(chunk);
    progress(done);
  });
  if (done < bytes) throw new ScoredeskError('download-cut', { path, found: done, expected: bytes });
  const found = hash.hex();
  if (found !== sha256) throw new ScoredeskError('bundle-file-hash', { path, found, expected: sha256 });
  return new Blob(chunks);
}

async function eachChunk(
  response: Response,
  url: string,
  signal: AbortSignal,
  use: (chunk: Uint8Array<ArrayBuffer>) => void,
): Promise<void> {
  const reader = response.body?.getReader();
  if (!reader) return;
  for (;;) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      checkStopped(signal);
      throw new ScoredeskError('unreachable', { url }, { cause: error });
    });
    if (done) return;
    try {
      use(value);
    } catch (error) {
      await reader.cancel();
      throw error;
    }
  }
}

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const out = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    out.set(chunk, at);
    at += chunk.length;
  }
  return out;
}
