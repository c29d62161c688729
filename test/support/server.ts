import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { gzipSync } from 'node:zlib';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
};

/** A line of so many bytes a second, each answer `latency` milliseconds late. */
export interface Line {
  bytesPerSecond: number;
  latency: number;
}

export interface Site {
  /** Address of the site's root, with its sub-path and a slash at its end. */
  url: string;
  /** Paths asked for so far, relative to the site. */
  requests: string[];
  /** Bytes of bodies sent so far. */
  sent: number;
  /** Answers a path in place of the file; null lets the file through. */
  intercept: ((path: string, request: IncomingMessage, response: ServerResponse) => boolean) | null;
  /** Bytes of this answer after which the connection is cut; null for none. */
  cut: ((path: string) => number | null) | null;
  /** Honours Range. */
  ranges: boolean;
  /** Lets other sites read it. */
  cors: boolean;
  /** Compresses text and wasm, as GitHub Pages does. */
  gzip: boolean;
  /** What its answers vary by; with Origin, as of vite preview, a page's copies in the HTTP cache are not the service worker's. */
  vary: string;
  /** All answers share it; null is as fast as it goes. */
  line: Line | null;
  close(): Promise<void>;
}

/** A plain file server for the built app, under a sub-path as GitHub Pages has it. */
export async function serve(directory: string, subPath = '/desk/'): Promise<Site> {
  const site: Site = {
    url: '',
    requests: [],
    sent: 0,
    intercept: null,
    cut: null,
    ranges: false,
    cors: false,
    gzip: false,
    vary: 'Origin, Accept-Encoding',
    line: null,
    close: () => closeServer(server),
  };
  const server = createServer((request, response) => {
    void answer(directory, subPath, site, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  site.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${subPath}`;
  return site;
}

async function answer(
  directory: string,
  subPath: string,
  site: Site,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  if (!pathname.startsWith(subPath)) {
    response.writeHead(404).end();
    return;
  }
  const path = normalize(decodeURIComponent(pathname.slice(subPath.length)) || 'index.html');
  site.requests.push(path);
  if (site.intercept?.(path, request, response)) return;
  const file = join(directory, path);
  // A folder of a test that is over may go while its page still asks.
  const content = path.startsWith('..') ? null : await readFile(file).catch(() => null);
  if (!content) {
    response.writeHead(404).end();
    return;
  }
  await pause(site.line?.latency ?? 0);
  await send(site, path, content, request, response);
}

async function send(
  site: Site,
  path: string,
  whole: Buffer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const type = TYPES[extname(path)] ?? 'application/octet-stream';
  const from = site.ranges ? Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0) : 0;
  const gzip = site.gzip && from === 0 && !/octet|font/.test(type);
  const body = gzip ? compressed(path, whole) : whole.subarray(from);
  response.writeHead(from > 0 ? 206 : 200, {
    'content-type': type,
    'content-length': body.length,
    'cache-control': 'max-age=600',
    vary: site.vary,
    ...(from > 0 ? { 'content-range': `bytes ${from}-${whole.length - 1}/${whole.length}` } : {}),
    ...(gzip ? { 'content-encoding': 'gzip' } : {}),
    ...(site.cors ? { 'access-control-allow-origin': '*' } : {}),
  });
  const cut = site.cut?.(path) ?? null;
  await sendSlowly(site, body.subarray(0, cut ?? body.length), response);
  if (cut === null) response.end();
  else breakOff(response);
}

/** Cuts the connection once all that was written is on its way. */
export const breakOff = (response: ServerResponse): void => {
  response.flushHeaders();
  response.socket?.end();
};

const PIECE = 16 * 1024;
const IDLE = 50;
let freeAt = 0;

async function sendSlowly(site: Site, body: Buffer, response: ServerResponse): Promise<void> {
  for (let at = 0; at < body.length && !response.destroyed; at += PIECE) {
    const piece = body.subarray(at, at + PIECE);
    if (site.line) {
      // One line for all answers: each piece waits for those before it.
      // A timer that rings late is made up for; an idle line saves nothing.
      if (performance.now() - freeAt > IDLE) freeAt = performance.now();
      freeAt += (1000 * piece.length) / site.line.bytesPerSecond;
      await pause(freeAt - performance.now());
    }
    site.sent += piece.length;
    response.write(piece);
  }
}

const gzipped = new Map<string, Buffer>();
function compressed(path: string, whole: Buffer): Buffer {
  const key = `${path} ${whole.length}`;
  const known = gzipped.get(key) ?? gzipSync(whole, { level: 6 });
  gzipped.set(key, known);
  return known;
}

const pause = (milliseconds: number): Promise<void> =>
  milliseconds > 0 ? new Promise((resolve) => setTimeout(resolve, milliseconds)) : Promise.resolve();

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
