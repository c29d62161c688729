/**
 * The portfolio of 300,000 clients (or so many), in real Chromium on the built app: the demo's columns, or the 200 of a folder that
 * `python test/peers/paths.py --make FOLDER` made. Run after `npm run build`:
 *
 *   npx tsx --max-old-space-size=8000 test/bench/portfolio.ts [FOLDER|-] [CLIENTS] > test/bench/portfolio.md
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { DOWNLOAD } from '../support/app';
import { launch, visit } from '../support/browser';
import { peakMemory } from '../support/memory';
import { serve } from '../support/server';
import { publishLarge, wideInput } from '../support/large';
import { shown, sinceLoad } from './frames';
import { scriptTime } from './script';

const CLIENTS = Number(process.argv[3] ?? 300_000);
const STEPS = 200;
const PATIENCE = { timeout: 600_000 };

const folder = process.argv[2] === '-' ? undefined : process.argv[2];
const root = mkdtempSync(join(tmpdir(), 'scoredesk-portfolio-'));
cpSync('dist', root, { recursive: true });
await publishLarge(root, CLIENTS, folder ? wideInput(folder) : undefined);
const site = await serve(root);
const browser = await launch();
const { page } = await visit(browser, site.url);

const rows: [string, string][] = [];
const note = (what: string, found: string) => {
  rows.push([what, found]);
  console.error(`${what} | ${found}`);
};
const ms = (value: number) => `${Math.round(value)} ms`;

async function timed(what: string, step: () => Promise<unknown>): Promise<void> {
  const began = performance.now();
  await step();
  note(what, ms(performance.now() - began));
}

/** Tasks of the page's thread that keep it from answering: the browser tells those of over 50 ms. */
async function watchTasks(): Promise<void> {
  await page.addInitScript(() => {
    const held = globalThis as unknown as { longest: number };
    held.longest = 0;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) held.longest = Math.max(held.longest, duration);
    }).observe({ type: 'longtask' });
  });
}

async function noteLongest(what: string): Promise<void> {
  const longest = await page.evaluate(() => (globalThis as unknown as { longest: number }).longest);
  note(`${what}: the page’s longest task`, longest ? ms(longest) : 'none over 50 ms');
}

const noteMemory = async (what: string): Promise<void> =>
  note(`${what}: memory of page and workers, at most`, `${Math.round(await peakMemory(browser))} MB`);

const listed = (): Promise<void> => page.locator(ROW).first().waitFor(PATIENCE);
const checked = (): Promise<void> =>
  page
    .getByText(/^onnxruntime has checked every score/)
    .first()
    .waitFor(PATIENCE);

/** A row of the list. */
const ROW = 'tbody th a';

async function dragThreshold(on: Page): Promise<void> {
  const script = await scriptTime(on);
  const before = await script();
  const frames = await on.evaluate(async (steps) => {
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
}

async function queue(what: string, name: string | RegExp): Promise<void> {
  const status = page.locator('main').getByText(new RegExp(`clients of ${CLIENTS.toLocaleString('en')}$`));
  const said = await status.innerText();
  await timed(what, async () => {
    await page.getByRole('button', { name }).click();
    while ((await status.innerText()) === said) await page.evaluate(() => new Promise(requestAnimationFrame));
  });
}

/** Presses the button that explains the clients shown, and waits for what weighs. */
async function weigh(what: string): Promise<void> {
  const section = page.getByRole('region', { name: 'What weighs for these clients' });
  const ask = section.getByRole('button', { name: /^Explain / });
  await timed(what, async () => {
    if (await ask.isVisible()) await ask.click();
    await shown(page, 'table[aria-labelledby=weights] td.number');
  });
}

await watchTasks();
await page.reload();
await page.getByRole('button', { name: DOWNLOAD }).click();
await timed('installed, scored by the app’s own evaluator', listed);
await timed('scored again by onnxruntime and compared', checked);
await noteLongest('install and scores');
await noteMemory('install and scores');
await page.reload();
note('opened again: from the page’s load to the list', ms(await sinceLoad(page, ROW)));
await timed('a client after a click', async () => {
  await page.locator('tbody th a').first().click();
  await shown(page, '.bars');
});
await timed('the next client', async () => {
  const before = await page.title();
  await page.keyboard.press(']');
  await page.waitForFunction((title) => document.title !== title, before);
  await shown(page, '.bars');
});

await noteMemory('opened, two clients shown');
await page.getByRole('link', { name: 'Portfolio' }).click();
await timed('distribution and outcome on screen', () => shown(page, '[role=slider]'));
await timed('the best threshold and its interval', () => shown(page, '.ring'));
await listed();
await timed('main reasons of the rows in sight', () =>
  page.waitForFunction(() => {
    const cells = document.querySelectorAll('tbody td:last-child');
    return cells.length > 0 && cells[0].textContent?.trim();
  }),
);
await dragThreshold(page);
await weigh('all clients explained by as many workers as help, and what weighs for them');
await noteMemory('with all clients explained');
await queue('queue: near the threshold', /^Within 2 points/);
await queue('queue: outside the training, counted for the first time', 'Outside the training');
await queue('queue: 50 at random', '50 at random');
await weigh('what weighs for 50 at random, explained before');
await page.reload();
await listed();
await weigh('what weighs for all clients, after a reload');
await noteLongest('all of this');
await noteMemory('all of this');
await page.context().close();
await site.close();
await browser.close();
rmSync(root, { recursive: true });
console.log(`# The portfolio of ${CLIENTS.toLocaleString('en')} clients

By \`npx tsx --max-old-space-size=8000 test/bench/portfolio.ts${folder ? ' FOLDER' : ' -'} ${CLIENTS}\`: the built app in headless Chromium ${browser.version()} on 2 cores; ${folder ? 'clients of 200 columns, 300 trees' : "the demo's clients, 18 columns"}, drawn again and again.

| what | found |
| --- | --- |
${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}

Budgets: opened in 1 s; 16 ms of script a step; no task of the page over 50 ms; 1 GB.`);
