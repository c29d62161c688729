import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { clientHash, install, listed } from '../support/app';
import { launch, pageIn, profile, visit } from '../support/browser';
import { publishNewVersion } from '../support/newVersion';
import { serve, type Site } from '../support/server';

let browser: Browser;
let site: Site;
let root: string;
beforeAll(async () => {
  browser = await launch();
});
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'scoredesk-site-'));
  cpSync('dist', root, { recursive: true });
  site = await serve(root);
});
afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
  await site.close();
  rmSync(root, { recursive: true, force: true });
});
afterAll(() => browser.close());

/** Installs, and waits until the app would open without its server. */
async function ready(page: Page): Promise<void> {
  await install(page);
  await page.getByText('Ready offline').waitFor();
}

test('after one visit the app opens with the server stopped, deep links included', async () => {
  const { page, complaints } = await visit(browser, site.url, { serviceWorkers: 'allow' });
  await ready(page);
  await site.close();
  await page.goto(`${site.url}${clientHash('78')}`);
  await page.reload();
  await page.getByRole('heading', { level: 1, name: 'No. 78' }).waitFor();
  await page.locator('.bars').waitFor();
  await page.getByRole('link', { name: 'Clients' }).click();
  await page.getByText('1,000 clients of 1,000').waitFor();
  // Pages that the visit did not open.
  await page.getByRole('link', { name: 'Drift' }).click();
  await page.getByText('Look first at Savings').waitFor();
  await page.getByRole('link', { name: 'Model' }).click();
  await page.getByRole('heading', { name: 'What the model relies on' }).waitFor();
  await page.getByRole('link', { name: 'About' }).click();
  await page
    .getByText(/onnxruntime-web \d/)
    .first()
    .waitFor();
  await page.getByRole('link', { name: 'Bundles' }).click();
  await page.getByRole('heading', { name: 'Ready offline' }).waitFor();
  expect(complaints.filter((line) => !line.includes('ERR_CONNECTION_REFUSED'))).toEqual([]);
});

test('a page that was not kept says so when the site is gone, and comes at the next try', async () => {
  const { page, complaints } = await visit(browser, site.url);
  await page.getByRole('link', { name: 'About' }).waitFor();
  await page.context().setOffline(true);
  await page.getByRole('link', { name: 'About' }).click();
  await page.getByText('This page could not be loaded').waitFor();
  await page.context().setOffline(false);
  await page.getByRole('button', { name: 'Try again' }).click();
  await page
    .getByText(/onnxruntime-web \d/)
    .first()
    .waitFor();
  expect(complaints.filter((line) => !line.includes('ERR_INTERNET_DISCONNECTED'))).toEqual([]);
});

test('a browser that is too old is told so, and which ones are not', async () => {
  const { page, complaints } = await pageIn(await profile(browser), site.url, (early) =>
    early.addInitScript('delete globalThis.CompressionStream'),
  );
  await page.getByText(/too old for Scoredesk. It takes Safari 16.4, Firefox 115/).waitFor();
  expect(await page.getByRole('button').count()).toBe(0);
  expect(complaints).toEqual([]);
});

test('inside another page nothing is shown but the way out', async () => {
  const { page } = await visit(browser, site.url);
  site.intercept = (path, _request, response) => {
    if (path !== 'frame.html') return false;
    response
      .writeHead(200, { 'content-type': 'text/html' })
      .end(`<iframe src="${site.url}#/b/german-credit/clients/78" width="900" height="600"></iframe>`);
    return true;
  };
  await page.goto(`${site.url}frame.html`);
  const frame = page.frameLocator('iframe');
  await frame.getByText('Scoredesk does not open inside another page').waitFor();
  expect(await frame.getByRole('navigation').count()).toBe(0);
});

test('the policy comes as a header for page and worker once the service worker is in control', async () => {
  const { page } = await visit(browser, site.url, { serviceWorkers: 'allow' });
  await ready(page);
  const policies: (string | undefined)[] = [];
  page.on('response', (response) => {
    if (/index|worker-/.test(response.url()) && response.fromServiceWorker())
      policies.push(response.headers()['content-security-policy']);
  });
  await page.reload();
  await listed(page);
  expect(policies.length).toBeGreaterThan(0);
  expect(policies.every((policy) => policy?.includes("connect-src 'self'"))).toBe(true);
  expect(policies.every((policy) => policy?.includes("frame-ancestors 'none'"))).toBe(true);
});

test('a new version is offered, not forced, and taken by page and worker together', async () => {
  const { page } = await visit(browser, site.url, { serviceWorkers: 'allow' });
  await ready(page);
  publishNewVersion(root);
  await page.reload();
  await page.getByText('A new version of Scoredesk is ready.').waitFor();
  const changed = page.locator('html[data-version=two]');
  await page.reload();
  expect(await changed.count()).toBe(0);
  await page.getByRole('button', { name: 'Reload now' }).click();
  await changed.waitFor({ state: 'attached' });
  await page.getByText('1,000 clients of 1,000').waitFor();
});

test('an update names the other tabs, keeps what was typed, and reloads them together', async () => {
  const { page } = await visit(browser, site.url, { serviceWorkers: 'allow' });
  await ready(page);
  await page.getByLabel('Number or name').fill('64');
  await page.getByText('20 clients of 1,000').waitFor();
  publishNewVersion(root);
  await page.reload();
  await page.getByText('A new version of Scoredesk is ready.').waitFor();
  const other = await page.context().newPage();
  await other.goto(`${site.url}${clientHash('78')}`);
  await other.getByText(/Reloading also reloads 1 other tab: German credit/).waitFor();
  await other.getByRole('button', { name: 'Reload now' }).click();
  for (const tab of [page, other]) await tab.locator('html[data-version=two]').waitFor({ state: 'attached' });
  await page.getByText('20 clients of 1,000').waitFor();
  expect(await page.getByLabel('Number or name').inputValue()).toBe('64');
  await other.getByRole('heading', { level: 1, name: 'No. 78' }).waitFor();
});
