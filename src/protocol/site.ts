import { parsesAsUrl } from '../core/web';
import * as v from 'valibot';
import { ScoredeskError } from '../core/errors';

/** Where a site keeps its catalogue unless config.json names others. */
const OWN_CATALOGUE = 'bundles/index.json';

/** Pages that a site may offer; the bundles are always there. */
export const PAGES = ['clients', 'portfolio', 'drift', 'model', 'data', 'lab', 'about'] as const;
export type PageName = (typeof PAGES)[number];

const siteSchema = v.looseObject({
  /** Lists of bundles, relative to config.json or on other hosts; nothing else is ever fetched. */
  catalogues: v.optional(
    v.pipe(v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(2000))), v.maxLength(20)),
    [OWN_CATALOGUE],
  ),
  /** `id` or `id@version` that the first click opens. */
  defaultBundle: v.optional(v.pipe(v.string(), v.maxLength(300))),
  pages: v.optional(v.array(v.picklist(PAGES)), [...PAGES]),
});

/** What a site says of itself in config.json, addresses made absolute. */
export interface Site {
  catalogues: string[];
  defaultBundle: string | null;
  pages: readonly PageName[];
}

/**
 * Reads config.json; a site without one offers its own catalogue and every page.
 *
 * @param url where it was read: what relative addresses start from
 * @throws config-invalid with the path
 */
export function parseSite(text: string, url: string): Site {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new ScoredeskError('config-invalid', { path: '.', expected: 'JSON' });
  }
  const result = v.safeParse(siteSchema, json, { abortEarly: true });
  if (!result.success) {
    const [issue] = result.issues;
    throw new ScoredeskError('config-invalid', {
      path: v.getDotPath(issue) ?? '.',
      expected: (issue.expected ?? 'another value').slice(0, 120),
    });
  }
  const { catalogues, defaultBundle, pages } = result.output;
  return {
    catalogues: catalogues.map((address) => absolute(address, url)),
    defaultBundle: defaultBundle ?? null,
    pages,
  };
}

function absolute(address: string, base: string): string {
  const url = parsesAsUrl(address, base) ? new URL(address, base) : null;
  if (!url || !/^https?:$/.test(url.protocol))
    throw new ScoredeskError('config-invalid', { path: 'catalogues', expected: 'http or https addresses' });
  return url.href;
}

/** Whether an address lies in the folder of a catalogue that the site allows. */
export function allows({ catalogues }: Site, address: string): boolean {
  const { href, pathname } = new URL(address);
  // Some servers take an encoded slash for a slash: it could lead out of the folder.
  if (/%2f|%5c/i.test(pathname)) return false;
  // Others cut off what follows a semicolon, and are left with two dots.
  if (/\/\.{1,2};/.test(pathname)) return false;
  return catalogues.some((catalogue) => href.startsWith(new URL('.', catalogue).href));
}
