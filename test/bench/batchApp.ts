/**
 * A file of 1,000,000 rows scored on the app's own page, in real Chromium on the built app. Run after
 * `npm run build`:
 *
 *   npx tsx test/bench/batchApp.ts > test/bench/batchApp.md
 */
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { checked, install } from '../support/app';
import { launch, visit } from '../support/browser';
import { lines } from '../support/large';
import { peakMemory } from '../support/memory';
import { serve } from '../support/server';

const ROWS = 1_000_000;
const PATIENCE = { timeout: 600_000 };
const folder = mkdtempSync(join(tmpdir(), 'scoredesk-batch-'));
const file = join(folder, 'rows.csv');
await pipeline(Readable.from(lines(ROWS)), createWriteStream(file));

const site = await serve('dist');
const browser = await launch();
const { page } = await visit(browser, site.url);
await install(page);
await checked(page);
await page.goto(`${site.url}#/b/german-credit%402.0.0/batch`);
const timed = async (step: () => Promise<unknown>): Promise<string> => {
  const began = performance.now();
  await step();
  return `${((performance.now() - began) / 1000).toFixed(1)} s`;
};
const looked = await timed(async () => {
  await page.locator('input[data-picks=rows]').setInputFiles(file);
  await page.getByRole('button', { name: 'Score the rows' }).waitFor(PATIENCE);
});
const scored = await timed(async () => {
  await page.getByRole('button', { name: 'Score the rows' }).click();
  await page.getByRole('heading', { name: '1,000,000 rows scored' }).waitFor(PATIENCE);
});
console.log(`# A file of 1,000,000 rows in the app

By \`npx tsx test/bench/batchApp.ts\`: the built app in headless Chromium ${browser.version()} on 2 cores, the demo's bundle and its clients again and again, a CSV of ${Math.round(statSync(file).size / 1e6)} MB.

| what | found |
| --- | --- |
| looked at and compared with the training | ${looked} |
| scored and written | ${scored} |
| memory of page and workers, at most | ${Math.round(await peakMemory(browser))} MB |`);
await browser.close();
await site.close();
rmSync(folder, { recursive: true });
