import { afterEach, describe, expect, test, vi } from 'vitest';
import { ScoredeskError, type ErrorCode } from '../../src/core/errors';
import { eachChunk, patiently } from '../../src/supply/patience';
import { codeOf } from '../support/files';

afterEach(() => vi.unstubAllGlobals());

const NO_WAITS = [0, 0];
const failure = (code: ErrorCode) => new ScoredeskError(code, {} as never);

/** Fails with these codes one after the other, then gives 'done'. */
function failing(...codes: ErrorCode[]) {
  let tries = 0;
  const work = () => {
    const code = codes[tries++];
    return code ? Promise.reject(failure(code)) : Promise.resolve('done');
  };
  return { work, tries: () => tries };
}

describe('trying again', () => {
  test('after what hangs on the connection, as often as there are waits', async () => {
    const twice = failing('unreachable', 'download-cut');
    expect(await patiently(NO_WAITS, undefined, twice.work)).toBe('done');
    const thrice = failing('offline', 'offline', 'offline');
    expect(await codeOf(() => patiently(NO_WAITS, undefined, thrice.work))).toBe('offline');
    expect(thrice.tries()).toBe(3);
  });

  test('not after what would fail again, nor after a foreign error', async () => {
    const wrong = failing('bundle-invalid');
    expect(await codeOf(() => patiently(NO_WAITS, undefined, wrong.work))).toBe('bundle-invalid');
    expect(wrong.tries()).toBe(1);
    await expect(
      patiently(NO_WAITS, undefined, () => Promise.reject(new TypeError('x'))),
    ).rejects.toBeInstanceOf(TypeError);
  });

  test('one that came further starts the count again', async () => {
    let tries = 0;
    const code = await codeOf(() =>
      patiently(NO_WAITS, undefined, ({ startAgain }) => {
        if (++tries < 5) startAgain();
        return Promise.reject(failure('download-cut'));
      }),
    );
    expect([code, tries]).toEqual(['download-cut', 7]);
  });

  test('a stop ends the wait', async () => {
    const controller = new AbortController();
    const waiting = codeOf(() =>
      patiently([1e9], controller.signal, () => {
        queueMicrotask(() => setImmediate(() => controller.abort()));
        return Promise.reject(failure('offline'));
      }),
    );
    expect(await waiting).toBe('stopped');
  });
});

describe('an answer, chunk by chunk', () => {
  const stream = (...chunks: (number[] | Error)[]) =>
    new Response(
      new ReadableStream({
        pull(controller) {
          const next = chunks.shift();
          if (next instanceof Error) controller.error(next);
          else if (next) controller.enqueue(Uint8Array.from(next));
          else controller.close();
        },
      }),
    );

  test('all of it, in order', async () => {
    const got: number[] = [];
    await eachChunk(stream([1, 2], [3]), 'u', undefined, (chunk) => void got.push(...chunk));
    expect(got).toEqual([1, 2, 3]);
  });

  test('a lost connection is told as one; what the user of the bytes throws comes through', async () => {
    for (const onLine of [true, false]) {
      vi.stubGlobal('navigator', { onLine });
      const broken = stream([1], new TypeError('network'));
      expect(await codeOf(() => eachChunk(broken, 'u', undefined, () => undefined))).toBe(
        onLine ? 'unreachable' : 'offline',
      );
    }
    const refuse = () => {
      throw new ScoredeskError('login-page', { url: 'u' });
    };
    expect(await codeOf(() => eachChunk(stream([1]), 'u', undefined, refuse))).toBe('login-page');
  });
});
