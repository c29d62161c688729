import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { axeViolations } from '../support/axe';
import { pageIn, profile } from '../support/browser';
import { useInstalledApp } from '../support/installed';

const app = useInstalledApp();
const DATA = '#/b/german-credit%402.0.0/data';

const pick = (page: Page, name: string, content: string | Uint8Array): Promise<void> =>
  page
    .locator('input[data-picks=table]')
    .setInputFiles({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(content) });

async function rowsOf(page: Page, table: string): Promise<string[]> {
  const rows = page.getByRole('table', { name: table, exact: true }).locator('tbody tr');
  await rows.first().waitFor();
  return rows.allInnerTexts();
}

test('the training rows: what tells of the outcome, how often rows default, what goes together', async () => {
  const { page, complaints } = await app.open('#/b/german-credit%402.0.0/clients');
  await page.getByRole('link', { name: 'Data', exact: true }).click();
  await page.getByText('Figures are of all 800 rows.').waitFor();
  // The strongest column, by its information value, is shown at once.
  await page.getByRole('heading', { name: 'Checking account' }).waitFor();
  const rates = await rowsOf(page, 'How often these rows default');
  // Shares of defaults by level, counted from the file.
  const counted = new Map<string, [number, number]>();
  const [header, ...lines] = readFileSync('demo/german-credit/reference.csv', 'utf8').trim().split('\n');
  const [at, of] = ['checking_status', 'class'].map((name) => header.split(',').indexOf(name));
  for (const line of lines) {
    const cells = line.split(',');
    const [rows, bad] = counted.get(cells[at]) ?? [0, 0];
    counted.set(cells[at], [rows + 1, bad + Number(cells[of] === 'bad')]);
  }
  const largest = [...counted.values()].sort(([a], [b]) => b - a);
  expect(rates.map((row) => Number(row.split('\t')[1]))).toEqual(largest.map(([rows]) => rows));
  expect(rates.map((row) => parseFloat(row.split('\t')[2]))).toEqual(
    largest.map(([rows, bad]) => Number(((100 * bad) / rows).toFixed(1))),
  );
  await page.getByRole('group', { name: /^Map/ }).waitFor();
  await page.getByRole('table', { name: 'Columns' }).getByText('Age').click();
  await page.getByRole('img', { name: /^Distribution of Age: median 33/ }).waitFor();
  expect(await axeViolations(page)).toEqual([]);
  expect(complaints).toEqual([]);
});

test('the map is read with the arrow keys; two columns of any kind stand against each other', async () => {
  const { page } = await app.open(DATA);
  const map = page.getByRole('group', { name: /^Map/ });
  await map.focus();
  await page.keyboard.press('ArrowDown');
  await page
    .getByRole('status')
    .filter({ hasText: /^.+ and .+: −?\d\.\d{3}$/ })
    .waitFor();
  await page.getByLabel('Across').selectOption({ label: 'Housing' });
  await page.getByLabel('Up').selectOption({ label: 'Age' });
  await page.getByRole('table', { name: 'Housing and Age' }).waitFor();
  await page.getByLabel('Up').selectOption({ label: 'Purpose' });
  await page.getByRole('table', { name: 'Housing and Purpose' }).waitFor();
  // A number of few values is levels in their order.
  await page.getByLabel('Up').selectOption({ label: 'Loans at this bank' });
  const counts = await page
    .getByRole('table', { name: 'Housing and Loans at this bank' })
    .getByRole('rowheader')
    .allInnerTexts();
  expect(counts).toEqual(['1', '2', '3', '4']);
  await page.getByLabel('Across').selectOption({ label: 'Credit amount' });
  await page.getByLabel('Up').selectOption({ label: 'Duration' });
  await page.getByText(/^Correlation 0\.\d{3} in 800 rows/).waitFor();
});

test('a raw CSV: gaps, infinities, an outcome that is chosen', async () => {
  const { page, complaints } = await app.open(DATA);
  const line = (i: number): string =>
    `${i},${i % 4 === 0 ? '' : i * i + 1},${i % 9 === 0 ? 'Infinity' : i},${'abc'[i % 3]},${i % 5 === 0 ? 'yes' : 'no'}`;
  const rows = Array.from({ length: 3000 }, (_, i) => line(i));
  await pick(page, 'raw.csv', ['id,squares,limits,letter,late', ...rows].join('\n'));
  await page.getByText('Figures are of all 3,000 rows.').waitFor();
  await page.getByLabel('Outcome').selectOption({ label: 'late = yes' });
  await page.getByText('20.0% default, 80.0% repaid').waitFor();
  await page.getByRole('table', { name: 'Columns' }).getByText('squares').click();
  const absent = (await rowsOf(page, 'How often these rows default')).find((row) =>
    row.startsWith('missing'),
  );
  expect(absent?.split('\t')[1]).toBe('750');
  await page.getByRole('button', { name: 'Equal ratios' }).click();
  await page.getByRole('button', { name: 'Equal ratios', pressed: true }).waitFor();
  await page.getByRole('table', { name: 'Columns' }).getByText('limits').click();
  await page.getByText('Infinite values').waitFor();
  expect(complaints).toEqual([]);
});

test('of a large file figures are of a part of the rows, and gaps of all', async () => {
  const { page } = await app.open(DATA);
  await page.getByText('Figures are of all 800 rows.').waitFor();
  const rows = Array.from({ length: 120_000 }, (_, i) => `${i},${i < 30_000 ? '' : (i * 7919) % 1000}`);
  await pick(page, 'large.csv', ['id,value', ...rows].join('\n'));
  await page.getByText(/^Figures are of 50,000 of 120,000 rows/).waitFor();
  const listed = await rowsOf(page, 'Columns');
  expect(listed.find((row) => row.startsWith('value'))).toContain('25.0%');
});

test('without a bundle a file is looked at; what is no table is told', async () => {
  const context = await profile(app.browser);
  const { page, complaints } = await pageIn(context, `${app.site.url}#/data`);
  await page.getByText(/^Pick a table to look at/).waitFor();
  await pick(page, 'broken.parquet', 'not a table');
  await page.getByRole('alert').filter({ hasText: 'broken.parquet' }).waitFor();
  await pick(page, 'one.csv', 'a\n1\n');
  await page.getByText('Figures are of all 1 rows.').waitFor();
  expect(complaints).toEqual([]);
});

test('in French, dark, on a phone: nothing overflows', async () => {
  const { page } = await app.open(DATA, { language: 'fr', colorScheme: 'dark', width: 390 });
  await page.getByText('Chiffres sur les 800 lignes.').waitFor();
  await page.getByRole('heading', { name: 'Compte courant' }).waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  expect(await axeViolations(page)).toEqual([]);
});
