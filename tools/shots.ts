/** Writes screenshots of every page, width, theme and language of the built app to test/shots/, for looking at. */
import { mkdirSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { DOWNLOAD, goTo, listed, toBundles } from '../test/support/app';
import { launch, visit } from '../test/support/browser';
import { serve } from '../test/support/server';

mkdirSync('test/shots', { recursive: true });
const [browser, site] = await Promise.all([launch(), serve('dist')]);
const variants = [
  { width: 1440, theme: 'light', locale: 'en-GB' },
  { width: 1440, theme: 'dark', locale: 'fr-FR' },
  { width: 1024, theme: 'light', locale: 'fr-FR' },
  { width: 390, theme: 'light', locale: 'en-GB' },
  { width: 390, theme: 'dark', locale: 'fr-FR' },
] as const;

/** Slow enough for a picture of a download. */
const SLOW = { bytesPerSecond: 60_000, latency: 20 };

async function throughTheApp(page: Page, shot: (name: string, whole?: boolean) => Promise<unknown>) {
  await page.getByRole('button', { name: DOWNLOAD }).waitFor();
  await page.locator('#storage').waitFor();
  await shot('1-choose');
  const own = ['xgboost.onnx', 'data.csv'].map((name) => `test/oracles/families/${name}`);
  await page.locator('input[data-picks=files]').setInputFiles(own);
  await page.getByRole('group').locator('ol').waitFor();
  await shot('9-make');
  await goTo(page, '#/bundles');
  site.line = SLOW;
  await page.getByRole('button', { name: DOWNLOAD }).click();
  await page.getByText(/\/s/).first().waitFor();
  await shot('2-progress');
  site.line = null;
  await listed(page);
  await shot('4-clients');
  const suggested = page.locator('main section li a');
  const links = await suggested.evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).href));
  await toBundles(page);
  await page.getByRole('heading', { name: /^(Ready offline|Prêt hors ligne)$/ }).waitFor();
  await shot('3-ready');
  for (const [i, link] of links.entries()) {
    await page.goto(link);
    await page.locator(`.bars[role=table]`).waitFor();
    await page.waitForTimeout(300);
    await shot(`5-client-${i + 1}`);
  }
  await page.goto(links[1].replace(/clients\/(.*)$/, 'model?client=$1'));
  await page.locator('main table').waitFor();
  await page.getByRole('img').nth(2).waitFor();
  await page.waitForTimeout(400);
  await shot('10-model');
  for (const [name, address] of [
    ['11-drift', 'drift'],
    ['12-drift-number', 'drift/credit_amount'],
    ['13-drift-level', 'drift/savings_status'],
    ['14-performance', 'performance'],
  ]) {
    await page.goto(links[1].replace(/clients\/(.*)$/, address));
    await page.locator('main h2:visible').first().waitFor();
    await page.waitForTimeout(900);
    await shot(name);
  }
  await goTo(page, '#/settings');
  await page.locator('#comparisons').waitFor();
  await shot('15-settings');
  await page.goto(links[1]);
  await page.locator(`.bars[role=table]`).waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('64');
  await page.getByRole('option').first().waitFor();
  await shot('6-search', false);
  await page.keyboard.press('Escape');
  if (await page.locator('.keys').isVisible()) {
    await page.locator('.keys').click();
    await shot('7-keys', false);
    await page.keyboard.press('Escape');
  }
  await goTo(page, '#/about');
  await page
    .getByText(/onnxruntime-web \d/)
    .first()
    .waitFor();
  await shot('8-about');
}

for (const { width, theme, locale } of variants) {
  const { page, complaints } = await visit(browser, site.url, {
    viewport: { width, height: 900 },
    colorScheme: theme,
    locale,
    serviceWorkers: 'allow',
  });
  const suffix = `${width}-${theme}-${locale.slice(0, 2)}`;
  await throughTheApp(page, (name, whole = true) =>
    page.screenshot({ path: `test/shots/${name}-${suffix}.png`, fullPage: whole }),
  );
  if (complaints.length) console.log(width, theme, locale, complaints);
  await page.context().close();
}

/** What the variants above do not show: forced colours, and paper. */
const { page } = await visit(browser, site.url, { forcedColors: 'active' });
await page.getByRole('button', { name: DOWNLOAD }).click();
await listed(page);
const first = await page.locator('main section li a').nth(2).getAttribute('href');
await page.screenshot({ path: 'test/shots/4-clients-forced.png', fullPage: true });
await goTo(page, first ?? '');
await page.locator(`.bars[role=table]`).waitFor();
await page.screenshot({ path: 'test/shots/5-client-forced.png', fullPage: true });
await page.emulateMedia({ forcedColors: 'none', colorScheme: 'dark', media: 'print' });
await page.setViewportSize({ width: 794, height: 1123 });
await page.screenshot({ path: 'test/shots/5-client-print.png', fullPage: true });
await page.context().close();
await browser.close();
await site.close();
