import { asCoded, checkStopped, hangsOn, ScoredeskError } from '../core/errors';
import { isTimeout, lost } from './reach';

/** What a patient try may say of itself. */
interface Tries {
  /** It came further than the one before. */
  startAgain(): void;
}

/**
 * Tries again after a failure that hangs on the connection.
 *
 * @param waits milliseconds before each further try
 * @throws what the last try throws, at once where trying again is of no use; stopped
 */
export async function patiently<T>(
  waits: readonly number[],
  signal: AbortSignal | undefined,
  work: (tries: Tries) => Promise<T>,
): Promise<T> {
  let failed = 0;
  const tries: Tries = { startAgain: () => (failed = -1) };
  for (;;) {
    try {
      return await work(tries);
    } catch (error) {
      const code = asCoded(error)?.code;
      const mends = code !== undefined && hangsOn(code) === 'connection';
      failed++;
      if (!mends || failed > waits.length) throw error;
      await pause(waits[Math.max(0, failed - 1)], signal);
    }
  }
}

function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(new ScoredeskError('stopped', {}));
    });
  });
}

/** The bytes of an answer as they come. @throws unreachable, offline, stopped; what `use` throws */
export async function eachChunk(
  response: Response,
  url: string,
  signal: AbortSignal | undefined,
  use: (chunk: Uint8Array<ArrayBuffer>) => void | Promise<void>,
): Promise<void> {
  const reader = response.body?.getReader();
  if (!reader) return;
  for (;;) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      if (!isTimeout(signal)) checkStopped(signal);
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

/** The promise, unless the signal comes first. What was begun goes on by itself. */
export async function stoppable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  checkStopped(signal);
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(new ScoredeskError('stopped', {})), { once: true });
    work.then(resolve, reject);
  });
}
