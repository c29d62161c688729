import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { demoFile } from './app';
import { launch } from './browser';
import { serve, type Site } from './server';

/** Where the demo lies on a site. */
export const DEMO = 'bundles/german-credit/';

export const MANIFEST = JSON.parse(new TextDecoder().decode(demoFile('bundle.json'))) as {
  version: string;
  title: unknown;
  expected: { rows: { id: string; probability: number }[] };
  files: { path: string; bytes: number; sha256: string }[];
};

/** The demo's largest file. */
export const LARGEST = [...MANIFEST.files].sort((a, b) => b.bytes - a.bytes)[0];

/** The files of the demo bundle that were asked of a site since its request `from`. */
export const fetched = (site: Site, from: number): string[] =>
  site.requests
    .slice(from)
    .filter((path) => path.startsWith(DEMO))
    .map((path) => path.slice(DEMO.length));

/** A file of the demo with one bit turned. */
export function flipped(name: string): Uint8Array {
  const content = demoFile(name);
  content[content.length >> 1] ^= 1;
  return content;
}

/** Publishes another bundle.json in the demo's place: another title, the same files unless said. */
export function publish(root: string, version: string, changed: object = MANIFEST): void {
  const manifest = { ...changed, version, title: { en: `Demo ${version}`, fr: `Démo ${version}` } };
  const bytes = JSON.stringify(manifest);
  writeFileSync(join(root, DEMO, 'bundle.json'), bytes);
  const index = JSON.parse(readFileSync(join(root, 'bundles/index.json'), 'utf8')) as {
    bundles: Record<string, unknown>[];
  };
  const fingerprint = createHash('sha256').update(bytes).digest('hex');
  index.bundles[0] = { ...index.bundles[0], version, fingerprint, title: manifest.title };
  writeFileSync(join(root, 'bundles/index.json'), JSON.stringify(index));
}

const folders: string[] = [];

/** The built site in a folder of its own, until the test is over; it offers the small demo alone. */
export function siteCopy(): string {
  const folder = mkdtempSync(join(tmpdir(), 'scoredesk-site-'));
  folders.push(folder);
  cpSync('dist', folder, { recursive: true, filter: (path) => !path.includes('home-credit-twin') });
  const index = join(folder, 'bundles/index.json');
  const { bundles, ...list } = JSON.parse(readFileSync(index, 'utf8')) as { bundles: { id: string }[] };
  writeFileSync(
    index,
    JSON.stringify({ ...list, bundles: bundles.filter(({ id }) => id === 'german-credit') }),
  );
  return folder;
}

/** A browser for the file's tests, and for each of them a copy of the built site on a server of its own. */
export function useSiteCopy(ready: (made: { browser: Browser; site: Site; root: string }) => void): void {
  let browser: Browser;
  let site: Site;
  beforeAll(async () => {
    browser = await launch();
  });
  beforeEach(async () => {
    const root = siteCopy();
    site = await serve(root);
    ready({ browser, site, root });
  });
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    await site.close();
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });
  afterAll(() => browser.close());
}

/** A browser and the built app on a server, for all tests of a file. */
export function useBuiltApp(ready: (made: { browser: Browser; site: Site }) => void): void {
  let browser: Browser;
  let site: Site;
  beforeAll(async () => {
    [browser, site] = await Promise.all([launch(), serve('dist')]);
    ready({ browser, site });
  });
  afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
  afterAll(async () => {
    await browser.close();
    await site.close();
  });
}
