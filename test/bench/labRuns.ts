import { writeFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { install } from '../support/app';
import { launch, visit } from '../support/browser';
import { serve } from '../support/server';

/** The Lab with a thousand runs: until they are listed, sorted, compared and held against a parameter. npx tsx test/bench/labRuns.ts */

const RUNS = 1000;
const [browser, site] = await Promise.all([launch(), serve('dist')]);
const { page } = await visit(browser, site.url);
await install(page);
// The compiler names inner functions by a helper that a page lacks.
await page.addInitScript('globalThis.__name = (named) => named');
await page.goto(`${site.url}#/lab`);
await page.reload();
await page.getByText(/200 rows kept aside/).waitFor();
await page.getByLabel('Experiment', { exact: true }).fill('autumn');
await page.getByLabel('Name of the run').fill('first');
await page.getByRole('combobox', { name: /^Search/ }).selectOption('random');
await page.getByText(/fits, about/).waitFor();
await page.getByRole('button', { name: /^Run [\d,]+ fits$/ }).click();
await page.getByRole('checkbox', { name: 'Compare first' }).and(page.locator(':enabled')).waitFor();

/** Copies the run, each with other figures. @returns kilobytes of one */
async function multiplied(of: Page): Promise<number> {
  return of.evaluate(async (count) => {
    const [{ name = '' }] = await indexedDB.databases();
    const db = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open(name);
      request.onsuccess = () => resolve(request.result);
    });
    const asked = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve) => (request.onsuccess = () => resolve(request.result)));
    interface Kept {
      id: string;
      name: string;
      result: { metrics: { test: { auc: number; cost: number } } };
    }
    const runs = (await asked(db.transaction('runs').objectStore('runs').getAll())) as Kept[];
    const one = runs.find((run) => run.name === 'first') as Kept;
    const aside = (await asked(
      db.transaction('labFiles').objectStore('labFiles').get(`${one.id}:aside`),
    )) as { key: string };
    const transaction = db.transaction(['runs', 'labFiles'], 'readwrite');
    for (let i = 0; i < count; i++) {
      const copy = { ...structuredClone(one), id: `copy-${i}`, name: `run-${i}`, startedAt: 1e12 + i };
      copy.result.metrics.test.auc = 0.7 + (i % 97) / 1000;
      copy.result.metrics.test.cost = 0.2 + (i % 89) / 1000;
      transaction.objectStore('runs').put(copy);
      transaction.objectStore('labFiles').put({ ...aside, key: `copy-${i}:aside` });
    }
    await new Promise((resolve) => (transaction.oncomplete = resolve));
    db.close();
    return JSON.stringify(one).length / 1024;
  }, RUNS);
}

const size = await multiplied(page);
const lines: string[] = [];
async function timed(what: string, work: () => Promise<unknown>): Promise<void> {
  const began = performance.now();
  await work();
  lines.push(`| ${what} | ${Math.round(performance.now() - began)} |`);
}
const table = page.getByRole('table', { name: 'Runs', exact: true });
await page.goto('about:blank');
await timed('page opened until the runs are listed', async () => {
  await page.goto(`${site.url}#/lab`);
  await table.getByText('run-999').waitFor();
});
await timed('sorted by AUC', async () => {
  await table.getByRole('button', { name: 'ROC AUC' }).click();
  await table.locator('th[aria-sort=descending]').waitFor();
});
await timed('all shown', async () => {
  await page.getByRole('button', { name: /^Show all/ }).click();
  await table.getByText('run-0', { exact: true }).waitFor();
});
await timed('two compared, with who is decided otherwise', async () => {
  await page.getByRole('checkbox', { name: 'Compare run-0', exact: true }).check();
  await page.getByRole('checkbox', { name: 'Compare run-1', exact: true }).check();
  await page.getByRole('table', { name: 'Who would be decided otherwise' }).waitFor();
});
await timed('a figure of all against a parameter', async () => {
  await page
    .getByRole('combobox', { name: /^Against/ })
    .last()
    .selectOption('seconds');
  await page.getByRole('img', { name: /points?\.$/ }).waitFor();
});
writeFileSync(
  'test/bench/labRuns.md',
  [
    '# The Lab with 1,000 runs',
    '',
    `\`npx tsx test/bench/labRuns.ts\`: ${RUNS} runs of ${size.toFixed(0)} kB each, Chromium.`,
    '',
    '| Step | ms |',
    '| --- | --- |',
    ...lines,
    '',
  ].join('\n'),
);
await browser.close();
await site.close();
