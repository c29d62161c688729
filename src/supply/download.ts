import { hasCode, ScoredeskError } from '../core/errors';
import type { IncomingFile } from '../storage/files';
import { eachChunk, patiently } from './patience';
import { reach, type Network } from './reach';

/** Milliseconds before the tries after a lost connection; one that brings bytes starts the count again. */
const TRY_AGAIN_AFTER = [300, 600, 1200];

export interface DownloadTask {
  network: Network;
  signal: AbortSignal;
  progress: (done: number) => void;
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
 * half way stays for the next try. Two halves that do not make the file are fetched once more as one.
 *
 * @throws as `reach`; download-cut, bundle-file-size (longer than promised), bundle-file-hash,
 *   storage-full, storage-failed, stopped
 */
export async function download(url: string, file: IncomingFile, task: DownloadTask): Promise<void> {
  const state = { joined: file.received > 0, ranges: true };
  try {
    await bring(url, file, task, state);
    await file.finish();
  } catch (error) {
    const wrong = hasCode(error, 'bundle-file-hash') || hasCode(error, 'bundle-file-size');
    if (!wrong || !state.joined) throw error;
    state.ranges = false;
    await file.restart();
    await bring(url, file, task, state);
    await file.finish();
  }
}

interface DownloadState {
  /** The bytes are of more than one answer. */
  joined: boolean;
  /** The server has not yet shown that it can't go on from a byte. */
  ranges: boolean;
}

async function bring(
  url: string,
  file: IncomingFile,
  task: DownloadTask,
  state: DownloadState,
): Promise<void> {
  let most = file.received;
  await patiently(TRY_AGAIN_AFTER, task.signal, async (tries) => {
    try {
      while (file.received < file.wanted.bytes) await bringOnce(url, file, task, state);
    } catch (error) {
      await file.keep();
      // A try that brought bytes starts the count again.
      if (file.received > most) tries.startAgain();
      most = Math.max(most, file.received);
      throw error;
    }
  });
}

async function bringOnce(
  url: string,
  file: IncomingFile,
  task: DownloadTask,
  state: DownloadState,
): Promise<void> {
  const { network, signal, progress } = task;
  const { path, bytes } = file.wanted;
  if (!state.ranges) await file.restart();
  const from = file.received;
  const cut = () => new ScoredeskError('download-cut', { path, found: file.received, expected: bytes });
  // The bytes go to IndexedDB: a copy in the HTTP cache would double them, or bring damaged ones back.
  const response = await reach(network, url, { signal, cache: 'no-store', from });
  if (response.status === 416 || (response.status === 206 && !continues(response, from))) {
    // Bytes of another place, or none: this server is asked for the whole from now on.
    state.ranges = false;
    await response.body?.cancel();
    throw cut();
  }
  if (from > 0 && response.status !== 206) await file.restart();
  else if (from > 0) state.joined = true;
  await eachChunk(response, url, signal, async (chunk) => {
    if (file.received === 0) refusePage(chunk, url);
    await file.write(chunk);
    progress(file.received);
  });
  if (file.received < bytes) throw cut();
}

/** Whether the answer starts at the byte asked for. A host may hide the header that says so; the hash decides. */
function continues(response: Response, from: number): boolean {
  const range = response.headers.get('content-range');
  return range === null || range.startsWith(`bytes ${from}-`);
}

/** A page in place of a file, whatever type it claims: no file of a bundle starts like one. */
function refusePage(chunk: Uint8Array, url: string): void {
  const start = new TextDecoder().decode(chunk.subarray(0, 64)).trimStart().toLowerCase();
  if (/^(<!doctype html|<html)/.test(start)) throw new ScoredeskError('login-page', { url });
}
