import type { PageName } from '../protocol/site';

/** Addresses of the pages, without the `#`. */

export const clientsPath = (bundle: string): string => `/b/${encodeURIComponent(bundle)}/clients`;

/** Parts of the client page that an address can name. */
const SECTIONS = ['verdict', 'why', 'changes', 'what-if', 'decide', 'data'] as const;
export type Section = (typeof SECTIONS)[number];

export const clientPath = (bundle: string, client: string, section?: Section | null): string =>
  `${clientsPath(bundle)}/${encodeURIComponent(client)}${section ? `?section=${section}` : ''}`;

/** A client's result as the client may see it. */
export const facingPath = (bundle: string, client: string): string =>
  `/b/${encodeURIComponent(bundle)}/facing/${encodeURIComponent(client)}`;

/** The page is turned towards a client: nothing of the desk stands around it. */
export const isFacing = (path: string): boolean => /^\/b\/[^/]+\/facing\/./.test(path);

/** A client to be typed in, or one that was. */
export const newClientPath = (bundle: string, client = ''): string =>
  `/b/${encodeURIComponent(bundle)}/new${client ? `/${encodeURIComponent(client)}` : ''}`;

/** The section that an address's query names. */
export function sectionOf(query: string | undefined): Section | null {
  const named = new URLSearchParams(query ?? '').get('section');
  return SECTIONS.find((section) => section === named) ?? null;
}

/** All clients of a bundle under one threshold. */
export const portfolioPath = (bundle: string): string => `/b/${encodeURIComponent(bundle)}/portfolio`;

/** Rows of a file, scored. */
export const batchPath = (bundle: string): string => `/b/${encodeURIComponent(bundle)}/batch`;

/** The model page, for a client and on a feature if they are named. */
export function modelPath(
  bundle: string,
  chosen: { client?: string; feature?: string; against?: string } = {},
): string {
  const named = Object.entries(chosen).filter(([, value]) => value);
  const query = new URLSearchParams(named).toString();
  return `/b/${encodeURIComponent(bundle)}/model${query ? `?${query}` : ''}`;
}

/** The drift page, on a column if one is named, with the comparison as the query. */
export function driftPath(
  bundle: string,
  { column = '', query = '' }: { column?: string; query?: string } = {},
): string {
  const path = `/b/${encodeURIComponent(bundle)}/drift${column ? `/${encodeURIComponent(column)}` : ''}`;
  return query ? `${path}?${query}` : path;
}

export const performancePath = (bundle: string, query = ''): string =>
  `/b/${encodeURIComponent(bundle)}/performance${query ? `?${query}` : ''}`;

/** Rows of a table: of the bundle's, or without one of a file. */
export const dataPath = (bundle: string | null): string =>
  bundle === null ? '/data' : `/b/${encodeURIComponent(bundle)}/data`;

export const LAB_PATH = '/lab';
export const DECISIONS_PATH = '/decisions';
/** What a record is printed as. */
export const DOCUMENTS = ['letter', 'sheet', 'audit'] as const;
export type DocumentKind = (typeof DOCUMENTS)[number];
export const documentPath = (number: number, kind: DocumentKind): string =>
  `${DECISIONS_PATH}/${number}/${kind}`;
export const SETTINGS_PATH = '/settings';
export const BUNDLES_PATH = '/bundles';
export const ABOUT_PATH = '/about';
export const MAKE_PATH = '/make';

/** The page of an address that a site may leave out; null for those it always has. */
export function pageOf(path: string): PageName | null {
  if (/^\/b\/[^/]+\/model$/.test(path)) return 'model';
  if (/^\/b\/[^/]+\/(portfolio|batch)$/.test(path)) return 'portfolio';
  if (/^\/b\/[^/]+\/(drift(\/[^/]+)?|performance)$/.test(path)) return 'drift';
  if (/^(\/b\/[^/]+)?\/data$/.test(path)) return 'data';
  if (path.startsWith('/b/')) return 'clients';
  if (path === LAB_PATH) return 'lab';
  return path === ABOUT_PATH ? 'about' : null;
}

/** A path as the target of a link. */
export const href = (path: string): string => `#${path}`;
