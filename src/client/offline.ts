import { engineCache, KEEP_REST, SKIP_WAITING } from '../protocol/offline';
import { trustedScript } from '../protocol/trusted';

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
    const registration = await navigator.serviceWorker.register(trustedScript('./service.worker.js'));
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

/** Milliseconds without a request after which the page is taken to be quiet. */
const QUIET = 300;
/** Longest wait for that. */
const QUIET_WITHIN = 3000;

/**
 * Lets the waiting version take over; every tab then reloads (see `onTakeover`). The page comes to rest first: a request
 * that reaches the old version just as it stops starts it again, and Chromium then lets the new one wait (up to half a
 * minute; under a debugger for good).
 *
 * @param rest brings what else asks the network to rest
 */
export async function takeUpdate(rest: () => Promise<unknown>): Promise<void> {
  const late = new Promise((resolve) => setTimeout(resolve, QUIET_WITHIN));
  await Promise.race([Promise.all([rest(), keeping]).then(quiet), late]);
  const registration = await navigator.serviceWorker.getRegistration();
  registration?.waiting?.postMessage(SKIP_WAITING);
}

/** Resolves when nothing has been fetched for a moment. */
function quiet(): Promise<void> {
  return new Promise((resolve) => {
    let timer = 0;
    const observer = new PerformanceObserver(() => again());
    const again = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        observer.disconnect();
        resolve();
      }, QUIET) as unknown as number;
    };
    observer.observe({ type: 'resource' });
    again();
  });
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
  // What is about to be shown comes first.
  if (!keeping) await quiet();
  const rest = restKept(navigator.serviceWorker.controller);
  const cache = await caches.open(engineCache(basePath));
  return (await rest) && (await cache.keys()).length > 0;
}

let keeping: Promise<boolean> | null = null;

/** Lets the service worker keep what a first visit did not need; it is asked once, until it could not. */
function restKept(worker: ServiceWorker): Promise<boolean> {
  keeping ??= new Promise<boolean>((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => {
      if (data !== true) keeping = null;
      resolve(data === true);
    };
    worker.postMessage(KEEP_REST, [port2]);
  });
  return keeping;
}
