import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
} from 'playwright-core';
import { ensureChromium } from '../../tools/chromium.mjs';

export const FLAGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** @param more flags of the browser's command line */
export function launch(...more: string[]): Promise<Browser> {
  const root = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath: ensureChromium(), args: [...FLAGS, ...root, ...more] });
}

export interface Visit {
  page: Page;
  /** Console messages, page errors and requests to other origins: all stay empty. */
  complaints: string[];
}

const DEFAULTS: BrowserContextOptions = {
  locale: 'en-GB',
  viewport: { width: 1440, height: 900 },
  serviceWorkers: 'block',
};

/** A fresh profile, without a service worker unless asked. */
export const profile = (browser: Browser, options: BrowserContextOptions = {}): Promise<BrowserContext> =>
  browser.newContext({ ...DEFAULTS, ...options });

/** A page of a profile, and what it complains of. @param prepare before anything is loaded */
export async function pageIn(
  context: BrowserContext,
  url: string,
  prepare: (page: Page) => Promise<unknown> = () => Promise.resolve(),
): Promise<Visit> {
  const page = await context.newPage();
  const complaints = complaintsOf(page, url);
  await prepare(page);
  await page.goto(url);
  return { page, complaints };
}

/**
 * A page in a fresh profile, without a service worker unless asked: what does not test it should not
 * depend on it (test/e2e/offline.test.ts does both).
 */
export async function visit(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  return pageIn(await profile(browser, options), url);
}

function complaintsOf(page: Page, url: string): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    const blocked = message.text().includes('Service Worker registration blocked');
    if (!blocked) complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== new URL(url).origin) complaints.push(`request: ${request.url()}`);
  });
  return complaints;
}
