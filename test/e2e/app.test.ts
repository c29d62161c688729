import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { axeViolations } from '../support/axe';
import { launch, visit } from '../support/browser';
import { serve, type Site } from '../support/server';

let browser: Browser;
let site: Site;

beforeAll(async () => {
  [browser, site] = await Promise.all([launch(), serve('dist')]);
});
afterEach(async () => {
  site.intercept = null;
  await Promise.all(browser.contexts().map((context) => context.close()));
});
afterAll(async () => {
  await browser.close();
  await site.close();
});

const predictions = new Map(
  readFileSync('demo/german-credit/predictions.csv', 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',') as [string, string]),
);

async function install(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^(Download|Télécharger) / }).click();
  await page.getByRole('button', { name: /^(Open clients|Ouvrir les clients)/ }).waitFor();
}

const percent = (p: number) => `${(100 * p).toFixed(1)}%`;

test('a visitor installs the demo and sees a decision with its reasons', async () => {
  const { page, complaints } = await visit(browser, site.url);
  await install(page);
  await page.getByRole('button', { name: /^Open clients/ }).click();
  await page.getByLabel('Number or name').fill('2');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'No. 2' }).waitFor();
  expect(await page.getByRole('heading', { name: 'Refused' }).isVisible()).toBe(true);
  expect(await page.locator('.figure').innerText()).toContain(percent(Number(predictions.get('2'))));
  expect(await page.getByRole('img', { name: /Risk score .* Threshold 18%/ }).isVisible()).toBe(true);
  const points = await page.locator('.bars .row:not(.total) .cell .label').allInnerTexts();
  const total = await page.locator('.bars .total .label').innerText();
  const number = (text: string) => Number(text.replace('−', '-').replace(/[^\d-]/g, ''));
  expect(points.map(number).reduce((a, b) => a + b, 0)).toBe(number(total));
  expect(
    await page
      .getByRole('rowheader', { name: /Credit amount/ })
      .first()
      .isVisible(),
  ).toBe(true);
  expect(complaints).toEqual([]);
});

const CLIENT_2 = '#/b/german-credit%401.0.0/clients/2';

async function openClient(page: Page, id: string): Promise<void> {
  await page.evaluate((hash) => (location.hash = hash), `#/b/german-credit%401.0.0/clients/${id}`);
  await page.getByRole('heading', { level: 1, name: new RegExp(`${id}$`) }).waitFor();
}

test('everything stays on the machine: after the install no request is made', async () => {
  const { page } = await visit(browser, site.url);
  await install(page);
  const before = site.requests.length;
  for (const id of ['1', '2', '999']) await openClient(page, id);
  expect(site.requests.slice(before)).toEqual([]);
});

test('a reload keeps the bundle; a link to a client opens it', async () => {
  const { page, complaints } = await visit(browser, site.url);
  await install(page);
  await page.goto(`${site.url}${CLIENT_2}`);
  await page.reload();
  await page.getByRole('heading', { level: 1, name: 'No. 2' }).waitFor();
  expect(complaints).toEqual([]);
});

test('a worker that is killed comes back at the next call, with the bundle open', async () => {
  const { page, complaints } = await visit(browser, site.url);
  await install(page);
  await openClient(page, '2');
  const killed = page.workers()[0];
  const gone = page.waitForEvent('worker');
  await killed.evaluate(() => self.close());
  await openClient(page, '641');
  await gone;
  expect(page.workers()).not.toContain(killed);
  expect(await page.getByRole('heading', { name: 'Refused' }).isVisible()).toBe(true);
  expect(complaints).toEqual([]);
});

test('a worker that is killed while it works is replaced and the call answered', async () => {
  const { page } = await visit(browser, site.url);
  await install(page);
  await page.reload();
  page.once('worker', (worker) => void worker.evaluate(() => self.close()).catch(() => undefined));
  await page.goto(`${site.url}${CLIENT_2}`);
  await page.getByRole('heading', { level: 1, name: 'No. 2' }).waitFor();
});

