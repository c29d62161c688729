import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { readCsv } from '../../src/core/table/csv';
import { readParquet } from '../../src/core/table/parquet';
import { columnOf, texts, type Table } from '../../src/core/table/table';
import { axeViolations } from '../support/axe';
import { bytesOf, largestDifference, numbers, tableOf } from '../support/files';
import { useInstalledApp } from '../support/installed';

const app = useInstalledApp();
const BATCH = '#/b/german-credit%402.0.0/batch';
const [HEADER, ...ROWS] = readFileSync('demo/german-credit/german-credit.csv', 'utf8').trim().split('\n');

const pick = (page: Page, name: string, content: string | Uint8Array): Promise<void> =>
  page
    .locator('input[data-picks=rows]')
    .setInputFiles({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(content) });

async function saved(page: Page, button: string | RegExp): Promise<{ name: string; bytes: Uint8Array }> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button }).click(),
  ]);
  return { name: download.suggestedFilename(), bytes: new Uint8Array(readFileSync(await download.path())) };
}

/** Native onnxruntime's scores of the rows that a table of scores has. */
async function expectNativeScores(scores: Table): Promise<void> {
  const native = await tableOf('test/oracles/demo.csv', ['client_id']);
  const ids = texts(columnOf(native, 'client_id'));
  const theirs = numbers(native, 'probability');
  const wanted = texts(columnOf(scores, 'client_id')).map((id) => theirs[ids.indexOf(id)]);
  expect(largestDifference(numbers(scores, 'probability'), wanted)).toBeLessThan(1e-12);
}

test('a CSV is scored as native onnxruntime scores it; rows that can’t be read are kept apart with line and cause', async () => {
  const { page, complaints } = await app.open('#/b/german-credit%402.0.0/portfolio');
  await page.getByRole('link', { name: 'Score a file' }).click();
  const amount = HEADER.split(',').indexOf('credit_amount');
  const spoilt = ROWS.map((row, i) => {
    const cells = row.split(',');
    if (i === 9) cells[amount] = 'much';
    if (i === 19) cells[0] = '';
    return i === 29 ? 'too,short' : cells.join(',');
  });
  await pick(page, 'rows.csv', [HEADER, ...spoilt].join('\n'));
  await page.getByRole('heading', { name: 'rows.csv: 1,000 rows' }).waitFor();
  await page.getByText('3 rows can’t be read and will be kept apart.').waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Score the rows' }).click();
  await page.getByRole('heading', { name: '997 rows scored' }).waitFor();
  expect(await axeViolations(page)).toEqual([]);
  const lines = await page.getByRole('table', { name: '3 rows kept apart' }).getByRole('row').allInnerTexts();
  expect(lines.slice(1).map((line) => line.split(/\s+/)[0])).toEqual(['11', '21', '31']);
  expect(lines[1]).toContain('much');
  const scores = await saved(page, 'Save the scores');
  expect(scores.name).toBe('rows-scores.csv');
  const table = readCsv(scores.bytes, 'scores.csv', { text: ['client_id'] });
  expect([table.rows, [...table.columns.keys()]]).toEqual([997, ['client_id', 'probability', 'decision']]);
  await expectNativeScores(table);
  const apart = await saved(page, 'Save the rows kept apart');
  expect(numbers(readCsv(apart.bytes, 'apart.csv'), 'line')).toEqual(Float64Array.of(11, 21, 31));
  expect(complaints).toEqual([]);
});

test('in French, by keyboard, to Parquet with reasons', async () => {
  const { page } = await app.open(BATCH, { language: 'fr' });
  await page.getByRole('button', { name: 'Choisir un fichier' }).waitFor();
  await pick(page, 'lignes.parquet', bytesOf('public/bundles/german-credit/clients.parquet'));
  await page.getByRole('heading', { name: /^lignes.parquet : 1.000 lignes$/ }).waitFor();
  await page.getByRole('button', { name: 'CSV' }).focus();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: /^1.000 lignes notées$/ }).waitFor();
  const { name, bytes } = await saved(page, 'Enregistrer les scores');
  expect(name).toBe('lignes-scores.parquet');
  const table = await readParquet(bytes, name, { text: ['client_id'] });
  await expectNativeScores(table);
  expect([...table.columns.keys()].slice(3)).toEqual(
    [1, 2, 3].flatMap((k) => [`reason_${k}`, `points_${k}`]),
  );
  const first = numbers(table, 'points_1');
  const second = numbers(table, 'points_2');
  expect(first.every((points, row) => Math.abs(points) >= Math.abs(second[row]))).toBe(true);
  expect(texts(columnOf(table, 'reason_1'))).toContain('checking_status');
});

test('rows unlike the training are told before any is scored; a table of something else is refused by its column', async () => {
  const { page } = await app.open(BATCH);
  await page.getByRole('button', { name: 'Choose a file' }).waitFor();
  const amount = HEADER.split(',').indexOf('credit_amount');
  const cents = ROWS.map((row) =>
    row
      .split(',')
      .map((cell, j) => (j === amount ? String(100 * Number(cell)) : cell))
      .join(','),
  );
  await pick(page, 'cents.csv', [HEADER, ...cents].join('\n'));
  await page
    .getByRole('alert')
    .getByText(/credit_amount is about 100 times/)
    .waitFor();
  await page.getByRole('button', { name: /^Score (the rows|them all the same)$/ }).waitFor();
  await pick(page, 'weather.csv', 'day,rain\n1,2\n');
  await page
    .getByRole('alert')
    .getByText(/^weather.csv lacks 18 of the 18 columns that the model needs, checking_status among them/)
    .waitFor();
  await pick(page, 'empty.csv', '');
  await page.getByRole('alert').getByText('empty.csv').waitFor();
});

test('a long one can be stopped, begun again, and finished', async () => {
  const { page } = await app.open(BATCH);
  await page.getByRole('button', { name: 'Choose a file' }).waitFor();
  const many = Array.from({ length: 60_000 }, (_, i) => ROWS[i % ROWS.length].replace(/^[^,]*/, String(i)));
  await pick(page, 'many.csv', [HEADER, ...many].join('\n'));
  await page.getByRole('heading', { name: 'many.csv: 60,000 rows' }).waitFor();
  await page.getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Score the rows' }).click();
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.getByText('Stopped before its end.').waitFor();
  await page.getByRole('checkbox').uncheck();
  await page.getByRole('button', { name: 'Score the rows' }).click();
  await page.getByRole('heading', { name: '60,000 rows scored' }).waitFor();
});
