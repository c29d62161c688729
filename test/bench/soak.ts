/**
 * Long use: random pages, clients, columns, languages and reloads of nothing, for so many minutes; what the page holds after each.
 * Run after `npm run build`; prints the table of test/bench/soak.md:
 *
 *   npx tsx test/bench/soak.ts 30 > test/bench/soak.md
 */
import type { Page } from 'playwright-core';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { checked, goTo, install } from '../support/app';
import { launch, visit } from '../support/browser';
import { serve } from '../support/server';

const minutes = Number(process.argv[2] ?? 30);
const site = await serve('dist');
const browser = await launch('--enable-precise-memory-info', '--js-flags=--expose-gc');
const { page, complaints } = await visit(browser, site.url, { serviceWorkers: 'allow' });
const session = await page.context().newCDPSession(page);
await session.send('Performance.enable');
await install(page);
await checked(page);

const random = xoroshiro128plus(14);
const draw = (most: number): number => uniformInt(random, 0, most);
const BUNDLE = '#/b/german-credit%402.0.0';
const COLUMNS = ['checking_status', 'credit_amount', 'duration', 'purpose', 'age'];

/** What somebody may do next; each leaves the page as soon as it was asked for, or after a while. */
const STEPS: ((page: Page) => Promise<unknown>)[] = [
  (shown) => goTo(shown, `${BUNDLE}/clients/${1 + draw(999)}`),
  (shown) => goTo(shown, `${BUNDLE}/clients/${1 + draw(999)}`),
  (shown) => goTo(shown, `${BUNDLE}/clients`),
  (shown) => goTo(shown, `${BUNDLE}/model`),
  (shown) => goTo(shown, `${BUNDLE}/drift`),
  (shown) => goTo(shown, `${BUNDLE}/drift/${COLUMNS[draw(COLUMNS.length - 1)]}`),
  (shown) => goTo(shown, `${BUNDLE}/performance`),
  (shown) => goTo(shown, '#/settings'),
  (shown) => goTo(shown, '#/bundles'),
  (shown) => goTo(shown, '#/about'),
  (shown) => shown.goBack(),
  (shown) => shown.getByRole('button', { name: draw(1) ? 'FR' : 'EN', exact: true }).click(),
];

async function held(): Promise<string> {
  await session.send('HeapProfiler.collectGarbage');
  const { metrics } = await session.send('Performance.getMetrics');
  const of = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? NaN;
  const { length: workers } = page.workers();
  const figures = [of('Nodes'), of('JSEventListeners'), Math.round(of('JSHeapUsedSize') / 1e5) / 10, workers];
  return figures.map((figure) => figure.toLocaleString('en')).join(' | ');
}

console.log(
  `Random use for ${minutes} minutes (\`npx tsx test/bench/soak.ts ${minutes}\`), after a collection each time.\n`,
);
console.log(
  '| minute | steps | nodes | listeners | heap MB | workers |\n| ---: | ---: | ---: | ---: | ---: | ---: |',
);
let steps = 0;
const began = Date.now();
let next = 0;
while (next <= minutes) {
  if (Date.now() - began >= next * 60_000) {
    await goTo(page, `${BUNDLE}/clients`);
    await page.locator('tbody th a').first().waitFor();
    console.log(`| ${next} | ${steps} | ${await held()} |`);
    next += Math.max(1, minutes / 6);
  }
  await STEPS[draw(STEPS.length - 1)](page).catch(() => undefined);
  await page.waitForTimeout([20, 200, 1500][draw(2)]);
  steps++;
}
console.log(
  `\nComplaints of the console: ${complaints.length}. ${[...new Set(complaints)].slice(0, 3).join('; ')}`,
);
await browser.close();
await site.close();
