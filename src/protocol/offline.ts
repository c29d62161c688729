/** What the page, its workers and the service worker say to each other, and the caches they look at. */
export const SKIP_WAITING = 'skip-waiting';
/** Asks for the files that no first visit needs; answered on the port that comes with it. */
export const KEEP_REST = 'keep-rest';

/** Name of the cache that holds onnxruntime's wasm. @param basePath path of the site */
export const engineCache = (basePath: string): string => `scoredesk:${basePath}:engine`;

/** Path under which the service worker fetches from the other hosts that config.json allows. */
const FAR = 'far';
/** Header by which such an answer is known: `ok`, or why there is none. */
export const FAR_HEADER = 'x-scoredesk-far';
/** Header with the type that the other host gave: the answer itself is bytes and nothing else. */
export const FAR_TYPE = 'x-scoredesk-type';
export type FarOutcome = 'ok' | 'not-allowed' | 'unreachable';

export const farAddress = (site: string, url: string): string =>
  new URL(`${FAR}?url=${encodeURIComponent(url)}`, site).href;

/** The address behind a far address of this site; null for any other. */
export function behindFar(site: string, address: URL): string | null {
  if (address.origin + address.pathname !== new URL(FAR, site).href) return null;
  return address.searchParams.get('url');
}