test('French throughout, and the switch keeps the page and the focus', async () => {
  const { page, complaints } = await visit(browser, site.url, { locale: 'fr-FR' });
  expect(await page.locator('html').getAttribute('lang')).toBe('fr');
  await page.getByRole('heading', { name: 'Choisissez des données pour commencer' }).waitFor();
  await install(page);
  await openClient(page, '641');
  expect(await page.getByRole('heading', { name: 'Refusé' }).isVisible()).toBe(true);
  expect(await page.locator('.figure').innerText()).toMatch(/^72,2\u00A0%/);
  const body = await page.locator('body').innerText();
  expect(body).toContain('Pourquoi ce résultat');
  expect(body).toContain('Compte courant');
  for (const english of ['Refused', 'threshold', 'Credit amount', 'Missing', 'Why', 'months'])
    expect(body).not.toContain(english);
  await page.getByRole('button', { name: 'EN', exact: true }).click();
  await page.getByRole('heading', { name: 'Refused' }).waitFor();
  expect(await page.locator('html').getAttribute('lang')).toBe('en');
  expect(
    await page
      .getByRole('button', { name: 'EN', exact: true })
      .evaluate((button) => button === document.activeElement),
  ).toBe(true);
  expect(complaints).toEqual([]);
});

const refusals: [
  string,
  (path: string) => { status?: number; body?: Uint8Array | string; cut?: boolean } | null,
  RegExp,
][] = [
  [
    'a changed file',
    (path) => (path.endsWith('covers.bin') ? { body: flipped('covers.bin') } : null),
    /fingerprint of covers\.bin/,
  ],
  [
    'a login page instead of bundle.json',
    (path) => (path.endsWith('bundle.json') ? { body: '<!doctype html><title>Log in</title>' } : null),
    /not a bundle: found <!doctype html>/,
  ],
  [
    'a file that is not there',
    (path) => (path.endsWith('model.onnx') ? { status: 404 } : null),
    /answers 404/,
  ],
  [
    'a connection cut half way',
    (path) => (path.endsWith('model.onnx') ? { body: bytes('model.onnx').slice(0, 5000), cut: true } : null),
    /can’t be reached|stopped at 5,000 of/,
  ],
  [
    'a short file',
    (path) => (path.endsWith('test.parquet') ? { body: bytes('test.parquet').slice(0, 100) } : null),
    /stopped at 100 of/,
  ],
];
const bytes = (name: string) => new Uint8Array(readFileSync(`public/bundles/german-credit/${name}`));
function flipped(name: string): Uint8Array {
  const content = bytes(name);
  content[content.length >> 1] ^= 1;
  return content;
}

test.each(refusals)(
  '%s: nothing is installed, the sentence says what to do, and a second try works',
  async (_, answer, sentence) => {
    site.intercept = (path, _request, response) => {
      const found = answer(path);
      if (!found) return false;
      const length = found.cut ? { 'content-length': bytes('model.onnx').length } : {};
      response.writeHead(found.status ?? 200, length);
      response.write(found.body ?? '');
      if (found.cut) setTimeout(() => response.destroy(), 50);
      else response.end();
      return true;
    };
    const { page } = await visit(browser, site.url);
    await page.getByRole('button', { name: /^Download / }).click();
    await page.getByRole('alert').getByText(sentence).waitFor();
    expect(await page.getByRole('button', { name: /^Open clients/ }).count()).toBe(0);
    await page.reload();
    await page.getByRole('button', { name: /^Download / }).waitFor();
    expect(await page.getByRole('button', { name: /^Open clients/ }).count()).toBe(0);
    site.intercept = null;
    await install(page);
  },
);

test('a download can be stopped, and what is there is not fetched again', async () => {
  site.intercept = (path, _request, response) => {
    if (!path.endsWith('reference.parquet')) return false;
    response.writeHead(200);
    response.write(bytes('reference.parquet').slice(0, 100));
    return true;
  };
  const { page } = await visit(browser, site.url);
  await page.getByRole('button', { name: /^Download / }).click();
  await page.getByText('In progress').waitFor();
  await page.getByText(/% *$/).first().waitFor();
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.getByRole('button', { name: /^Download / }).waitFor();
  site.intercept = null;
  const before = site.requests.length;
  await install(page);
  const fetched = site.requests.slice(before).filter((path) => path.includes('german-credit'));
  expect(fetched).toEqual(expect.arrayContaining([expect.stringContaining('reference.parquet')]));
  expect(fetched.some((path) => path.endsWith('model.onnx'))).toBe(false);
});

test('a link to a bundle that is not here offers it; an unknown client and page are told', async () => {
  const { page } = await visit(browser, `${site.url}${CLIENT_2}`);
  await page.getByRole('heading', { name: 'This bundle is not on this device' }).waitFor();
  await page.getByRole('main').getByRole('link', { name: 'Go to bundles' }).click();
  await install(page);
  await page.getByLabel('Open a client').fill('4711');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('There is no client 4711 in this bundle').waitFor();
  await page.evaluate(() => (location.hash = '#/nowhere'));
  await page.getByRole('heading', { name: 'There is no page at this address' }).waitFor();
});

