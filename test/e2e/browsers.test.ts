import { afterEach, beforeAll, expect, test } from 'vitest';
import { clientHash } from '../support/app';
import { ensureBrowsers, firefox, until, webkit, type OtherBrowser } from '../support/otherBrowsers';
import { differing, readPng, type Box } from '../support/png';
import { serve, type Site } from '../support/server';

/** A visit from the first look to offline, in the browsers that are not Chromium. */

const BUNDLE = '#/b/german-credit%402.0.0';
let site: Site;
let browser: OtherBrowser | null = null;
beforeAll(() => ensureBrowsers(), 120_000);
afterEach(async () => {
  await browser?.close();
  browser = null;
  await site.close();
});

const shows = (text: string): string => `document.body.innerText.includes(${JSON.stringify(text)})`;
const go = (hash: string): string => `location.hash = ${JSON.stringify(hash)}`;
const click = (text: string): string =>
  `[...document.querySelectorAll('button')].find((b) => b.innerText.trim().startsWith(${JSON.stringify(text)})).click()`;

test.each([
  ['Firefox', firefox],
  ['WebKit', webkit],
])('%s: install, client, model, drift, offline', async (_, launch) => {
  site = await serve('dist');
  browser = await launch();
  const page = browser;
  await page.goto(site.url);
  await until(page, `document.querySelector('.segments')`);
  await page.evaluate(click('EN'));
  await until(
    page,
    `[...document.querySelectorAll('button')].some((b) => b.innerText.startsWith('Download'))`,
  );
  await page.evaluate(click('Download'));
  await until(page, shows('1,000 clients of 1,000'));
  await page.evaluate(go(clientHash('78')));
  await until(page, `document.querySelector('.bars') && ${shows('16.6%')}`);
  // A comparison begins anew when onnxruntime takes over.
  await until(page, shows('onnxruntime has checked every score'));
  await until(page, shows('Ready offline'));
  // Importances come late and sort the drift table anew, while its figures are on the screen.
  await page.evaluate(go(`${BUNDLE}/drift`));
  await until(page, shows('Look first at Savings'));
  await until(page, `document.querySelectorAll('tbody .importance').length > 10`);
  expect(await wronglyPainted(page)).toEqual([]);
  await page.evaluate(go(`${BUNDLE}/model`));
  await until(page, shows('What the model relies on'));
  await until(page, shows('Fairness by group'));
  await site.close();
  await page.goto(`${site.url}${clientHash('641')}`);
  await page.evaluate('location.reload()');
  await until(page, `document.querySelector('.bars') && ${shows('74.8%')}`);
  site = await serve('dist');
});

/** Figures of the drift table whose picture is another once the page is laid out anew: what was painted was not the document's. */
async function wronglyPainted(page: OtherBrowser): Promise<string[]> {
  const boxes = await page.evaluate<(Box & { text: string })[]>(`
    return [...document.querySelectorAll('tbody td b')].map((figure) => {
      const { x, y, width, height } = figure.getBoundingClientRect();
      const [left, top] = [Math.round(x), Math.round(y)];
      return { text: figure.innerText, x: left, y: top, width: Math.round(width), height: Math.round(height) };
    }).filter(({ y }) => y > 0 && y < innerHeight - 40);`);
  const before = readPng(await page.picture());
  await page.evaluate(`document.querySelector('main').style.display = 'none'; document.body.offsetHeight`);
  await page.evaluate(`document.querySelector('main').style.display = ''; document.body.offsetHeight`);
  const after = readPng(await page.picture());
  expect(boxes.length).toBeGreaterThan(5);
  return boxes.filter((box) => differing(before, after, box) > SAME_TEXT).map(({ text }) => text);
}

/** Smoothed edges that fall on other pixels; of another figure a tenth and more differ. */
const SAME_TEXT = 0.04;
