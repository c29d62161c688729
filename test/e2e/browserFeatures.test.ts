import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { columnOf, texts } from '../../src/core/table/table';
import { axeViolations } from '../support/axe';
import { pageIn, profile } from '../support/browser';
import { differingOf } from '../support/columns';
import { tableOf } from '../support/files';
import { useInstalledApp } from '../support/installed';

const app = useInstalledApp();
let dir: string;
const at = (name: string): string => join(dir, name);

function scoredesk(...args: string[]): void {
  const { status, stderr } = spawnSync(process.execPath, ['bin/scoredesk.js', ...args], { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
}

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'scoredesk-browser-features-'));
  scoredesk('generate', 'home-credit', '--clients', '500', '--seed', '4', '--out', at('tables'));
  scoredesk('features', 'home-credit', '--input', at('tables'), '--out', at('features.parquet'));
  const recipe = {
    folds: 2,
    leaveOut: ['CODE_GENDER'],
    learner: { kind: 'boosting', params: { trees: 20, leaves: 6 } },
  };
  writeFileSync(at('recipe.json'), JSON.stringify(recipe));
  const data = [
    '--data',
    at('features.parquet'),
    '--labelled-only',
    '--target',
    'TARGET',
    '--id',
    'SK_ID_CURR',
  ];
  scoredesk('train', ...data, '--recipe', at('recipe.json'), '--out', at('bundle'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const tables = (): string[] => readdirSync(at('tables')).map((name) => at(join('tables', name)));

async function make(page: Page, files: string[]): Promise<void> {
  await page.locator('input[data-picks=table]').setInputFiles(files);
  await page.getByRole('button', { name: 'Make the features' }).click();
}

test('eight raw tables dropped in: the command’s features, then with a model an advisor’s page, offline', async () => {
  const context = await profile(app.browser, { serviceWorkers: 'allow' });
  const { page, complaints } = await pageIn(context, `${app.site.url}#/data`);
  const from = app.site.requests.length;
  await page.evaluate(() => navigator.serviceWorker.ready);
  await make(page, tables());
  await page.getByText('500 rows, 798 columns', { exact: false }).waitFor();
  expect(await axeViolations(page)).toEqual([]);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save the table' }).click(),
  ]);
  const saved = at('saved.parquet');
  writeFileSync(saved, readFileSync(await download.path()));
  const [found, wanted] = await Promise.all([
    tableOf(saved, ['SK_ID_CURR']),
    tableOf(at('features.parquet'), ['SK_ID_CURR']),
  ]);
  expect([...found.columns.keys()]).toEqual([...wanted.columns.keys()]);
  expect(differingOf(wanted, 'SK_ID_CURR', found, 1e-9)).toEqual([]);
  // Nothing but the engine's two files was fetched, and of them each once.
  const engine = app.site.requests.slice(from).filter((path) => path.includes('duckdb-'));
  expect(engine.map((path) => path.replace(/.*(\.\w+)$/, '$1')).sort()).toEqual(['.js', '.wasm']);

  // What was made is learned from in the Lab; rows without an outcome are told, and left out when asked.
  await page.getByRole('button', { name: 'Learn from it in the Lab' }).click();
  await page.getByRole('combobox', { name: /^Outcome/ }).waitFor();
  await page.getByText(/^Column TARGET of .* has no outcome in \d+ rows/).waitFor();
  await page.getByLabel('Leave out rows without an outcome').check();
  await page.getByText(/^\d+ rows to learn from, /).waitFor();
  await page.goBack();

  // The engine is kept: the same again without network. A new client's bundle is made and read there too.
  await context.setOffline(true);
  await make(page, tables());
  await page.getByText('500 rows, 798 columns', { exact: false }).waitFor();
  await context.setOffline(false);
  await page.locator('input[data-picks=models]').setInputFiles(join(at('bundle'), 'model.onnx'));
  await page.getByRole('button', { name: 'Make the bundle' }).click();
  await page.locator('tbody th a').first().waitFor();
  await context.setOffline(true);
  await page.locator('tbody th a').first().click();
  await page.getByRole('heading', { level: 1, name: /100002$/ }).waitFor();
  await page.locator('.bars[role=table]').waitFor();
  expect(texts(columnOf(found, 'SK_ID_CURR'))[0]).toBe('100002');
  expect(complaints).toEqual([]);
});

test('without the table of applications, and with a value that is no number, it says so', async () => {
  const { page } = await app.open('#/b/german-credit%402.0.0/data');
  await page
    .locator('input[data-picks=table]')
    .setInputFiles(tables().filter((path) => !path.includes('application')));
  await page.getByText(/^The table of applications is not among them/).waitFor();
  const broken = readFileSync(at('tables/application_train.csv'), 'utf8').split('\n');
  const cells = broken[3].split(',');
  cells[7] = 'plenty';
  broken[3] = cells.join(',');
  writeFileSync(at('application_train.csv'), broken.join('\n'));
  await make(page, [
    ...tables().filter((path) => !path.includes('application_train')),
    at('application_train.csv'),
  ]);
  await page
    .getByRole('alert')
    .filter({ hasText: /plenty/ })
    .waitFor();
});
