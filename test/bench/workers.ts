/**
 * All clients explained by one worker and by two, in real Chromium on the built app: 48,744 rows of 200 columns, 500 trees.
 * `python test/peers/run.py --keep FOLDER` leaves model and rows. Run after `npm run build`:
 *
 *   npx tsx --max-old-space-size=8000 test/bench/workers.ts FOLDER > test/bench/workers.md
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DOWNLOAD } from '../support/app';
import { launch, visit } from '../support/browser';
import { benchInput, publishLarge } from '../support/large';
import { serve } from '../support/server';
import { shown } from './frames';

const CLIENTS = 48_744;
const ROUNDS = 5;
/** Milliseconds that somebody looks at the page. */
const SETTLE = 4000;
const PATIENCE = { timeout: 600_000 };
const root = mkdtempSync(join(tmpdir(), 'scoredesk-workers-'));
cpSync('dist', root, { recursive: true });
await publishLarge(root, CLIENTS, benchInput(process.argv[2]));
const site = await serve(root);
const browser = await launch();

/** Milliseconds until what weighs for all clients is on screen, with so many cores to be had. */
async function explained(cores: number): Promise<number> {
  const { page } = await visit(browser, site.url);
  // The browser's own override does not reach workers.
  page.on('worker', (worker) => {
    void worker
      .evaluate((n) => Object.defineProperty(navigator, 'hardwareConcurrency', { value: n }), cores)
      .catch(() => undefined);
  });
  await page.reload();
  await page.getByRole('button', { name: DOWNLOAD }).click();
  await page
    .getByText(/^onnxruntime has checked every score/)
    .first()
    .waitFor(PATIENCE);
  // Nothing of what was read to score them is known any more.
  await page.reload();
  await page.getByRole('link', { name: 'Portfolio' }).click();
  await page.getByRole('button', { name: /^Explain / }).waitFor(PATIENCE);
  await page.waitForTimeout(SETTLE);
  const workers = page.workers().length;
  if (workers !== cores) throw new Error(`${workers} workers on ${cores} cores`);
  const began = performance.now();
  await page.getByRole('button', { name: /^Explain / }).click();
  await shown(page, 'table[aria-labelledby=weights] td.number');
  const took = performance.now() - began;
  console.error(`${cores}: ${Math.round(took)} ms`);
  await page.context().close();
  return took;
}

const one: number[] = [];
const two: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  one.push(await explained(1));
  two.push(await explained(2));
}
const median = (times: number[]): number => [...times].sort((a, b) => a - b)[times.length >> 1];
console.log(`# All clients explained in the app, by one worker and by two

By \`npx tsx --max-old-space-size=8000 test/bench/workers.ts FOLDER\`: the built app in headless Chromium ${browser.version()} on 2 cores, ${CLIENTS.toLocaleString('en')} clients of 200 columns, 500 trees; from the press of the button to what weighs, after a reload, 4 s after the page was opened; median of ${ROUNDS}, in turn.

| workers | time |
| --- | --- |
| one | ${Math.round(median(one))} ms |
| two | ${Math.round(median(two))} ms (${(median(two) / median(one)).toFixed(2)} of one) |

Budget: 0.6 of one worker's time.`);
await browser.close();
await site.close();
rmSync(root, { recursive: true });
