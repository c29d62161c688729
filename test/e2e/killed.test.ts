import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { DOWNLOAD, install, openClient, storeKeys } from '../support/app';
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
  // Storage has answered.
  await before.getByRole('button', { name: DOWNLOAD }).waitFor();
  await before.getByRole('button', { name: 'Dark theme' }).click();
  await expect.poll(() => storeKeys(before, 'settings')).toContain('theme');
  await browser.kill();
  const after = await browser.open(site.url);
  await after.locator('html[data-theme=dark]').waitFor();
});

test('what was tried on a client, between two keystrokes', async () => {
  const before = await browser.open(site.url);
  await before.getByRole('button', { name: 'EN', exact: true }).click();
  await install(before);
  await openClient(before, '78');
  await before.locator('.paths').waitFor();
  await before.getByLabel('Credit amount', { exact: true }).fill('12');
  await expect.poll(() => storeKeys(before, 'drafts')).toHaveLength(1);
  await browser.kill();
  const after = await browser.open(site.url);
  await openClient(after, '78');
  await after.getByText('What was tried before is back.').waitFor();
  expect(await after.getByLabel('Credit amount', { exact: true }).inputValue()).toBe('12');
});

test('a decision that was said to be recorded', async () => {
  const before = await browser.open(site.url);
  await before.getByRole('button', { name: 'EN', exact: true }).click();
  await install(before);
  await openClient(before, '78');
  await before.getByRole('radio', { name: 'Refused' }).check();
  await before.getByLabel('Your name').fill('M. Aubert');
  await before.getByRole('button', { name: 'Record the decision' }).click();
  await before.getByText('Recorded as number 1,').waitFor();
  await browser.kill();
  const after = await browser.open(`${site.url}#/decisions`);
  await after.getByText('Chain verified: 1 record').waitFor();
});
