/**
 * What a person waits for, in real Chromium on the built app: the first visit on a slow line, the
 * next one, a click, a scroll. Run after `npm run build`; prints the table of test/bench/app.md:
 *
 *   npx tsx test/bench/app.ts > test/bench/app.md
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { DOWNLOAD, openClient } from '../support/app';
import { launch, visit } from '../support/browser';
import { serve, type Site } from '../support/server';
import { publishLarge } from '../support/large';

const LINE = { bytesPerSecond: 10_000_000 / 8, latency: 40 };
const LARGE = 300_000;
type Row = [what: string, found: string, budget: string];
const rows: Row[] = [];
/** Into the table, and told as it comes. */
const note = (...row: Row): void => {
  rows.push(row);
  console.error(row.join(' | '));
};
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(2)} MB`;
const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1];
/** Median, least and most of some times in milliseconds. */
const spread = (times: number[]): string => {
  const middle = median(times);
  const [least, most] = [times[0], times[times.length - 1]].map((time) => (time / 1000).toFixed(1));
  return `${(middle / 1000).toFixed(2)} s (${least} to ${most})`;
};

const browser = await launch();
const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;

/** Scripts and styles that the page names, and the shell's words in English: what the first paint waits for. */
function beforePaint(): number {
  const page = readFileSync('dist/index.html', 'utf8');
  const named = [
    ...page.matchAll(/<(?:script|link)[^>]*(?:src|href)="\.\/(assets\/[^"]+\.(?:js|css))"[^>]*>/g),
  ]
    .filter(([tag]) => !tag.includes('prefetch'))
    .map(([, file]) => file);
  const words = readdirSync('dist/assets').filter(
    (file) => /^shell-.*\.js$/.test(file) && readFileSync(`dist/assets/${file}`, 'utf8').includes('Bundles'),
  );
  return [...named, ...words.map((file) => `assets/${file}`)].reduce(
    (sum, file) => sum + gzipSync(readFileSync(`dist/${file}`)).length,
    0,
  );
}

/**
 * Milliseconds from the address to the first frame in which something is there. Looked for in the page, frame by frame: a
 * driver that asks from outside waits up to half a second between two looks.
 *
 * @param text that an element has to hold, where its selector alone does not say which
 */
const shownAfter = (page: Page, selector: string, text = ''): Promise<number> =>
  page.evaluate(
    async ([wanted, words]) => {
      while (![...document.querySelectorAll(wanted)].some((one) => one.textContent.includes(words)))
        await new Promise(requestAnimationFrame);
      return performance.now();
    },
    [selector, text],
  );
const LISTED = 'tbody th a';

/** A machine that others share swings: the median of so many. */
const VISITS = 5;

/** From an empty profile: the page, a click on Download as soon as it is there, scores on screen. */
async function firstVisit(
  site: Site,
): Promise<{ page: Page; clicked: number; scored: number; offline: number; bytes: number }> {
  site.sent = 0;
  const { page } = await visit(browser, site.url, { serviceWorkers: 'allow' });
  const clicked = await shownAfter(page, 'button', 'Download');
  await page.getByRole('button', { name: DOWNLOAD }).click();
  const scored = await shownAfter(page, LISTED);
  const bytes = site.sent;
  return { page, clicked, scored, offline: await shownAfter(page, 'header *', 'Ready offline'), bytes };
}

/** @param vary of the host's answers */
async function publish(vary: string): Promise<Site> {
  const site = await serve('dist');
  Object.assign(site, { gzip: true, vary });
  // A host compresses its files once, not while somebody waits for them.
  for (const file of readdirSync('dist/assets'))
    await (await fetch(`${site.url}assets/${file}`)).arrayBuffer();
  site.line = LINE;
  return site;
}

async function firstVisits(site: Site): Promise<Awaited<ReturnType<typeof firstVisit>>[]> {
  const firsts = [await firstVisit(site)];
  while (firsts.length < VISITS) {
    await firsts.at(-1)?.page.context().close();
    firsts.push(await firstVisit(site));
  }
  return firsts;
}

async function visits(): Promise<void> {
  const site = await publish('Accept-Encoding');
  const firsts = await firstVisits(site);
  const { page } = firsts[VISITS - 1];
  note('first visit: the download can be started', spread(firsts.map(({ clicked }) => clicked)), '');
  note(
    'first visit to first scores, 10 Mbit/s and 40 ms',
    `${spread(firsts.map(({ scored }) => scored))}, ${megabytes(firsts[0].bytes)}`,
    '2.5 s',
  );
  note('everything offline, onnxruntime checked', spread(firsts.map(({ offline }) => offline)), '6 s');
  const times: number[] = [];
  const sent = site.sent;
  for (let i = 0; i < 5; i++) {
    await page.goto(`${site.url}?visit=${i}`);
    times.push(await shownAfter(page, LISTED));
  }
  note(
    'next visit to scores, same line (median of 5)',
    `${(median(times) / 1000).toFixed(2)} s, ${Math.round((site.sent - sent) / 5 / 100) / 10} kB`,
    '1 s',
  );
  await clicks(page);
  await heap(page);
  await page.context().close();
  await site.close();
}

/** A host that sends what makes a browser ask twice: once for the page, once for what keeps it. */
async function visitsOfAnother(): Promise<void> {
  const site = await publish('Origin, Accept-Encoding');
  const firsts = await firstVisits(site);
  const [scored, offline] = [firsts.map((visit) => visit.scored), firsts.map((visit) => visit.offline)];
  note(
    'the same two from a host that sends `Vary: Origin`',
    `${spread(scored)}, ${megabytes(firsts[0].bytes)}; ${spread(offline)}`,
    '',
  );
  await firsts[VISITS - 1].page.context().close();
  await site.close();
}

/** Milliseconds from the address's change to the next client painted, reasons and data included. */
function clickTime(page: Page, hash: string, id: string): Promise<number> {
  return page.evaluate(
    async ([to, name]) => {
      const start = performance.now();
      location.hash = to;
      let shown = false;
      while (!shown) {
        await new Promise(requestAnimationFrame);
        const named = document.querySelector('h1')?.textContent?.endsWith(` ${name}`) ?? false;
        shown = named && document.querySelector('article[aria-busy=false] .bars') !== null;
      }
      return performance.now() - start;
    },
    [hash, id],
  );
}

async function clicks(page: Page): Promise<void> {
  await openClient(page, '1');
  const key = '#/b/german-credit%402.0.0/clients/';
  const times: number[] = [];
  for (let id = 2; id <= 101; id++) times.push(await clickTime(page, `${key}${id}`, String(id)));
  const sorted = [...times].sort((a, b) => a - b);
  note(
    'client page after a click, painted (median, 95th of 100)',
    `${median(times).toFixed(0)} ms, ${sorted[95].toFixed(0)} ms`,
    '50 ms',
  );
}

async function usedHeap(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.enable');
  await session.send('HeapProfiler.collectGarbage');
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize;
}

const workerHeap = (page: Page): Promise<number> =>
  page
    .workers()[0]
    .evaluate(
      () => (performance as unknown as { memory?: { usedJSHeapSize: number } }).memory?.usedJSHeapSize ?? NaN,
    );

async function heap(page: Page): Promise<void> {
  const key = '#/b/german-credit%402.0.0/clients/';
  const [before, workerBefore] = [await usedHeap(page), await workerHeap(page)];
  for (let i = 0; i < 1000; i++) {
    const id = String((i % 1000) + 1);
    await clickTime(page, `${key}${id}`, id);
  }
  const [after, workerAfter] = [await usedHeap(page), await workerHeap(page)];
  const worker = Number.isNaN(workerAfter)
    ? ''
    : `; worker ${megabytes(workerBefore)} → ${megabytes(workerAfter)}`;
  note(
    'heap of the page, before and after 1,000 clients opened',
    `${megabytes(before)} → ${megabytes(after)}${worker}`,
    '',
  );
}

async function manyClients(): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'scoredesk-large-'));
  cpSync('dist', root, { recursive: true });
  await publishLarge(root, LARGE);
  const site = await serve(root);
  const { page } = await visit(browser, site.url, { serviceWorkers: 'allow' });
  const install = performance.now();
  await page.getByRole('button', { name: DOWNLOAD }).click();
  await page.locator('tbody th a').first().waitFor({ timeout: 180_000 });
  note(
    `install of ${LARGE.toLocaleString('en')} clients, all scored`,
    `${((performance.now() - install) / 1000).toFixed(1)} s`,
    '',
  );
  await page.reload();
  note('opening them again', `${((await shownAfter(page, LISTED)) / 1000).toFixed(2)} s`, '');

  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const metrics = async () => {
    const { metrics: all } = await session.send('Performance.getMetrics');
    const of = (name: string) => all.find((metric) => metric.name === name)?.value ?? 0;
    return { script: of('ScriptDuration'), layout: of('LayoutDuration') + of('RecalcStyleDuration') };
  };
  const before = await metrics();
  const frames = await page.evaluate(async () => {
    const scroller = document.querySelector('.scroller') as HTMLElement;
    const FRAMES = 300;
    for (let i = 0; i < FRAMES; i++) {
      // Slowly, then by whole screens, then through everything.
      scroller.scrollTop =
        i < 100 ? i * 40 : i < 200 ? 4000 + (i - 100) * 800 : ((i - 200) / 100) * scroller.scrollHeight;
      await new Promise(requestAnimationFrame);
    }
    return FRAMES;
  });
  const after = await metrics();
  const each = (part: 'script' | 'layout') => ((1000 * (after[part] - before[part])) / frames).toFixed(1);
  note(
    `scrolling ${LARGE.toLocaleString('en')} rows, a frame`,
    `script ${each('script')} ms, layout ${each('layout')} ms`,
    '16 ms',
  );
  await queries(page);
  await page.context().close();
  await site.close();
}

/** Milliseconds from an input to the list that answers it. */
async function queries(page: Page): Promise<void> {
  const search = page.getByLabel('Number or name');
  const timed = async (work: () => Promise<unknown>): Promise<number> => {
    const start = performance.now();
    await work();
    return performance.now() - start;
  };
  const found = (text: RegExp) => page.getByText(text).first().waitFor();
  const first = await timed(
    async () => (await search.fill('nunez 1234'), await found(/^\d{1,5} clients of/)),
  );
  const second = await timed(
    async () => (await search.fill('renard 99'), await found(/^\d{2,5} clients of/)),
  );
  await search.fill('');
  await found(/^300,000 clients of/);
  const sort = await timed(async () => {
    await page.getByRole('button', { name: 'Name' }).click();
    await page.locator('th[aria-sort=ascending]', { hasText: 'Name' }).waitFor();
    await page.locator('tbody th a').first().waitFor();
  });
  const whole = (ms: number) => `${ms.toFixed(0)} ms`;
  note('search by name: the first, the next', `${whole(first)}, ${whole(second)}`, '');
  note('sort by name', whole(sort), '');
}

note('app code before first paint, gzip, one language', kilobytes(beforePaint()), '80 kB');
await visits();
await visitsOfAnother();
await manyClients();
await browser.close();

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
console.log(`# What a person waits for

Scoredesk ${version}, by \`npm run build && npx tsx test/bench/app.ts > test/bench/app.md\`: the built app in headless
Chromium ${browser.version()} on 2 cores, from a server that compresses as GitHub Pages does, beforehand; the line is throttled in the
server, one for all requests. First visits: the median of ${VISITS}, each from an empty profile, with least and most. The demo has 1,000 clients; the large bundle ${LARGE.toLocaleString('en')}, with names.

| what | found | budget |
|---|---|---|
${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}`);