test('a deleted bundle is gone after a reload too', async () => {
  const { page } = await visit(browser, site.url);
  await install(page);
  await page.getByRole('button', { name: /^Delete / }).click();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('button', { name: /^Download / }).waitFor();
  await page.reload();
  await page.getByRole('button', { name: /^Download / }).waitFor();
  const files = await page.evaluate(async () => {
    const [{ name }] = await indexedDB.databases();
    const db = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(name ?? '');
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(new Error('no database'));
    });
    const request = db.transaction('files').objectStore('files').count();
    return new Promise<number>((resolve) => (request.onsuccess = () => resolve(request.result)));
  });
  expect(files).toBe(0);
});

test('keyboard only: install, open, search', async () => {
  const { page } = await visit(browser, site.url);
  const download = page.getByRole('button', { name: /^Download / });
  await download.waitFor();
  for (let i = 0; i < 20 && !(await download.evaluate((button) => button === document.activeElement)); i++)
    await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  const open = page.getByRole('button', { name: /^Open clients/ });
  await open.waitFor();
  for (let i = 0; i < 20 && !(await open.evaluate((button) => button === document.activeElement)); i++)
    await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByLabel('Number or name').focus();
  await page.keyboard.type('25');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'No. 25' }).waitFor();
});

test.each(['light', 'dark'] as const)('axe finds nothing on any page, %s', async (colorScheme) => {
  const { page } = await visit(browser, site.url, { colorScheme });
  await page.getByRole('button', { name: /^Download / }).waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await install(page);
  expect(await axeViolations(page)).toEqual([]);
  await page.getByRole('button', { name: /^Open clients/ }).click();
  await page.locator('tbody th a').first().waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await page
    .getByRole('main')
    .getByRole('link', { name: /^No. 48 / })
    .click();
  await page.locator('.bars').waitFor();
  expect(await axeViolations(page)).toEqual([]);
});

test.each([1440, 1024, 390])('no horizontal scroll at %i pixels', async (width) => {
  const { page } = await visit(browser, site.url, { viewport: { width, height: 800 }, locale: 'fr-FR' });
  await install(page);
  const overflow = () =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(await overflow()).toBe(0);
  await openClient(page, '641');
  await page.locator('.bars').waitFor();
  expect(await overflow()).toBe(0);
});

test('the list: sort, filter, arrows and Enter; the place is kept on the way back', async () => {
  const { page, complaints } = await visit(browser, site.url);
  await install(page);
  await page.getByRole('button', { name: /^Open clients/ }).click();
  await page.getByText('1,000 clients of 1,000').waitFor();
  await page.getByRole('button', { name: 'Risk score' }).click();
  await page.locator('th[aria-sort=descending]').waitFor();
  await page.getByRole('button', { name: 'To review' }).click();
  await page.getByText(/^\d+ clients of 1,000$/).waitFor();
  await page.getByLabel('Number or name').press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  const active = page.locator('tr.active th a');
  const id = await active.innerText();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: `No. ${id}` }).waitFor();
  expect(await page.getByRole('heading', { name: 'To review' }).isVisible()).toBe(true);
  await page.goBack();
  await active.waitFor();
  expect(await active.innerText()).toBe(id);
  await page.getByRole('button', { name: 'All', exact: true }).click();
  await page.getByLabel('Number or name').fill('4711');
  await page.getByText('No client matches “4711”').waitFor();
  await page.getByRole('button', { name: 'Clear the search' }).click();
  await page.getByText('1,000 clients of 1,000').waitFor();
  expect(complaints).toEqual([]);
});

test('the clients before and after, in the order of the list, by button and by key', async () => {
  const { page } = await visit(browser, site.url);
  await install(page);
  await openClient(page, '48');
  await page.getByText(/^Client \d+ of 1,000$/).waitFor();
  await page.getByRole('button', { name: 'Next client' }).click();
  await page.getByRole('heading', { level: 1, name: 'No. 49' }).waitFor();
  await page.keyboard.press('[');
  await page.getByRole('heading', { level: 1, name: 'No. 48' }).waitFor();
  await page.getByLabel('Open a client').focus();
  await page.keyboard.press(']');
  expect(await page.getByLabel('Open a client').inputValue()).toBe(']');
});
