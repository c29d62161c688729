import { cacheNames, clientsClaim, setCacheNameDetails } from 'workbox-core';
import { addPlugins, cleanupOutdatedCaches, precacheAndRoute, type PrecacheEntry } from 'workbox-precaching';
import { registerRoute } from 'workbox-routing';
import { CacheFirst, NetworkFirst, type Strategy } from 'workbox-strategies';
import { behindFar, KEEP_REST, SKIP_WAITING } from '../protocol/offline';
import { fetchFar } from './far';
import { HEADERS } from './policy';

/**
 * A file of the shell; `late` where no first visit needs it (tools/firstVisit marks it, from the built chunks), `asked` where
 * it is large and comes only when somebody needs it.
 */
export type ShellFile = PrecacheEntry & { late?: boolean; asked?: boolean };

/** A host may send `Vary: Origin`: a page's module asks with an origin, what keeps it here asked without one. */
const matchOptions = { ignoreVary: true };

/**
 * What the service worker does: the shell from the cache, under the policy; settings from the network while there is one;
 * the way to other hosts that config.json allows. Bundles and the engine's wasm are not its business: the scoring worker
 * keeps them.
 */
export function startOffline(scope: ServiceWorkerGlobalScope, shell: ShellFile[]): void {
  const base = new URL(scope.registration.scope).pathname;
  setCacheNameDetails({ prefix: `scoredesk:${base}`, suffix: '' });
  const plugins = [{ handlerWillRespond: ({ response }: { response: Response }) => withPolicy(response) }];
  addPlugins(plugins);
  const first = shell
    .filter(({ late, asked }) => !late && !asked)
    .map(({ url, revision }) => ({ url, revision }));
  bringAtOnce(scope, first);
  precacheAndRoute(first, { directoryIndex: 'index.html', ignoreURLParametersMatching: [/.*/] });
  const cacheFirst = (name: string) =>
    new CacheFirst({ cacheName: `scoredesk:${base}:${name}`, plugins, matchOptions });
  const urlsOf = (files: ShellFile[]) => files.map(({ url }) => new URL(url, scope.registration.scope).href);
  keepLater(scope, urlsOf(shell.filter(({ late, asked }) => late && !asked)), cacheFirst('later'));
  keepAtUse(scope, urlsOf(shell.filter(({ asked }) => asked)), cacheFirst('asked'));
  cleanupOutdatedCaches();

  const own = ({ url }: { url: URL }, pattern: RegExp) =>
    url.origin === scope.location.origin && pattern.test(url.pathname);
  const settings = new NetworkFirst({
    cacheName: `scoredesk:${base}:settings`,
    networkTimeoutSeconds: 2,
    plugins,
    matchOptions,
  });
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
 * Workbox brings one file after the other, and a first visit waits for them: a round trip each where the page's own copies
 * in the HTTP cache do not count (`Vary: Origin`). What it finds in its cache it does not ask for.
 */
function bringAtOnce(scope: ServiceWorkerGlobalScope, files: readonly PrecacheEntry[]): void {
  const hashed = files.filter(({ revision }) => revision === null).map(({ url }) => url);
  const bring = async (url: string): Promise<void> => {
    const cache = await caches.open(cacheNames.precache);
    if (!(await cache.match(url, matchOptions))) await cache.add(url);
  };
  // What fails here fails again with Workbox, which tells it.
  scope.addEventListener('install', (event) => event.waitUntil(Promise.allSettled(hashed.map(bring))));
}

/** Keeps these files at first use. Their names carry their hash: what is kept is never stale, and a new version's are others. */
function keepAtUse(scope: ServiceWorkerGlobalScope, urls: readonly string[], strategy: Strategy): void {
  const known = new Set(urls);
  registerRoute(({ url }) => known.has(url.href), strategy);
  const clean = async (): Promise<void> => {
    const cache = await caches.open(strategy.cacheName);
    for (const request of await cache.keys()) if (!known.has(request.url)) await cache.delete(request);
  };
  scope.addEventListener('activate', (event) => event.waitUntil(clean()));
}

/** The same, and all of them when a page asks; a new version brings them before it takes over. */
function keepLater(scope: ServiceWorkerGlobalScope, urls: readonly string[], strategy: Strategy): void {
  keepAtUse(scope, urls, strategy);
  const keep = async (): Promise<void> => {
    const cache = await caches.open(strategy.cacheName);
    const kept = new Set((await cache.keys()).map(({ url }) => url));
    await cache.addAll(urls.filter((url) => !kept.has(url)));
  };
  scope.addEventListener('install', (event) => {
    if (scope.registration.active) event.waitUntil(keep());
  });
  scope.addEventListener('message', (event) => {
    if (event.data !== KEEP_REST) return;
    const tell = (kept: boolean) => event.ports[0]?.postMessage(kept);
    event.waitUntil(
      keep().then(
        () => tell(true),
        () => tell(false),
      ),
    );
  });
}

/**
 * A meta policy does not reach a worker's script; a header does. The body goes as a blob: a stream that a reload cuts
 * short would keep this worker busy, and a new version would never take over (Chromium).
 */
async function withPolicy(response: Response): Promise<Response> {
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(HEADERS)) headers.set(name, value);
  const { status, statusText } = response;
  return new Response(await response.blob(), { status, statusText, headers });
}
