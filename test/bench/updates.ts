/**
 * New versions in a row, each offered and taken: how many came, and how long each took. Run after `npm run build`:
 *
 *   npx tsx test/bench/updates.ts 50 > test/bench/updates.md
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { install, listed } from '../support/app';
import { launch, visit } from '../support/browser';
import { publishNewVersion } from '../support/newVersion';
import { serve } from '../support/server';

const total = Number(process.argv[2] ?? 50);
/** Milliseconds after which somebody has pressed the button in vain. */
const IN_VAIN = 20_000;
const root = mkdtempSync(join(tmpdir(), 'scoredesk-updates-'));
cpSync('dist', root, { recursive: true });
const site = await serve(root);
const browser = await launch();
const { page } = await visit(browser, site.url, { serviceWorkers: 'allow' });
await install(page);
await page.getByText('Ready offline').waitFor();
const took: number[] = [];
for (let version = 1; version <= total; version++) {
  publishNewVersion(root, `v${version}`);
  await page.reload();
  const take = page.getByRole('button', { name: 'Reload now' });
  await take.waitFor();
  const began = performance.now();
  await take.click();
  const changed = page.locator(`html[data-version=v${version}]`);
  const came = await changed.waitFor({ state: 'attached', timeout: IN_VAIN }).then(
    () => true,
    () => false,
  );
  if (came) took.push(performance.now() - began);
  else await page.reload();
  await listed(page);
}
took.sort((a, b) => a - b);
const seconds = (at: number): string => `${(took[at] / 1000).toFixed(1)} s`;
console.log(
  `\`npx tsx test/bench/updates.ts ${total}\`: of ${total} new versions in a row ${took.length} were taken by`,
);
console.log(
  `“Reload now” within ${IN_VAIN / 1000} s; median ${seconds(took.length >> 1)}, longest ${seconds(took.length - 1)}.`,
);
await browser.close();
await site.close();
rmSync(root, { recursive: true, force: true });
