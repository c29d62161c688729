import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { install, listed } from '../support/app';
import { launch, visit } from '../support/browser';
import { serve, type Site } from '../support/server';

let browser: Browser;
let site: Site;
beforeAll(async () => {
  [browser, site] = await Promise.all([launch(), serve('dist')]);
});
afterAll(async () => {
  await browser.close();
  await site.close();
});

/** Goes on by Tab until this has the focus. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await target.waitFor();
  const MOST = 120;
  for (let i = 0; i < MOST; i++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab never comes to ${String(target)}`);
}

const press = async (page: Page, target: Locator, key: string): Promise<void> => {
  await tabTo(page, target);
  await page.keyboard.press(key);
};

async function type(page: Page, label: string, text: string): Promise<void> {
  await tabTo(page, page.getByLabel(label, { exact: true }));
  await page.keyboard.type(text);
}

test('with the server stopped and by keyboard alone: train, compare, publish, open as an advisor', async () => {
  const { page, complaints } = await visit(browser, site.url, { serviceWorkers: 'allow' });
  await install(page);
  await page.getByText('Ready offline').waitFor();
  await site.close();
  await page.goto(`${site.url}#/lab`);
  await page.reload();
  await page.getByText(/200 rows kept aside/).waitFor();
  const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });
  await type(page, 'Experiment', 'autumn');
  await type(page, 'Name of the run', 'plain');
  await press(page, button('Logistic'), 'Enter');
  await page.getByText(/fits, about/).waitFor();
  await press(page, button(/^Run [\d,]+ fits$/), 'Enter');
  for (const name of ['autumn: baseline', 'plain']) {
    const box = page.getByRole('checkbox', { name: `Compare ${name}` });
    await box.and(page.locator(':enabled')).waitFor();
    await press(page, box, 'Space');
  }
  await page.getByRole('table', { name: 'Who would be decided otherwise' }).waitFor();
  await press(page, button('plain'), 'Enter');
  await press(page, button('Publish on this device'), 'Enter');
  await press(page, page.getByRole('link', { name: 'Open its clients' }), 'Enter');
  await listed(page);
  await page.getByText('1,000 clients of 1,000').waitFor();
  await page.getByRole('link', { name: 'Model', exact: true }).click();
  await page.getByText(/Tell the risk of default of clients like those of German/).waitFor();
  expect(complaints.filter((line) => !line.includes('ERR_CONNECTION_REFUSED'))).toEqual([]);
});
