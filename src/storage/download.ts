import { checkStopped, ScoredeskError } from '../core/errors';
import type { IncomingFile } from './files';
import { lost, reach, type Network } from './reach';

/** Milliseconds before the tries after a lost connection; one that brings bytes starts the count again. */
const TRY_AGAIN_AFTER = [300, 600, 1200];

export interface DownloadTask {
  network: Network;
  signal: AbortSignal;
  progress(done: number): void;
}

/** A small file, at most `limit` bytes. @throws as `reach`; bundle-file-size above the limit */
export async function fetchSmall(
  url: string,
  limit: number,
  { network, signal }: Omit<DownloadTask, 'progress'>,
): Promise<Uint8Array> {
  const response = await reach(network, url, { signal, cache: 'no-cache' });
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  await eachChunk(response, url, signal, (chunk) => {
    size += chunk.length;
    if (size > limit)
      throw new ScoredeskError('bundle-file-size', { path: url, found: size, expected: limit });
    if (chunks.length === 0) refusePage(chunk, url);
    chunks.push(chunk);
  });
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

/**
 * Brings a file into storage, from the byte where an earlier try stopped where the server can (HTTP
 * Range), else from the start; goes on by itself after a short loss of the connection. What stopped
 * half way stays for the next try.
 *
 * @throws as `reach`; download-cut, bundle-file-size (longer than promised), bundle-file-hash,
 *   storage-full, storage-failed, stopped
 */
export async function download(url: string, file: IncomingFile, task: DownloadTask): Promise<void> {
  const resumed = file.received > 0;
  await bring(url, file, task);
  try {
    await file.finish();
  } catch (error) {
    // What was kept may be of a file that the server has since changed: the whole of it decides.
    if (!resumed || !isCode(error, 'bundle-file-hash')) throw error;
    await bring(url, file, task);
    await file.finish();
  }
}

async function bring(url: string, file: IncomingFile, task: DownloadTask): Promise<void> {
  for (let tries = 0; file.received < file.wanted.bytes;) {
    const before = file.received;
    try {
      await bringOnce(url, file, task);
    } catch (error) {
      await file.keep();
      tries = file.received > before ? 0 : tries + 1;
      const passing =
        isCode(error, 'unreachable') || isCode(error, 'offline') || isCode(error, 'download-cut');
      if (!passing || tries > TRY_AGAIN_AFTER.length) throw error;
      await pause(TRY_AGAIN_AFTER[Math.max(0, tries - 1)], task.signal);
    }
  }
}

async function bringOnce(url: string, file: IncomingFile, task: DownloadTask): Promise<void> {
  const { network, signal, progress } = task;
  const { path, bytes } = file.wanted;
  const from = file.received;
  // The bytes go to IndexedDB: a copy in the HTTP cache would double them, or bring damaged ones back.
  const response = await reach(network, url, { signal, cache: 'no-store', from });
  if (from > 0 && !continues(response, from)) await file.restart();
  if (response.status === 416) throw new ScoredeskError('download-cut', { path, found: 0, expected: bytes });
  await eachChunk(response, url, signal, async (chunk) => {
    if (file.received === 0) refusePage(chunk, url);
    await file.write(chunk);
    progress(file.received);
  });
  if (file.received < bytes)
    throw new ScoredeskError('download-cut', { path, found: file.received, expected: bytes });
}

/** Whether the answer starts at the byte asked for. A host may hide the header that says so; the hash decides. */
function continues(response: Response, from: number): boolean {
  const range = response.headers.get('content-range');
  return response.status === 206 && (range === null || range.startsWith(`bytes ${from}-`));
}

/** A page in place of a file, whatever type it claims: no file of a bundle starts like one. */
function refusePage(chunk: Uint8Array, url: string): void {
  const start = new TextDecoder().decode(chunk.subarray(0, 64)).trimStart().toLowerCase();
  if (/^(<!doctype html|<html)/.test(start)) throw new ScoredeskError('login-page', { url });
}

async function eachChunk(
  response: Response,
  url: string,
  signal: AbortSignal,
  use: (chunk: Uint8Array<ArrayBuffer>) => void | Promise<void>,
): Promise<void> {
  const reader = response.body?.getReader();
  if (!reader) return;
  for (;;) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      checkStopped(signal);
      throw lost(url, error);
    });
    if (done) return;
    try {
      await use(value);
    } catch (error) {
      await reader.cancel();
      throw error;
    }
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(new ScoredeskError('stopped', {}));
    });
  });
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof ScoredeskError && error.code === code;
