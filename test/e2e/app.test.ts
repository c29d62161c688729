import { readFileSync } from 'node:fs';
import type { BrowserContextOptions } from 'playwright-core';
import { expect, test } from 'vitest';
import {
  checked,
  clientHash,
  clientShown,
  DOWNLOAD,
  goTo,
  install,
  listed,
  openClient,
  toBundles,
} from '../support/app';
import { axeViolations } from '../support/axe';
import { launch, pageIn, visit } from '../support/browser';
import { useInstalledApp } from '../support/installed';

const app = useInstalledApp();

/** A fresh profile: what installs, or is asked before anything is here. */
const firstVisit = (options: BrowserContextOptions = {}, hash = '') =>
  visit(app.browser, app.site.url + hash, options);

const predictions = new Map(
  readFileSync('test/oracles/demo.csv', 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',') as [string, string]),
);

const percent = (p: number) => `${(100 * p).toFixed(1)}%`;

test('a visitor installs the demo and sees a decision with its reasons', async () => {
  const { page, complaints } = await firstVisit();
  await install(page);
  await page.keyboard.press('/');
  await page.keyboard.type('2');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'No. 2' }).waitFor();
  expect(await page.getByRole('heading', { name: 'Refused' }).isVisible()).toBe(true);
  expect(await page.locator('.figure').innerText()).toContain(percent(Number(predictions.get('2'))));
  expect(await page.getByRole('img', { name: /Risk score .* Threshold 14\.5%/ }).isVisible()).toBe(true);
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

test('everything stays on the machine: after the install no request is made', async () => {
  const { page } = await firstVisit();
  await install(page);
  const shown = app.site.requests.length;
  await checked(page);
  const before = app.site.requests.length;
  // The engine and the app's own files: nothing of clients or bundles.
  for (const path of app.site.requests.slice(shown, before)) expect(path).toMatch(/^assets\//);
  for (const id of ['1', '2', '999']) await openClient(page, id);
  expect(app.site.requests.slice(before)).toEqual([]);
});

test('a reload keeps the bundle; a link to a client opens it', async () => {
  const { page, complaints } = await app.open('');
  await listed(page);
  await page.goto(`${app.site.url}${clientHash('2')}`);
  await page.reload();
  await page.getByRole('heading', { level: 1, name: 'No. 2' }).waitFor();
  expect(complaints).toEqual([]);
});

test('a worker that is killed comes back at the next call, with the bundle open', async () => {
  const { page, complaints } = await app.open(clientHash('2'));
  await clientShown(page, '2');
  const killed = page.workers()[0];
  const gone = page.waitForEvent('worker');
  await killed.evaluate(() => self.close());
  await openClient(page, '641');
  await gone;
  expect(page.workers()).not.toContain(killed);
  expect(await page.getByRole('heading', { name: 'Refused' }).isVisible()).toBe(true);
  expect(complaints).toEqual([]);
});

/** Ends the worker that this runs in as soon as it holds the lock that its death is noticed by. */
async function killOnceAlive(before: (string | undefined)[]): Promise<void> {
  for (;;) {
    const { held } = await navigator.locks.query();
    if (held?.some(({ name }) => name?.includes(':worker:') && !before.includes(name))) break;
  }
  self.close();
}

test('a worker that is killed while it works is replaced and the call answered', async () => {
  const { page } = await app.open('');
  await listed(page);
  const before = await page.evaluate(async () =>
    (await navigator.locks.query()).held?.map(({ name }) => name),
  );
  const second = new Promise<void>((resolve) => {
    page.once('worker', (worker) => {
      page.once('worker', () => resolve());
      void worker.evaluate(killOnceAlive, before ?? []).catch(() => undefined);
    });
  });
  await page.goto(`${app.site.url}?again${clientHash('2')}`);
  await second;
  await page.getByRole('heading', { level: 1, name: 'No. 2' }).waitFor();
});

test('French throughout, and the switch keeps the page and the focus', async () => {
  const { page, complaints } = await firstVisit({ locale: 'fr-FR' });
  expect(await page.locator('html').getAttribute('lang')).toBe('fr');
  await page.getByRole('heading', { name: 'Choisissez des données pour commencer' }).waitFor();
  await install(page);
  await openClient(page, '641');
  expect(await page.getByRole('heading', { name: 'Refusé' }).isVisible()).toBe(true);
  expect(await page.locator('.figure').innerText()).toMatch(/^74,8\u00A0%/);
  const body = await page.locator('body').innerText();
  expect(body).toContain('Pourquoi ce résultat');
  expect(body).toContain('Compte courant');
  const English = ['Refused', 'threshold', 'Credit amount', 'Missing', 'Why', 'months', 'bytes', ' the '];
  for (const english of English) expect(body).not.toContain(english);
  await toBundles(page);
  await page.getByText('Empreinte vérifiée').waitFor();
  for (const english of English) expect(await page.locator('body').innerText()).not.toContain(english);
  await goTo(page, '#/about');
  await page.getByText('Ce qui quitte cette machine').waitFor();
  for (const english of English) expect(await page.locator('body').innerText()).not.toContain(english);
  await openClient(page, '641');
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

test('a link to a bundle that is not here offers it and then goes there', async () => {
  const { page } = await firstVisit({}, `${clientHash('2')}?section=data`);
  await page.getByRole('heading', { name: 'This bundle is not on this device' }).waitFor();
  await page.getByRole('button', { name: DOWNLOAD }).click();
  await page.getByRole('heading', { level: 1, name: 'No. 2' }).waitFor();
  const heading = page.getByRole('heading', { name: 'Data on file' });
  expect(await heading.evaluate((element) => element === document.activeElement)).toBe(true);
});

test('a bundle that nobody offers, an unknown client and an unknown page are told', async () => {
  const { page } = await firstVisit({}, '#/b/other%401.0.0/clients/2');
  await page.getByText('The link points to other@1.0.0, which this site does not offer').waitFor();
  await goTo(page, '#/');
  await install(page);
  await goTo(page, clientHash('4711'));
  await page.getByRole('alert').getByText('There is no client 4711 in this bundle').waitFor();
  await goTo(page, clientHash(encodeURIComponent('50% a/b?')));
  await page.getByRole('alert').getByText('There is no client 50% a/b? in this bundle').waitFor();
  await goTo(page, '#/b/%E0%A4%A/clients/2?section=evil');
  await page.getByRole('heading', { name: 'This bundle is not on this device' }).waitFor();
  await goTo(page, clientHash('4711'));
  await page.getByLabel('Find a client').fill('4711');
  await page.getByText('No client matches “4711”').waitFor();
  await goTo(page, '#/nowhere');
  await page.getByRole('heading', { name: 'There is no page at this address' }).waitFor();
});

test('keyboard only: install, search, open, the list of keys', async () => {
  const { page } = await firstVisit();
  const download = page.getByRole('button', { name: DOWNLOAD });
  await download.waitFor();
  for (let i = 0; i < 20 && !(await download.evaluate((button) => button === document.activeElement)); i++)
    await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await listed(page);
  await page.keyboard.press('/');
  await page.keyboard.type('25');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'No. 25' }).waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('64');
  await page.getByRole('option').first().waitFor();
  await page.keyboard.press('ArrowDown');
  const second = await page.getByRole('option', { selected: true }).locator('.figures').first().innerText();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: `No. ${second}` }).waitFor();
  await page.keyboard.press('?');
  const dialog = page.getByRole('dialog', { name: 'Keyboard' });
  await dialog.waitFor();
  await dialog.getByRole('checkbox').press('Space');
  await page.keyboard.press('Escape');
  await page.keyboard.press(']');
  await page.keyboard.press('?');
  expect(await dialog.count()).toBe(0);
  await page.getByRole('heading', { level: 1, name: `No. ${second}` }).waitFor();
});

