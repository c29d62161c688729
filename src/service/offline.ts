import { clientsClaim, setCacheNameDetails } from 'workbox-core';
import { addPlugins, cleanupOutdatedCaches, precacheAndRoute, type PrecacheEntry } from 'workbox-precaching';
import { registerRoute } from 'workbox-routing';
import { CacheFirst, NetworkFirst, type Strategy } from 'workbox-strategies';
import { behindFar, ENGINE_CACHE, KEEP_REST, SKIP_WAITING } from '../protocol/offline';
import { fetchFar } from './far';
import { POLICY } from './policy';

/**
 * Files that no first visit needs. The shell is fetched one file after the other and the app's worker waits
 * for all of it, so that these would delay the first score: they are kept right after it. A file that is not
 * named here is only later than it could be.
 */
const LATER =
  /assets\/(About|Drift|Make|Model|Performance|Settings|Setup|asked|binary|drift|importance|insight|own|plane|sample)[\w.]*-[^/]*$/;

/** Milliseconds from the page's wish to the first of them: the engine has just come, its first scores go first. */
const AFTER_SCORES = 1000;

/**
 * What the service worker does: the shell from the cache, under the policy; the engine's wasm kept
 * at first use; settings from the network while there is one; the way to other hosts that config.json
 * allows. Bundles are not its business: they live in IndexedDB.
 */
export function startOffline(scope: ServiceWorkerGlobalScope, shell: (PrecacheEntry | string)[]): void {
  const base = new URL(scope.registration.scope).pathname;
  setCacheNameDetails({ prefix: `scoredesk:${base}`, suffix: '' });
  const plugins = [
    { handlerWillRespond: async ({ response }: { response: Response }) => withPolicy(response) },
  ];
  const isLater = (entry: PrecacheEntry | string) =>
    LATER.test(typeof entry === 'string' ? entry : entry.url);
  addPlugins(plugins);
  precacheAndRoute(
    shell.filter((entry) => !isLater(entry)),
    { directoryIndex: 'index.html', ignoreURLParametersMatching: [/.*/] },
  );
  const later = shell.filter(isLater).map((entry) => (typeof entry === 'string' ? entry : entry.url));
  keepLater(scope, later, new CacheFirst({ cacheName: `scoredesk:${base}:later`, plugins }));
  cleanupOutdatedCaches();

  const own = ({ url }: { url: URL }, pattern: RegExp) =>
    url.origin === scope.location.origin && pattern.test(url.pathname);
  const engine = new CacheFirst({
    cacheName: `scoredesk:${base}:${ENGINE_CACHE}`,
    plugins: [{ cacheDidUpdate: ({ cacheName, request }) => keepOnly(cacheName, request.url) }],
  });
  registerRoute((target) => own(target, /\.wasm$/), engine);
  const settings = new NetworkFirst({ cacheName: `scoredesk:${base}:settings`, networkTimeoutSeconds: 2 });
  registerRoute((target) => own(target, /\/config\.json$/), settings);
  const site = scope.registration.scope;
  registerRoute(
    ({ url }) => behindFar(site, url) !== null,
    ({ request, event }) =>
      fetchFar(site, request, (url) => settings.handle({ request: new Request(url), event })),
  );

  scope.addEventListener('message', ({ data }) => {
    if (data === SKIP_WAITING) void scope.skipWaiting();
  });
  clientsClaim();
}

/**
 * Keeps these files at first use, and all of them when a page asks; a new version brings them before it takes over.
 * Their names carry their hash: what is kept is never stale.
 */
function keepLater(scope: ServiceWorkerGlobalScope, files: readonly string[], strategy: Strategy): void {
  const urls = files.map((file) => new URL(file, scope.registration.scope).href);
  const known = new Set(urls);
  registerRoute(({ url }) => known.has(url.href), strategy);
  const keep = async (after = 0): Promise<void> => {
    const cache = await caches.open(strategy.cacheName);
    const kept = new Set((await cache.keys()).map(({ url }) => url));
    const missing = urls.filter((url) => !kept.has(url));
    if (missing.length > 0) await new Promise((resolve) => setTimeout(resolve, after));
    await cache.addAll(missing);
  };
  const clean = async (): Promise<void> => {
    const cache = await caches.open(strategy.cacheName);
    for (const request of await cache.keys()) if (!known.has(request.url)) await cache.delete(request);
  };
  scope.addEventListener('install', (event) => {
    if (scope.registration.active) event.waitUntil(keep());
  });
  scope.addEventListener('activate', (event) => event.waitUntil(clean()));
  scope.addEventListener('message', (event) => {
    if (event.data !== KEEP_REST) return;
    const tell = (kept: boolean) => event.ports[0]?.postMessage(kept);
    event.waitUntil(
      keep(AFTER_SCORES).then(
        () => tell(true),
        () => tell(false),
      ),
    );
  });
}

/** A meta policy does not reach a worker's script; a header does. */
function withPolicy(response: Response): Response {
  const headers = new Headers(response.headers);
  headers.set('Content-Security-Policy', POLICY);
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}

/** The engine of the version before is of no use any more. */
async function keepOnly(cacheName: string, url: string): Promise<void> {
  const cache = await caches.open(cacheName);
  for (const request of await cache.keys()) if (request.url !== url) await cache.delete(request);
}
