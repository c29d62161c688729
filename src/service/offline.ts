import { clientsClaim, setCacheNameDetails } from 'workbox-core';
import { addPlugins, cleanupOutdatedCaches, precacheAndRoute, type PrecacheEntry } from 'workbox-precaching';
import { registerRoute } from 'workbox-routing';
import { CacheFirst, NetworkFirst } from 'workbox-strategies';
import { behindFar, ENGINE_CACHE, SKIP_WAITING } from '../protocol/offline';
import { fetchFar } from './far';
import { POLICY } from './policy';

/**
 * What the service worker does: the shell from the cache, under the policy; the engine's wasm kept
 * at first use; settings from the network while there is one; the way to other hosts that config.json
 * allows. Bundles are not its business: they live in IndexedDB.
 */
export function startOffline(scope: ServiceWorkerGlobalScope, shell: (PrecacheEntry | string)[]): void {
  const base = new URL(scope.registration.scope).pathname;
  setCacheNameDetails({ prefix: `scoredesk:${base}`, suffix: '' });
  addPlugins([{ handlerWillRespond: async ({ response }) => withPolicy(response) }]);
  precacheAndRoute(shell, { directoryIndex: 'index.html', ignoreURLParametersMatching: [/.*/] });
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
