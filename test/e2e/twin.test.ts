import { readFileSync } from 'node:fs';
import { unzipSync } from 'fflate';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Manifest, PartName } from '../../src/bundle/schema';
import { checked, goTo, listed } from '../support/app';
import { axeViolations } from '../support/axe';
import { launch, visit } from '../support/browser';
import { serve, type Site } from '../support/server';

const BUNDLE = '#/b/home-credit-twin%401.0.0';
const manifest = JSON.parse(readFileSync('public/bundles/home-credit-twin/bundle.json', 'utf8')) as Manifest;
let browser: Browser;
let site: Site;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  [browser, site] = await Promise.all([launch(), serve('dist')]);
  ({ page, complaints } = await visit(browser, site.url));
  // Both demos are offered; whoever takes this one lands on its clients.
  for (const name of ['German credit (demo)', 'Home Credit, synthetic (demo)'])
    await page.getByRole('button', { name: `Download ${name}` }).waitFor();
  await page.getByRole('button', { name: 'Download Home Credit, synthetic (demo)' }).click();
  await listed(page);
  await checked(page);
});
afterAll(async () => {
  expect(complaints).toEqual([]);
  await browser.close();
  await site.close();
});

test('the bundle is as large as it says, and every feature is named in both languages', () => {
  const rows = (part: PartName) => manifest.data[part]?.files.reduce((sum, file) => sum + file.rows, 0);
  expect([rows('clients'), rows('reference'), rows('current')]).toEqual([20_000, 10_000, 12_000]);
  expect(Math.abs((rows('test') ?? 0) - 10_000)).toBeLessThan(100);
  // Facts are of all rows that trained it, more than are kept.
  expect(manifest.training?.rows).toBeGreaterThan(20_000);
  const inputs = manifest.model.inputs.flatMap(({ columns }) => columns);
  const named = new Map(manifest.columns.map((column) => [column.name, column]));
  for (const name of inputs) {
    const label = named.get(name)?.label;
    expect(typeof label === 'object' && label['en'] && label['fr'], name).toBeTruthy();
    expect(named.get(name)?.source, name).toBeTruthy();
  }
  for (const name of ['AMT_INCOME_TOTAL', 'EXT_SOURCE_1', 'EXT_SOURCE_2', 'EXT_SOURCE_3'])
    expect(named.get(name)?.monotone).toBe(-1);
  expect(inputs).not.toContain('CODE_GENDER');
});

test('an edited payment moves the ratios that it is part of', async () => {
  await goTo(page, `${BUNDLE}/clients/${manifest.suggest?.[1]}`);
  await page.locator('.bars[role=table]').waitFor();
  await page.getByLabel('Yearly payment', { exact: true }).fill('60000');
  await page.getByText(/^Recomputed: .*Yearly payment as a share of the credit/).waitFor();
  // What other tables tell stays, and that is said.
  await page
    .getByText(/from other tables: External scores, Credit bureau,? and Records of this lender\./)
    .waitFor();
  expect(await axeViolations(page)).toEqual([]);
});

test('the short form asks ten questions', async () => {
  await goTo(page, `${BUNDLE}/new`);
  await page.locator('.score b').waitFor();
  expect(manifest.form?.short).toHaveLength(10);
  await page.getByLabel('Income a year', { exact: true }).fill('90000');
  await page.getByLabel('Amount of the credit', { exact: true }).fill('450000');
  await page.getByText(/^2 of 72 values/).waitFor();
});

test('later rows come when a page needs them: without a connection that is said, and nothing else hangs on it', async () => {
  const parts = () => site.requests.filter((path) => /current\.parquet$/.test(path));
  // All that was looked at so far did without them.
  expect(parts()).toEqual([]);
  site.intercept = (path, _, response) => {
    if (!path.endsWith('.parquet')) return false;
    response.destroy();
    return true;
  };
  await goTo(page, `${BUNDLE}/drift`);
  await page.getByText(/^current\.parquet \([\d,]+ bytes\) is fetched when a page needs it/).waitFor();
  complaints.splice(0);
  site.intercept = null;
  // Three quarters of it come and stay, though the connection is lost once more.
  site.ranges = true;
  site.cut = (path) => (path.endsWith('current.parquet') ? 1_500_000 : null);
  const status = page.getByText(/^Fetching the later rows: .* of 2(\.0)? MB/);
  const [seen, saved] = [status.waitFor(), page.waitForEvent('download')];
  await goTo(page, '#/bundles');
  const note = page.getByText(/^\+ 2(\.0)? MB when a page needs it$/);
  await note.first().waitFor();
  // A zip has every part: what was not here is fetched for it.
  await page.getByRole('button', { name: /^Save Home Credit, synthetic \(demo\) as a zip/ }).click();
  await seen;
  const files = unzipSync(readFileSync(await (await saved).path()));
  for (const { path, bytes } of manifest.files) expect(files[path]?.length, path).toBe(bytes);
  site.cut = null;
  await status.waitFor({ state: 'detached' });
  expect(complaints.splice(0)).toEqual([]);
  const fetched = parts().length;
  await goTo(page, `${BUNDLE}/drift`);
  await page.getByRole('row', { name: /External score 3/ }).waitFor();
  expect(parts()).toHaveLength(fetched);
});

test('later applications have drifted: the third external score first, and the months show it', async () => {
  await goTo(page, `${BUNDLE}/drift`);
  const row = page.getByRole('row', { name: /External score 3/ });
  await row.filter({ hasText: 'Drifted' }).waitFor();
  await goTo(page, `${BUNDLE}/model`);
  await page.getByText(/trained on 20,064 rows, 10,000 of them here/).waitFor();
});
