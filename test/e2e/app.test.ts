import { mkdirSync, readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch, visit } from '../support/browser';
import { serve, type Site } from '../support/server';

let browser: Browser;
let site: Site;

beforeAll(async () => {
  mkdirSync('test/shots', { recursive: true });
  [browser, site] = await Promise.all([launch(), serve('dist')]);
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

async function install(page: Awaited<ReturnType<typeof visit>>['page']): Promise<void> {
  await page.getByRole('button', { name: /^(Download|Télécharger) / }).click();
  await page.getByRole('button', { name: /^(Open the clients|Ouvrir les clients)/ }).waitFor();
}

const percent = (p: number) => `${(100 * p).toFixed(1)}%`;

test('a visitor installs the demo and sees a decision with its reasons', async () => {
  const { page, complaints } = await visit(browser, site.url);
  await install(page);
  await page.getByRole('button', { name: /^Open the clients/ }).click();
  await page.getByLabel('Open a client').fill('2');
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
  await page.context().close();
});
