import { createHash } from 'node:crypto';
import type { Browser } from 'playwright-core';
import { expect, test } from 'vitest';
import {
  demoFile,
  DOWNLOAD,
  goTo,
  install,
  listed,
  RESUME,
  startDownload,
  storeKeys,
  toBundles,
} from '../support/app';
import { visit } from '../support/browser';
import { type Site } from '../support/server';
import { DEMO, fetched, LARGEST, MANIFEST, publish, useSiteCopy } from '../support/siteCopy';

let browser: Browser;
let site: Site;
let root: string;
useSiteCopy((made) => ({ browser, site, root } = made));

test('two tabs: one installs, the other follows and can pause it; both have it in the end', async () => {
  const { page: one } = await visit(browser, site.url);
  const two = await one.context().newPage();
  await two.goto(site.url);
  await two.getByRole('button', { name: DOWNLOAD }).waitFor();
  site.intercept = (path, _request, response) => {
    if (path !== DEMO + LARGEST.path) return false;
    response.writeHead(200, { 'content-length': LARGEST.bytes });
    response.write(demoFile(LARGEST.path).slice(0, 5000));
    return true;
  };
  await startDownload(one);
  await two.getByText('Another tab is downloading this bundle').waitFor();
  // Before anything has come there is nothing to be paused: it is offered anew.
  await one
    .getByText(/ of [\d,]+ bytes/)
    .first()
    .waitFor();
  await two.getByRole('button', { name: 'Pause' }).click();
  await one.getByText(/^Paused: /).waitFor();
  await two.getByText(/^Paused: /).waitFor();
  site.intercept = null;
  await two.getByRole('button', { name: RESUME }).click();
  await listed(two);
  await one.getByRole('button', { name: /^Delete / }).waitFor();
  await one.getByRole('button', { name: /^Delete / }).click();
  await one.getByRole('button', { name: 'Delete', exact: true }).click();
  await two.getByRole('heading', { name: 'This bundle is not on this device' }).waitFor();
});

test('two tabs that begin at the same time install it once', async () => {
  const { page: one } = await visit(browser, site.url);
  const two = await one.context().newPage();
  await two.goto(site.url);
  await Promise.all([one, two].map((page) => page.getByRole('button', { name: DOWNLOAD }).waitFor()));
  const before = site.requests.length;
  const click = () => document.querySelector<HTMLButtonElement>('.btn.primary')?.click();
  await Promise.all([one.evaluate(click), two.evaluate(click)]);
  await Promise.all(
    [one, two].map((page) =>
      page
        .getByRole('button', { name: /^Open clients/ })
        .or(page.locator('tbody th a'))
        .first()
        .waitFor(),
    ),
  );
  expect(fetched(site, before).filter((path) => path === LARGEST.path).length).toBe(1);
});

test.each(['2.1.0', '2.0.0'])(
  'another bundle of the same name, version %s, is offered, not forced; both stand side by side',
  async (version) => {
    const { page } = await visit(browser, site.url);
    await install(page);
    publish(root, version);
    await page.reload();
    await listed(page);
    const newer = page.getByText('Version 2.1.0 of this bundle is published; this is 2.0.0.');
    if (version === '2.1.0') await newer.waitFor();
    await toBundles(page);
    await page.getByText(version === '2.1.0' ? 'Another version than 2.0.0' : 'Same version 2.0.0').waitFor();
    const before = site.requests.length;
    await startDownload(page);
    await page.getByRole('button', { name: `Open clients of Demo ${version}` }).waitFor();
    expect(fetched(site, before)).toEqual(['bundle.json']);
    expect((await storeKeys(page, 'bundles')).length).toBe(2);
    expect(await page.getByText('In use', { exact: true }).count()).toBe(1);
    await page.getByRole('button', { name: `Open clients of Demo ${version}` }).click();
    await page.getByRole('heading', { level: 1, name: `Demo ${version}` }).waitFor();
    await page.reload();
    await page.getByRole('heading', { level: 1, name: `Demo ${version}` }).waitFor();
    await toBundles(page);
    await page.getByRole('button', { name: `Delete Demo ${version}` }).click();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('button', { name: DOWNLOAD }).waitFor();
    await page.getByRole('button', { name: /^Open clients of/ }).click();
    await listed(page);
  },
);

