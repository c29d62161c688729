import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { storeKeys } from '../support/app';
import { KillableBrowser } from '../support/killable';
import { serve, type Site } from '../support/server';

/** What somebody chose or typed is there after the browser was killed. */

let site: Site;
let browser: KillableBrowser;
beforeAll(async () => {
  site = await serve('dist');
});
beforeEach(() => {
  browser = new KillableBrowser();
});
afterEach(() => browser.close());
afterAll(() => site.close());

test('settings chosen just before', async () => {
  const before = await browser.open(site.url);
  await before.getByRole('button', { name: 'Dark theme' }).click();
  await expect.poll(() => storeKeys(before, 'settings')).toContain('theme');
  await browser.kill();
  const after = await browser.open(site.url);
  await after.locator('html[data-theme=dark]').waitFor();
});
