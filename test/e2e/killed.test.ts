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

test('a training, wherever it was: in its search, its model, its bundle, its publishing', async () => {
  const before = await browser.open(site.url);
  await before.getByRole('button', { name: 'EN', exact: true }).click();
  await install(before);
  await before.goto(`${site.url}#/lab`);
  await before.getByText(/200 rows kept aside/).waitFor();
  await before.getByLabel('Experiment', { exact: true }).fill('autumn');
  await before.getByLabel('Name of the run').fill('long');
  await before.getByRole('combobox', { name: /^Search/ }).selectOption('tpe');
  await before.getByText(/fits, about/).waitFor();
  await before.getByRole('button', { name: /^Run [\d,]+ fits$/ }).click();
  await before.getByText(/search: candidate [2-9]/).waitFor();
  await browser.kill();
  let page = await browser.open(`${site.url}#/lab`);
  await page.getByText(/^Stopped\. \d+ candidates? (is|are) kept/).waitFor();
  const done = (of: typeof page) =>
    of.getByRole('checkbox', { name: 'Compare long' }).and(of.locator(':enabled'));
  for (const phase of [/model \d/, /writes the bundle/]) {
    const resume = page.getByRole('button', { name: 'Resume: long' });
    await resume.or(done(page)).first().waitFor();
    // On a fast machine a phase may pass between two looks.
    if (await resume.isVisible()) await resume.click();
    await page.getByText(phase).or(done(page)).first().waitFor();
    await browser.kill();
    page = await browser.open(`${site.url}#/lab`);
  }
  const resume = page.getByRole('button', { name: 'Resume: long' });
  await resume.or(done(page)).first().waitFor();
  if (await resume.isVisible()) await resume.click();
  await done(page).waitFor();
  await page.getByRole('button', { name: 'long', exact: true }).click();
  await page.getByRole('button', { name: 'Publish on this device' }).click();
  await page.getByRole('button', { name: 'Publishing' }).waitFor();
  await browser.kill();
  page = await browser.open(`${site.url}#/lab`);
  await page.getByRole('button', { name: 'long', exact: true }).click();
  await page.getByRole('button', { name: 'Publish on this device' }).click();
  await page.getByRole('link', { name: 'Open its clients' }).click();
  await page.getByText('1,000 clients of 1,000').waitFor();
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
