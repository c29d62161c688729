import { checkStopped, ScoredeskError } from '../core/errors';
import { allows, parseSite, type Site } from '../protocol/site';
import { FAR_HEADER, FAR_TYPE, farAddress, type FarOutcome } from '../protocol/offline';

/** What of the network may be reached from this site. */
export interface Network {
  /** Address of the site's root. */
  base: string;
  site: Site;
}

interface Request {
  signal?: AbortSignal | undefined;
  cache?: RequestCache;
  /** First byte wanted. */
  from?: number;
}

/** Milliseconds that a list may take: one that hangs must not hide the others. */
export const ANSWER_WITHIN = 15_000;

/** Reads the site's config.json. @throws as `reach`; config-invalid */
export async function readSite(base: string): Promise<Site> {
  const url = new URL('config.json', base).href;
  const response = await get(url, url, { cache: 'no-cache', signal: AbortSignal.timeout(ANSWER_WITHIN) });
  if (response.status === 404) return parseSite('{}', url);
  return parseSite(await (await checked(response, url)).text(), url);
}

/**
 * Fetches from a catalogue's folder: this site's directly, another host's through the service worker,
 * since the page's policy lets nothing else out.
 *
 * @throws address-not-allowed, insecure-address (http from https), service-worker-needed, offline,
 *   unreachable, cross-origin (another host is down, or does not let other sites read it), http-status, login-page,
 *   stopped
 */
export async function reach(network: Network, url: string, request: Request = {}): Promise<Response> {
  const { base, site } = network;
  const { origin, protocol, host } = new URL(url);
  if (!allows(site, url)) throw new ScoredeskError('address-not-allowed', { url });
  if (origin === new URL(base).origin) return checked(await get(url, url, request), url);
  if (protocol === 'http:' && base.startsWith('https:'))
    throw new ScoredeskError('insecure-address', { url });
  const response = await get(farAddress(base, url), url, request);
  const outcome = response.headers.get(FAR_HEADER) as FarOutcome | null;
  if (outcome === null) throw new ScoredeskError('service-worker-needed', { host });
  if (outcome === 'not-allowed') throw new ScoredeskError('address-not-allowed', { url });
  if (outcome === 'unreachable')
    throw navigator.onLine ? new ScoredeskError('cross-origin', { host }) : lost(url);
  return checked(response, url);
}

async function get(address: string, url: string, { signal, cache, from = 0 }: Request): Promise<Response> {
  try {
    return await fetch(address, {
      ...(signal ? { signal } : {}),
      ...(cache ? { cache } : {}),
      ...(from > 0 ? { headers: { range: `bytes=${from}-` } } : {}),
      credentials: 'same-origin',
    });
  } catch (error) {
    if (!isTimeout(signal)) checkStopped(signal);
    throw lost(url, error);
  }
}

/** Given up by the clock, not by a person. */
export const isTimeout = (signal: AbortSignal | undefined): boolean =>
  signal?.reason instanceof DOMException && signal.reason.name === 'TimeoutError';

/** The connection is gone, or only this host's. */
export function lost(url: string, cause?: unknown): ScoredeskError {
  return new ScoredeskError(navigator.onLine ? 'unreachable' : 'offline', { url }, { cause });
}

/** A page where a file was asked for: a login in between, or a host that answers everything with its home. */
async function checked(response: Response, url: string): Promise<Response> {
  if (!response.ok && response.status !== 416)
    throw new ScoredeskError('http-status', { url, status: response.status });
  const type = response.headers.get(FAR_TYPE) ?? response.headers.get('content-type');
  if (type?.startsWith('text/html')) {
    await response.body?.cancel();
    throw new ScoredeskError('login-page', { url });
  }
  return response;
}