test('deleted, its space is given back', async () => {
  const { page } = await visit(browser, site.url);
  await install(page);
  await toBundles(page);
  await page.getByRole('button', { name: /^Delete / }).click();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('button', { name: DOWNLOAD }).waitFor();
  for (const store of ['bundles', 'files', 'pieces', 'computed'])
    expect(await storeKeys(page, store)).toEqual([]);
  await page.reload();
  await page.getByRole('button', { name: DOWNLOAD }).waitFor();
});

test('a database of the schema before is brought up to date, with its bundle', async () => {
  const { page } = await visit(browser, site.url);
  await page.getByRole('button', { name: DOWNLOAD }).waitFor();
  await page.goto(`${site.url}icon.svg`);
  const files = ['bundle.json', ...MANIFEST.files.map(({ path }) => path)].map((name) => ({
    sha256: createHash('sha256').update(demoFile(name)).digest('hex'),
    bytes: [...demoFile(name)],
  }));
  await page.evaluate(async (stored) => {
    const name = 'scoredesk:/desk/:data';
    await new Promise((resolve) => (indexedDB.deleteDatabase(name).onsuccess = resolve));
    const db = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open(name, 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore('bundles', { keyPath: 'fingerprint' });
        request.result.createObjectStore('files', { keyPath: 'sha256' });
      };
      request.onsuccess = () => resolve(request.result);
    });
    const transaction = db.transaction(['bundles', 'files'], 'readwrite');
    for (const { sha256, bytes } of stored)
      transaction.objectStore('files').put({ sha256, blob: new Blob([new Uint8Array(bytes)]) });
    transaction.objectStore('bundles').put({
      fingerprint: stored[0].sha256,
      id: 'german-credit',
      version: '1.0.0',
      host: '',
      title: 'Demo',
      description: '',
      algorithm: '',
      threshold: 0.18,
      clients: 1000,
      features: 20,
      bytes: 1,
      installedAt: 1,
      runtimeOnly: false,
      schema: 1,
    });
    await new Promise((resolve) => (transaction.oncomplete = resolve));
    db.close();
  }, files);
  await page.goto(site.url);
  await listed(page);
  await toBundles(page);
  await page.getByText('Fingerprint verified').waitFor();
});

test('data cleared under an open tab: it starts afresh', async () => {
  const { page } = await visit(browser, site.url);
  await install(page);
  await page.evaluate(
    () => new Promise((resolve) => (indexedDB.deleteDatabase('scoredesk:/desk/:data').onsuccess = resolve)),
  );
  // What is no longer here is not said to be, also without a reload.
  await goTo(page, '#/bundles');
  await page.getByRole('button', { name: DOWNLOAD }).waitFor();
  await page.reload();
  await install(page);
});

test('a bundle whose files are gone can be deleted and downloaded again', async () => {
  const { page } = await visit(browser, site.url);
  await install(page);
  await page.evaluate(async () => {
    const db = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open('scoredesk:/desk/:data');
      request.onsuccess = () => resolve(request.result);
    });
    const transaction = db.transaction(['files', 'pieces'], 'readwrite');
    transaction.objectStore('files').clear();
    transaction.objectStore('pieces').clear();
    await new Promise((resolve) => (transaction.oncomplete = resolve));
    db.close();
  });
  await page.reload();
  await page.getByRole('alert').getByText('has no file').waitFor();
  await toBundles(page);
  await page.getByRole('button', { name: /^Delete / }).click();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('button', { name: DOWNLOAD }).click();
  await listed(page);
});

test('a tab that another one outdated is told to reload', async () => {
  const { page } = await visit(browser, site.url);
  await install(page);
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const request = indexedDB.open('scoredesk:/desk/:data', 99);
        request.onsuccess = () => {
          request.result.close();
          resolve();
        };
      }),
  );
  await goTo(page, '#/b/german-credit%402.0.0/clients/7');
  await page.getByText('This tab runs an older version of Scoredesk').waitFor();
});
