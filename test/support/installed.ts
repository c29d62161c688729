import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { checked, install } from './app';
import { launch, pageIn, profile, type Visit } from './browser';
import { serve, type Site } from './server';

/** How a page is looked at. */
export interface Look {
  language?: 'en' | 'fr';
  colorScheme?: 'light' | 'dark';
  width?: number;
}

/** The built app with the demo on the device, for all tests of a file that only read. */
export interface InstalledApp {
  browser: Browser;
  site: Site;
  context: BrowserContext;
  /** A tab of its own at an address. */
  open(hash: string, look?: Look): Promise<Visit>;
}

/** Installs the demo once for a file; each test gets tabs of that profile. */
export function useInstalledApp(): InstalledApp {
  const app = { open } as InstalledApp;
  const opened: Page[] = [];

  async function open(hash: string, look: Look = {}): Promise<Visit> {
    const { language = 'en', colorScheme = 'light', width = 1440 } = look;
    const key = `scoredesk:${new URL(app.site.url).pathname}:locale`;
    const visit = await pageIn(app.context, app.site.url + hash, async (page) => {
      opened.push(page);
      await page.addInitScript(([name, chosen]) => localStorage.setItem(name, chosen), [key, language]);
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
    });
    await visit.page.locator(`html[lang=${language}]`).waitFor({ state: 'attached' });
    return visit;
  }

  beforeAll(async () => {
    [app.browser, app.site] = await Promise.all([launch(), serve('dist')]);
    app.context = await profile(app.browser);
    const { page, complaints } = await pageIn(app.context, app.site.url);
    await install(page);
    await checked(page);
    expect(complaints).toEqual([]);
    await page.close();
  });
  afterEach(async () => {
    await app.context.clearPermissions();
    await Promise.all(opened.splice(0).map((page) => page.close()));
    const others = app.browser.contexts().filter((context) => context !== app.context);
    await Promise.all(others.map((context) => context.close()));
  });
  afterAll(async () => {
    await app.browser.close();
    await app.site.close();
  });
  return app;
}
