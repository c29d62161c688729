import { parsesAsUrl } from '../core/web';
import { allows, parseSite, type Site } from '../protocol/site';
import { behindFar, FAR_HEADER, FAR_TYPE, type FarOutcome } from '../protocol/offline';

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
  // Bytes for a script of this site that asks for them; never a page, a frame, a script or a picture.
  if (request.mode === 'navigate' || request.destination !== '') return outcome('not-allowed', 403);
  const url = behindFar(site, new URL(request.url)) ?? '';
  if (!parsesAsUrl(url) || !allows(await siteOf(site, settings), url)) return outcome('not-allowed', 403);
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
    // Down, closed to other sites, or redirecting: asking further could follow the redirect.
    return outcome('unreachable', 502);
  }
}

async function siteOf(site: string, settings: (url: string) => Promise<Response>): Promise<Site> {
  const url = new URL('config.json', site).href;
  const response = await settings(url);
  return parseSite(response.ok ? await response.text() : '{}', url);
}

function outcome(kind: FarOutcome, status: number, from?: Response): Response {
  const headers = new Headers({
    [FAR_HEADER]: kind,
    'content-type': 'application/octet-stream',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "sandbox; default-src 'none'",
  });
  for (const [name, as] of [
    ['content-type', FAR_TYPE],
    ['content-range', 'content-range'],
  ]) {
    const value = from?.headers.get(name);
    if (value) headers.set(as, value);
  }
  return new Response(from?.body ?? null, { status, headers });
}
