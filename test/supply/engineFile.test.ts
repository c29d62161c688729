import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { EngineFile } from '../../src/supply/engineFile';

const WHOLE = Uint8Array.from({ length: 5000 }, (_, i) => i % 251);
const FIRST = 2000;

const closing: (() => void)[] = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

/** A host that sends the first bytes and no more; from the second request on all that is asked for, as parts where it can. */
async function halting({ ranges }: { ranges: boolean }) {
  const asked: (string | undefined)[] = [];
  let stopped!: () => void;
  const cut = new Promise<void>((resolve) => (stopped = resolve));
  const send = (response: ServerResponse, from: number) => {
    response.writeHead(from > 0 ? 206 : 200, { 'content-length': WHOLE.length - from });
    response.end(WHOLE.subarray(from));
  };
  const server = createServer((request, response) => {
    asked.push(request.headers.range);
    if (asked.length > 1)
      return send(response, ranges ? Number(request.headers.range?.slice(6, -1) ?? 0) : 0);
    response.writeHead(200, { 'content-length': WHOLE.length });
    response.write(WHOLE.subarray(0, FIRST));
    response.on('close', stopped);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => (server.closeAllConnections(), server.close()));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/engine.wasm`;
  return { asked, cut, file: new EngineFile({ url, bytes: WHOLE.length, cacheName: 'engine' }) };
}

/** Waits for it until so much is here, then no longer. */
async function leaveAfter(file: EngineFile, bytes: number): Promise<void> {
  const stop = new AbortController();
  const look = () => file.done >= bytes && stop.abort();
  await expect(file.load(look, stop.signal)).rejects.toMatchObject({ code: 'stopped' });
}

test.each([
  [true, `bytes=${FIRST}-`],
  [false, `bytes=${FIRST}-`],
])('a stop ends the download, the next goes on with it; parts: %s', async (ranges, range) => {
  const { file, asked, cut } = await halting({ ranges });
  await leaveAfter(file, FIRST);
  await cut;
  expect(file.done).toBe(FIRST);
  expect(new Uint8Array(await file.load())).toEqual(WHOLE);
  expect(asked).toEqual([undefined, range]);
});

test('while another waits for it, it goes on', async () => {
  const { file, asked } = await halting({ ranges: true });
  const other = new AbortController();
  const waiting = file.load(undefined, other.signal);
  await leaveAfter(file, FIRST);
  other.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'stopped' });
  expect(asked.length).toBe(1);
  expect(new Uint8Array(await file.load())).toEqual(WHOLE);
});
