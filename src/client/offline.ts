import { ENGINE_CACHE, KEEP_REST, SKIP_WAITING } from '../protocol/offline';

/** Longest wait for the service worker before the page goes on without it. */
const CONTROL_WITHIN = 5000;
/** A desk may stay open for days: a new version is looked for every hour. */
const UPDATE_EVERY = 3_600_000;

const basePath = new URL('.', document.baseURI).pathname;
const supported = import.meta.env.PROD && 'serviceWorker' in navigator;

let goOnWithout: () => void = () => undefined;

/**
 * Resolves once the page is controlled, so that workers get the site's policy and are kept for
 * offline; also without, where there is no service worker, it can't be registered, or it is late.
 */
export const controlled: Promise<void> = new Promise((resolve) => {
  goOnWithout = resolve;
  if (!supported || navigator.serviceWorker.controller) {
    resolve();
    return;
  }
  navigator.serviceWorker.addEventListener('controllerchange', () => resolve(), { once: true });
  setTimeout(resolve, CONTROL_WITHIN);
});

/**
 * Registers the service worker; `onUpdate` is called when a new version waits, also one that
 * another tab brought in before or while this page was loading.
 */
export async function startServiceWorker(onUpdate: () => void): Promise<void> {
  if (!supported) return;
  try {
    const registration = await navigator.serviceWorker.register('./service.worker.js');
    const watch = (worker: ServiceWorker | null) => {
      const offer = () => {
        if (worker?.state === 'installed' && navigator.serviceWorker.controller) onUpdate();
      };
      offer();
      worker?.addEventListener('statechange', offer);
    };
    watch(registration.waiting);
    watch(registration.installing);
    registration.addEventListener('updatefound', () => watch(registration.installing));
    const look = () => void registration.update().catch(() => undefined);
    if (navigator.serviceWorker.controller) look();
    setInterval(look, UPDATE_EVERY);
  } catch {
    // Without a service worker everything works but opening offline; the top bar then does not claim it.
    goOnWithout();
  }
}

/** Lets the waiting version take over; every tab then reloads (see `onTakeover`). */
export function takeUpdate(): void {
  const waiting = navigator.serviceWorker.getRegistration().then((registration) => registration?.waiting);
  void waiting.then((worker) => worker?.postMessage(SKIP_WAITING));
}

/** Called when another version took over this page, so that page and worker never mix. */
export function onTakeover(reload: () => void): void {
  if (!supported || !navigator.serviceWorker.controller) return;
  navigator.serviceWorker.addEventListener('controllerchange', reload, { once: true });
}

/**
 * Has what a first visit did not need kept, now that somebody stays.
 * @returns whether every page would open with the server gone: this one is controlled, engine and other pages are kept
 */
export async function getReadyOffline(): Promise<boolean> {
  if (!supported || !navigator.serviceWorker.controller || !('caches' in globalThis)) return false;
  const rest = restKept(navigator.serviceWorker.controller);
  const cache = await caches.open(`scoredesk:${basePath}:${ENGINE_CACHE}`);
  return (await rest) && (await cache.keys()).length > 0;
}

/** Lets the service worker keep what a first visit did not need. */
function restKept(worker: ServiceWorker): Promise<boolean> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = ({ data }) => resolve(data === true);
    worker.postMessage(KEEP_REST, [port2]);
  });
}
