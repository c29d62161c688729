/** Writes screenshots of every page, width, theme and language of the built app to test/shots/, for looking at. */
import { mkdirSync } from 'node:fs';
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
for (const { width, theme, locale } of variants) {
  const { page, complaints } = await visit(browser, site.url, {
    viewport: { width, height: 900 },
    colorScheme: theme,
    locale,
    serviceWorkers: 'allow',
  });
  const shot = (name: string) =>
    page.screenshot({
      path: `test/shots/${name}-${width}-${theme}-${locale.slice(0, 2)}.png`,
      fullPage: true,
    });
  const download = page.getByRole('button', { name: /^(Download|Télécharger) / });
  await download.waitFor();
  await shot('1-bundles');
  await download.click();
  const open = page.getByRole('button', { name: /^(Open clients|Ouvrir les clients)/ });
  await open.waitFor();
  await shot('2-ready');
  await open.click();
  const suggested = page.locator('main section li a');
  await suggested.first().waitFor();
  await page.locator('tbody th a').first().waitFor();
  await shot('3-clients');
  const links = await suggested.evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).href));
  for (const [i, link] of links.entries()) {
    await page.goto(link);
    await page.locator(`.bars[role=table]`).waitFor();
    await page.waitForTimeout(300);
    await shot(`4-client-${i + 1}`);
  }
  if (complaints.length) console.log(width, theme, locale, complaints);
  await page.context().close();
}
await browser.close();
await site.close();
