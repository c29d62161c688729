/** Addresses of the pages, without the `#`. */

export const clientsPath = (bundle: string): string => `/b/${encodeURIComponent(bundle)}/clients`;

export const clientPath = (bundle: string, client: string): string =>
  `${clientsPath(bundle)}/${encodeURIComponent(client)}`;

export const BUNDLES_PATH = '/bundles';

/** A path as the target of a link. */
export const href = (path: string): string => `#${path}`;