test('the data of a client: search, alerts, everything', async () => {
  const { page } = await app.open(clientHash('2'));
  await page.getByLabel('Search the data').fill('CREDIT amount');
  await page.getByText(/^[12] of 21 columns$/).waitFor();
  await page.getByLabel('Search the data').fill('zzz');
  await page.getByText('Nothing on file matches “zzz”.').waitFor();
});

test('on paper: light whatever the theme, without what only a screen can do', async () => {
  const { page } = await app.open(clientHash('2'), { colorScheme: 'dark' });
  await clientShown(page, '2');
  const look = () =>
    page.evaluate(() => ({
      ground: getComputedStyle(document.body).backgroundColor,
      hidden: ['nav', 'header.no-print', '.steps', '.tools'].filter(
        (part) => document.querySelector(part)?.checkVisibility() ?? false,
      ),
    }));
  expect((await look()).ground).not.toBe('rgb(255, 255, 255)');
  await page.emulateMedia({ media: 'print' });
  expect(await look()).toEqual({ ground: 'rgb(255, 255, 255)', hidden: [] });
});

test('over http from another machine, one sentence says what is needed', async () => {
  const elsewhere = await launch('--host-resolver-rules=MAP desk.example 127.0.0.1');
  try {
    const { page } = await visit(elsewhere, app.site.url.replace('127.0.0.1', 'desk.example'));
    await page.getByText('Scoredesk needs https, or localhost').waitFor();
  } finally {
    await elsewhere.close();
  }
});

test('the decision and its reasons are copied as text', async () => {
  await app.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const { page } = await app.open(clientHash('641'));
  await page.getByRole('button', { name: 'Copy as text' }).click();
  await page.getByText('Copied').waitFor();
  const lines = (await page.evaluate(() => navigator.clipboard.readText())).split('\n');
  expect(lines[0]).toBe('No. 641 · Refused · 74.8% (risk score)');
  expect(lines[1]).toMatch(/^74\.8% is above the threshold of 14\.5%.* that is 83 points\.$/);
  expect(lines[2]).toMatch(/^Checking account: overdrawn · \+22 points · /);
  expect(lines.at(-2)).toContain('+64 points');
  expect(lines.at(-1)).toMatch(/^german-credit@2\.0\.0 · [0-9a-f]{8}$/);
});

