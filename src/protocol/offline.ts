/** What the page and the service worker say to each other, and the cache both look at. */
export const SKIP_WAITING = 'skip-waiting';
export const ENGINE_CACHE = 'engine';
