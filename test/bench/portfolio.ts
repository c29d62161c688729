/**
 * The portfolio of 300,000 clients, in real Chromium on the built app. Run after `npm run build`:
 *
 *   npx tsx test/bench/portfolio.ts > test/bench/portfolio.md
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DOWNLOAD } from '../support/app';
import { launch, visit } from '../support/browser';
import { serve } from '../support/server';
import { scriptTime } from './script';
import { publishLarge } from './large';

const CLIENTS = 300_000;
const STEPS = 200;

const root = mkdtempSync(join(tmpdir(), 'scoredesk-portfolio-'));
cpSync('dist', root, { recursive: true });
await publishLarge(root, CLIENTS);
const site = await serve(root);
const browser = await launch();
const { page } = await visit(browser, site.url);
await page.getByRole('button', { name: DOWNLOAD }).click();
await page.locator('tbody th a').first().waitFor({ timeout: 180_000 });
await page
  .getByText(/^onnxruntime has checked every score/)
  .first()
  .waitFor({ timeout: 180_000 });

/** Milliseconds until something is on screen, looked for frame by frame. */
const until = (selector: string): Promise<number> =>
  page.evaluate(async (wanted) => {
    const began = performance.now();
    while (!document.querySelector(wanted)) await new Promise(requestAnimationFrame);
    return performance.now() - began;
  }, selector);

const rows: [string, string][] = [];
const note = (what: string, found: string) => {
  rows.push([what, found]);
  console.error(`${what} | ${found}`);
};
const ms = (value: number) => `${Math.round(value)} ms`;

await page.getByRole('link', { name: 'Portfolio' }).click();
note('distribution and outcome on screen', ms(await until('[role=slider]')));
note('the best threshold and its interval', ms(await until('.ring')));
await page.locator('tbody th a').first().waitFor();

const script = await scriptTime(page);
const before = await script();
const frames = await page.evaluate(async (steps) => {
  const handle = [...document.querySelectorAll<HTMLElement>('[role=slider]')].at(-1);
  const took: number[] = [];
  for (let i = 0; i < steps; i++) {
    const began = performance.now();
    const key = i % 40 < 20 ? 'ArrowRight' : 'ArrowLeft';
    handle?.dispatchEvent(new KeyboardEvent('keydown', { key, shiftKey: true, bubbles: true }));
    await new Promise(requestAnimationFrame);
    took.push(performance.now() - began);
  }
  return took.sort((a, b) => a - b);
}, STEPS);
const each = ((await script()) - before) / STEPS;
note('a step of the threshold: script', `${each.toFixed(1)} ms`);
note(
  'a step of the threshold: to the next frame, median and 95th',
  `${ms(frames[STEPS >> 1])}, ${ms(frames[Math.floor(0.95 * STEPS)])}`,
);

const asked = async (what: string, name: string | RegExp) => {
  const status = page.locator('main').getByText(/clients of 300,000$/);
  const said = await status.innerText();
  const began = performance.now();
  await page.getByRole('button', { name }).click();
  while ((await status.innerText()) === said) await page.evaluate(() => new Promise(requestAnimationFrame));
  note(what, ms(performance.now() - began));
};
await asked('queue: near the threshold', /^Within 2 points/);
await asked('queue: outside the training, counted for the first time', 'Outside the training');
await asked('queue: 50 at random', '50 at random');
await page.context().close();
await site.close();
await browser.close();
rmSync(root, { recursive: true });
console.log(`# The portfolio of 300,000 clients

By \`npx tsx test/bench/portfolio.ts\`: the built app in headless Chromium ${browser.version()} on 2 cores; the demo's clients drawn again and again, 18 columns.

| what | found |
| --- | --- |
${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}

Budget: 16 ms of script a step.`);