test('about: versions, licences and what leaves this machine', async () => {
  const { page, complaints } = await app.open('');
  await page.getByRole('link', { name: 'About' }).click();
  await page.getByText('Nothing.').waitFor();
  await page
    .getByText(/onnxruntime-web \d/)
    .first()
    .waitFor();
  await page.getByText('MIT: ').first().click();
  expect(complaints).toEqual([]);
});

test('no link of the navigation moves once it can be pressed', async () => {
  const { page } = await pageIn(app.context, app.site.url, (early) =>
    early.addInitScript(() => {
      const heights = ((globalThis as { heights?: number[] }).heights = [] as number[]);
      new MutationObserver(() => {
        const link = document.querySelector('nav a[href="#/about"]');
        if (link?.checkVisibility({ visibilityProperty: true }))
          heights.push(link.getBoundingClientRect().top);
      }).observe(document, { subtree: true, childList: true, attributes: true });
    }),
  );
  await listed(page);
  const heights = await page.evaluate(() => (globalThis as { heights?: number[] }).heights ?? []);
  expect(new Set(heights).size).toBe(1);
  await page.close();
});

test.each(['light', 'dark'] as const)('axe finds nothing on any page, %s', async (colorScheme) => {
  const { page } = await firstVisit({ colorScheme });
  await page.getByRole('button', { name: DOWNLOAD }).waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await install(page);
  expect(await axeViolations(page)).toEqual([]);
  await page
    .getByRole('main')
    .getByRole('link', { name: /^No. 78 / })
    .click();
  await page.locator('.bars').waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await page.keyboard.press('/');
  await page.keyboard.type('6');
  await page.getByRole('option').first().waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Keyboard' }).click();
  expect(await axeViolations(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await toBundles(page);
  expect(await axeViolations(page)).toEqual([]);
  await goTo(page, '#/about');
  await page
    .getByText(/onnxruntime-web \d/)
    .first()
    .waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await goTo(page, '#/nowhere');
  await page.getByRole('heading', { name: 'There is no page at this address' }).waitFor();
  expect(await axeViolations(page)).toEqual([]);
});

/** 720 and 360 are 1440 pixels at 200 % and 400 % of zoom. */
test.each([1440, 1024, 720, 390, 360])('no horizontal scroll at %i pixels', async (width) => {
  const { page } = await app.open('', { width, language: 'fr' });
  await listed(page);
  const overflow = () =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(await overflow()).toBe(0);
  await openClient(page, '641');
  await page.locator('.bars').waitFor();
  await page.locator('.pair svg').waitFor();
  expect(await overflow()).toBe(0);
  await toBundles(page);
  expect(await overflow()).toBe(0);
  await goTo(page, '#/about');
  await page
    .getByText(/onnxruntime-web \d/)
    .first()
    .waitFor();
  expect(await overflow()).toBe(0);
});

test('the list: sort, filter, arrows and Enter; the place is kept on the way back', async () => {
  const { page, complaints } = await app.open('');
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
  // The keys go on where they were.
  await page.keyboard.press('ArrowUp');
  expect(await active.innerText()).not.toBe(id);
  await page.getByRole('button', { name: 'All', exact: true }).click();
  await page.getByLabel('Number or name').fill('4711');
  await page.getByText('No client matches “4711”').waitFor();
  await page.getByRole('button', { name: 'Clear the search' }).click();
  await page.getByText('1,000 clients of 1,000').waitFor();
  expect(complaints).toEqual([]);
});

test('the clients before and after, in the order of the list, by button and by key', async () => {
  const { page } = await app.open(clientHash('78'));
  await page.getByText(/^Client \d+ of 1,000$/).waitFor();
  await page.getByRole('button', { name: 'Next client' }).click();
  await page.getByRole('heading', { level: 1, name: 'No. 82' }).waitFor();
  await page.keyboard.press('[');
  await page.getByRole('heading', { level: 1, name: 'No. 78' }).waitFor();
  await page.getByLabel('Find a client').focus();
  await page.keyboard.press(']');
  expect(await page.getByLabel('Find a client').inputValue()).toBe(']');
});

test('Escape leaves a search and clears it; a filter that leaves the client out can be cleared on its page', async () => {
  const { page } = await firstVisit();
  await install(page);
  const search = page.getByLabel('Number or name');
  await search.fill('64');
  await page.getByText('20 clients of 1,000').waitFor();
  await openClient(page, '78');
  await page.getByRole('button', { name: 'Show all clients' }).click();
  await page.getByText(/^Client \d+ of 1,000$/).waitFor();
  await page.goBack();
  await search.fill('64');
  await search.press('Escape');
  await page.getByText('1,000 clients of 1,000').waitFor();
  expect(await search.inputValue()).toBe('');
  expect(await page.evaluate(() => document.activeElement?.id)).not.toBe('search');
});

test('an unknown client’s page has a heading and leads to the clients', async () => {
  const { page } = await firstVisit();
  await install(page);
  await goTo(page, clientHash('nobody'));
  await page.getByRole('heading', { level: 1, name: 'No client nobody in this bundle' }).waitFor();
  await page.getByRole('link', { name: 'To the clients' }).click();
  await listed(page);
});
