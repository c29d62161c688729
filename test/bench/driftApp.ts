/**
 * Drift of many columns in real Chromium on the built app. Run after `npm run build`:
 *
 *   npx tsx test/bench/driftApp.ts > test/bench/driftApp.md
 */
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Page } from 'playwright-core';
import { pack } from '../../src/bundle/pack';
import { seededRandom } from '../../src/core/numeric/random';
import { textColumn, type Column, type Table } from '../../src/core/table/table';
import { install, listed } from '../support/app';
import { launch, visit } from '../support/browser';
import { treeFile, type TestTree } from '../support/onnx';
import { serve } from '../support/server';

/** Columns and rows a side: many columns; the size of the peers' run. */
const SIZES = [
  [800, 12_000],
  [200, 48_744],
] as const;
/** A machine that others share swings: the median of so many. */
const VISITS = 5;
const namesOf = (columns: number) => Array.from({ length: columns }, (_, j) => `feature ${j}`);

/** Rows of which every fourth column is shifted. */
function side(name: string, [width, rows]: readonly [number, number], seed: number, shift: number): Table {
  const random = seededRandom(seed);
  const columns = new Map<string, Column>([
    ['id', textColumn(Array.from({ length: rows }, (_, i) => `${name}${i}`))],
  ]);
  namesOf(width).forEach((column, j) => {
    const moved = j % 4 ? 0 : shift;
    const normal = () => random() + random() + random() + random() - 2 + moved;
    columns.set(column, {
      kind: 'number',
      values: Float64Array.from({ length: rows }, () => (random() < 0.1 ? NaN : Math.fround(normal()))),
    });
  });
  columns.set('y', {
    kind: 'number',
    values: Float64Array.from({ length: rows }, () => (random() < 0.2 ? 1 : 0)),
  });
  return { name, rows, columns };
}

async function publish(site: string, size: readonly [number, number]): Promise<void> {
  const [width, rows] = size;
  const trees = Array.from({ length: 60 }, (_, j): TestTree => {
    const leaf = (value: number) => ({ value });
    return { feature: (j * 13) % width, mode: 'BRANCH_LEQ', threshold: 0, yes: leaf(-0.1), no: leaf(0.1) };
  });
  const reference = side('r', size, 1, 0);
  const { files, manifest } = await pack({
    model: treeFile(width, trees),
    clients: { ...reference, columns: new Map([...reference.columns].filter(([name]) => name !== 'y')) },
    idColumn: 'id',
    reference,
    current: side('c', size, 2, 0.3),
    target: { column: 'y' },
    features: namesOf(width),
    id: 'wide',
    title: 'Wide',
  });
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(site, 'bundles/wide', path)), { recursive: true });
    writeFileSync(join(site, 'bundles/wide', path), bytes);
  }
  const entry = {
    path: 'wide',
    id: 'wide',
    version: manifest.version,
    fingerprint: createHash('sha256')
      .update(files.get('bundle.json') ?? '')
      .digest('hex'),
    title: 'Wide',
    clients: rows,
    features: width,
    threshold: 0.5,
    bytes: [...files.values()].reduce((sum, file) => sum + file.length, 0),
  };
  writeFileSync(
    join(site, 'bundles/index.json'),
    JSON.stringify({ format: 'scoredesk-catalogue', bundles: [entry] }),
  );
}

/** What is on the page: a row of the table, the end of the page. */
const ROW = '[aria-label="Columns compared"] tbody tr[aria-rowindex] th';
const END = '#saved';

/** Milliseconds until a selector finds something, looked at in every frame. */
const until = (page: Page, hash: string, wanted: string): Promise<number> =>
  page.evaluate(
    async ([to, selector]) => {
      const start = performance.now();
      if (to) location.hash = to;
      while (!document.querySelector(selector)) await new Promise(requestAnimationFrame);
      return performance.now() - start;
    },
    [hash, wanted],
  );

/** Milliseconds from a click on Stop until the page is at rest. */
const stopTime = (page: Page): Promise<number> =>
  page.evaluate(async () => {
    const start = performance.now();
    document.querySelector<HTMLButtonElement>('[role=status] button')?.click();
    while (document.querySelector('[role=status] button')) await new Promise(requestAnimationFrame);
    return performance.now() - start;
  });

/** Longest and median time between frames while the table of all columns is scrolled through. */
const scrollTime = (page: Page): Promise<[number, number]> =>
  page.evaluate(async () => {
    const scroller = document.querySelector('.scroller') as HTMLElement;
    const frames: number[] = [];
    let last = await new Promise(requestAnimationFrame);
    for (let i = 1; i <= 120; i++) {
      scroller.scrollTop = (i / 120) * scroller.scrollHeight;
      const now = await new Promise<number>(requestAnimationFrame);
      frames.push(now - last);
      last = now;
    }
    frames.sort((a, b) => a - b);
    return [frames[60], frames[118]];
  });

async function measure(size: readonly [number, number]): Promise<string[]> {
  const root = mkdtempSync(join(tmpdir(), 'scoredesk-'));
  cpSync('dist', root, { recursive: true });
  await publish(root, size);
  const site = await serve(root);
  const { page } = await visit(browser, site.url);
  await install(page);
  const DRIFT = '#/b/wide%401.0.0/drift';
  const firsts: number[] = [];
  while (firsts.length < VISITS) {
    // The bundle open, its parts not yet read, nobody at work.
    await page.goto(`${site.url}?visit=${firsts.length}#/b/wide%401.0.0/clients`);
    await listed(page);
    await page.waitForTimeout(2000);
    firsts.push(await until(page, DRIFT, ROW));
  }
  const rest = await until(page, '', END);
  await page.evaluate((to) => (location.hash = to), '#/settings');
  await page.locator('#comparisons').waitFor();
  const again = await until(page, `${DRIFT}?preset=psi&chunk=none`, ROW);
  await until(page, '', END);
  const [median, worst] = await scrollTime(page);
  await page.evaluate((to) => (location.hash = to), `${DRIFT}?preset=nannyml&chunk=/20`);
  await page.locator('[role=status] button').waitFor();
  await page.waitForTimeout(300);
  const stopped = await stopTime(page);
  await page.context().close();
  await site.close();
  const last = firsts[VISITS - 1];
  firsts.sort((x, y) => x - y);
  const figures = [last + rest, again, stopped].map(ms);
  const spread = `${ms(firsts[VISITS >> 1])} (${whole(firsts[0])} to ${whole(firsts[VISITS - 1])})`;
  return [spread, ...figures, `${ms(median)}, ${ms(worst)}`];
}

const WHAT = [
  `from the address to the first columns, both parts read from storage (median of ${VISITS})`,
  'to the whole comparison with scores, explanations, ten chunks',
  'another comparison, parts in memory: to the first columns',
  'from Stop to rest',
  'scrolling all columns, between frames: median, 99th of 120',
];
const whole = (value: number) => Math.round(value).toLocaleString('en');
const ms = (value: number) => `${whole(value)} ms`;
const browser = await launch();
const found: string[][] = [];
for (const size of SIZES) found.push(await measure(size));
const heads = SIZES.map(([width, rows]) => `${whole(width)} columns, ${whole(rows)} rows a side`);
console.log(`# Drift in the app

By \`npm run build && npx tsx test/bench/driftApp.ts > test/bench/driftApp.md\`: headless Chromium ${browser.version()} on 2 cores.

| what | ${heads.join(' | ')} |
|---|---:|---:|
${WHAT.map((what, i) => `| ${[what, ...found.map((figures) => figures[i])].join(' | ')} |`).join('\n')}
`);
await browser.close();
process.exit(0);
