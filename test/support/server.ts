import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
};

export interface Site {
  /** Address of the site's root, with its sub-path and a slash at its end. */
  url: string;
  /** Paths asked for so far, relative to the site. */
  requests: string[];
  /** Answers a path in place of the file; null lets the file through. */
  intercept: ((path: string, request: IncomingMessage, response: ServerResponse) => boolean) | null;
  close(): Promise<void>;
}

/** A plain file server for the built app, under a sub-path as GitHub Pages has it. */
export async function serve(directory: string, subPath = '/desk/'): Promise<Site> {
  const site: Site = { url: '', requests: [], intercept: null, close: () => closeServer(server) };
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
  const info = await stat(file).catch(() => null);
  if (!info?.isFile() || path.startsWith('..')) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, {
    'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
    'content-length': info.size,
    'cache-control': 'max-age=600',
  });
  createReadStream(file).pipe(response);
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
