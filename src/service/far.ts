import { allows, parseSite, type Site } from '../bundle/site';
import { behindFar, FAR_HEADER, type FarOutcome } from '../protocol/offline';

/**
 * Fetches from another host for the page, whose policy lets it reach only its own: only what the
 * site's config.json allows, without cookies, and only to read.
 *
 * @param settings the answer for config.json, from the network or as it was kept
 */
export async function fetchFar(
  site: string,
  request: Request,
  settings: (url: string) => Promise<Response>,
): Promise<Response> {
  const url = behindFar(site, new URL(request.url)) ?? '';
  if (!URL.canParse(url) || !allows(await siteOf(site, settings), url)) return outcome('not-allowed', 403);
  const range = request.headers.get('range');
  try {
    const response = await fetch(url, {
      headers: range ? { range } : {},
      credentials: 'omit',
      // A redirect may lead to a host that is not allowed.
      redirect: 'error',
      cache: request.cache === 'no-store' ? 'no-store' : 'no-cache',
      referrerPolicy: 'no-referrer',
      signal: request.signal,
    });
    return outcome('ok', response.status, response);
  } catch {
    return outcome((await answersAtAll(url)) ? 'cross-origin' : 'unreachable', 502);
  }
}

async function siteOf(site: string, settings: (url: string) => Promise<Response>): Promise<Site> {
  const url = new URL('config.json', site).href;
  const response = await settings(url);
  return parseSite(response.ok ? await response.text() : '{}', url);
}

/** A host that answers, but not to other sites, still answers a request whose answer nobody may read. */
async function answersAtAll(url: string): Promise<boolean> {
  try {
    await fetch(url, {
      mode: 'no-cors',
      method: 'HEAD',
      redirect: 'error',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
    });
    return true;
  } catch {
    return false;
  }
}

function outcome(kind: FarOutcome, status: number, from?: Response): Response {
  const headers = new Headers({ [FAR_HEADER]: kind });
  for (const name of ['content-type', 'content-range']) {
    const value = from?.headers.get(name);
    if (value) headers.set(name, value);
  }
  return new Response(from?.body ?? null, { status, headers });
}
