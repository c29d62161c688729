import type { PageName } from '../bundle/site';

/** Addresses of the pages, without the `#`. */

export const clientsPath = (bundle: string): string => `/b/${encodeURIComponent(bundle)}/clients`;

/** Parts of the client page that an address can name. */
const SECTIONS = ['verdict', 'why', 'data'] as const;
export type Section = (typeof SECTIONS)[number];

export const clientPath = (bundle: string, client: string, section?: Section | null): string =>
  `${clientsPath(bundle)}/${encodeURIComponent(client)}${section ? `?section=${section}` : ''}`;

/** The section that an address's query names. */
export function sectionOf(query: string | undefined): Section | null {
  const named = new URLSearchParams(query ?? '').get('section');
  return SECTIONS.find((section) => section === named) ?? null;
}

export const BUNDLES_PATH = '/bundles';
export const ABOUT_PATH = '/about';
export const MAKE_PATH = '/make';

/** The page of an address that a site may leave out; null for those it always has. */
export function pageOf(path: string): PageName | null {
  if (path.startsWith('/b/')) return 'clients';
  return path === ABOUT_PATH ? 'about' : null;
}

/** A path as the target of a link. */
export const href = (path: string): string => `#${path}`;
