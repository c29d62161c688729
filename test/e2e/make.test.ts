import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { expect, test } from 'vitest';
import { listed, toBundles } from '../support/app';
import { axeViolations } from '../support/axe';
import { visit } from '../support/browser';
import type { Site } from '../support/server';
import { useBuiltApp } from '../support/siteCopy';

let browser: Browser;
let site: Site;
useBuiltApp((made) => ({ browser, site } = made));

const FAMILIES = 'test/oracles/families/';
const expected = new Map(
  readFileSync(`${FAMILIES}expected.csv`, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(','))
    .map((cells, i, all) => [cells[0], i ? Number(cells[all[0].indexOf('xgboost')]) : NaN]),
);

test.each([
  ['en-GB', 1440],
  ['fr-FR', 390],
] as const)('a model and a table of one’s own become a working bundle (%s, %i px)', async (locale, width) => {
  const { page, complaints } = await visit(browser, site.url, { locale, viewport: { width, height: 900 } });
  const french = locale === 'fr-FR';
  await page.locator('#import').waitFor({ state: 'attached' });
  const before = site.requests.length;
  await page
    .locator('input[data-picks=files]')
    .setInputFiles([`${FAMILIES}xgboost.onnx`, `${FAMILIES}data.csv`]);
  await page
    .getByText(
      french ? /13 colonnes choisies, le modèle en prend 10/ : /13 columns chosen, the model takes 10/,
    )
    .waitFor();
  expect(await axeViolations(page)).toEqual([]);
  expect(
    await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
  ).toBe(0);
  expect(await page.getByLabel(french ? /^Numéro du client/ : /^Number of the client/).inputValue()).toBe(
    'id',
  );
  expect(await page.getByLabel(french ? /^Issue/ : /^Outcome/).inputValue()).toBe('y');
  for (const name of ['checking_status', 'purpose', 'housing'])
    await page.getByRole('checkbox', { name: new RegExp(`^${name} `) }).uncheck();
  await page.getByText(french ? /10 colonnes, autant/ : /10 columns, as many/).waitFor();
  await page.getByRole('button', { name: french ? 'Faire le paquet' : 'Make the bundle' }).click();
  await listed(page);
  await page.evaluate(() => (location.hash = `${location.hash}/2`));
  await page.getByRole('heading', { level: 1, name: /2$/ }).waitFor();
  const figure = (100 * (expected.get('2') ?? NaN)).toFixed(1);
  expect(await page.locator('.figure').innerText()).toContain(french ? figure.replace('.', ',') : figure);
  await page.locator('.bars').waitFor();
  await toBundles(page);
  await page.getByText(/xgboost\.onnx/).waitFor();
  const asked = site.requests.slice(before).filter((path) => !/^assets\/|config|index\.json/.test(path));
  expect(asked).toEqual([]);
  expect(complaints).toEqual([]);
});

test('columns in another order than that of the training are put in the model’s', async () => {
  const { page, complaints } = await visit(browser, site.url);
  const rows = readFileSync(`${FAMILIES}data.csv`, 'utf8').trim().split('\n');
  const features = rows[0]
    .split(',')
    .filter((name) => !['id', 'y', 'checking_status', 'purpose', 'housing'].includes(name));
  const turned = rows.map((row) => row.split(',').reverse().join(',')).join('\n');
  await page.locator('#import').waitFor({ state: 'attached' });
  await page.locator('input[data-picks=files]').setInputFiles([
    {
      name: 'm.onnx',
      mimeType: 'application/octet-stream',
      buffer: readFileSync(`${FAMILIES}xgboost.onnx`),
    },
    { name: 'turned.csv', mimeType: 'text/csv', buffer: Buffer.from(turned) },
  ]);
  await page.getByText('The training had another order').click();
  const order = page.getByRole('textbox', { name: /^One column a line/ });
  await order.fill('age\nag\nage');
  await order.blur();
  await page.getByText('None of the columns is called “ag”. Did you mean “age”?').waitFor();
  await page.getByText('“age” stands there twice.').waitFor();
  // As a notebook prints it.
  await order.fill(features.map((name, i) => `${i ? ' ' : '['}'${name}',`).join('\n') + ']');
  await order.blur();
  await page.getByText(/10 columns, as many/).waitFor();
  expect(await axeViolations(page)).toEqual([]);
  const make = page.getByRole('button', { name: /^(Make the bundle|Go on)/ });
  await make.click();
  await listed(page);
  await page.evaluate(() => (location.hash = `${location.hash}/2`));
  await page.getByRole('heading', { level: 1, name: /2$/ }).waitFor();
  const figure = (100 * (expected.get('2') ?? NaN)).toFixed(1);
  expect(await page.locator('.figure').innerText()).toContain(figure);
  expect(complaints).toEqual([]);
});

test('what the tables hold that the training did not is told before a score is shown', async () => {
  const { page, complaints } = await visit(browser, site.url);
  const [header, ...rows] = readFileSync(`${FAMILIES}data.csv`, 'utf8').trim().split('\n');
  const names = header.split(',');
  const features = names.filter(
    (name) => !['id', 'y', 'checking_status', 'purpose', 'housing'].includes(name),
  );
  const labels = rows.map((_, i) => (i % 3 === 0 ? 'churned' : 'stayed'));
  const cells = (row: string, name: string) => row.split(',')[names.indexOf(name)];
  const times = (cell: string, scale: number) => cell && String(scale * Number(cell));
  const table = (outcome: boolean, scale: number) =>
    [
      ['id', ...features, ...(outcome ? ['outcome'] : [])].join(','),
      ...rows.map((row, i) =>
        [
          cells(row, 'id'),
          ...features.map((name) =>
            name === 'credit_amount' ? times(cells(row, name), scale) : cells(row, name),
          ),
          ...(outcome ? [labels[i]] : []),
        ].join(','),
      ),
    ].join('\n');
  const file = (name: string, text: string) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });
  const pick = (scale: number) =>
    page.locator('input[data-picks=files]').setInputFiles([
      {
        name: 'm.onnx',
        mimeType: 'application/octet-stream',
        buffer: readFileSync(`${FAMILIES}xgboost.onnx`),
      },
      file('training.csv', table(true, 1)),
      file('new.csv', table(false, scale)),
    ]);
  await page.locator('#import').waitFor({ state: 'attached' });
  await pick(1000);
  // Of two words that nobody knows the one that means default is asked for.
  const choice = page.getByLabel('Value that means default');
  expect(await choice.inputValue()).toBe('');
  const make = page.getByRole('button', { name: 'Make the bundle' });
  expect(await make.getAttribute('aria-disabled')).toBe('true');
  await choice.selectOption('churned');
  await make.click();
  const told = page.getByRole('alert', { name: 'What these tables hold that the training did not' });
  await told
    .getByText('Error new.csv: credit_amount is about 1,000 times what it was in the training.')
    .waitFor();
  expect(await make.getAttribute('aria-disabled')).toBe('true');
  expect(await axeViolations(page)).toEqual([]);
  await page.goto(`${site.url}?again#/make`);
  await pick(1.5);
  await choice.selectOption('stayed');
  await make.click();
  await told.getByText(/^(Warning|Note) new\.csv: credit_amount is about 1\.5 times what it was/).waitFor();
  await page.getByRole('button', { name: 'Make it all the same' }).click();
  await listed(page);
  expect(complaints).toEqual([]);
});

test('a model that can’t be read and a table without rows are refused in words', async () => {
  const { page } = await visit(browser, site.url);
  await page.locator('#import').waitFor({ state: 'attached' });
  await page.locator('input[data-picks=files]').setInputFiles([
    { name: 'm.onnx', mimeType: 'application/octet-stream', buffer: Buffer.from('hello') },
    { name: 't.csv', mimeType: 'text/csv', buffer: Buffer.from('a,b\n1,2\n') },
  ]);
  await page.getByRole('alert').getByText('The model can’t be read as ONNX').waitFor();
  await page.locator('input[data-picks=files]').setInputFiles([`${FAMILIES}xgboost.onnx`]);
  await page
    .getByRole('alert')
    .getByText(/A model alone scores nobody/)
    .waitFor();
});

test('a model that never ends is stopped, and the page says so', async () => {
  const { page, complaints } = await visit(browser, site.url);
  await page.locator('#import').waitFor({ state: 'attached' });
  const at = 'test/cases/onnx-days';
  await page.locator('input[data-picks=files]').setInputFiles([`${at}/days.onnx`, `${at}/clients.csv`]);
  const make = page.getByRole('button', { name: 'Make the bundle' });
  await make.waitFor();
  await page.clock.install();
  await make.click();
  const said = page.getByText(/onnxruntime worked for 120 seconds on one step of this model and was stopped/);
  // The page's seconds pass by command; they count once the worker has said that the runtime works.
  while (!(await said.isVisible())) await page.clock.runFor(10_000);
  expect(await make.isEnabled()).toBe(true);
  expect(complaints).toEqual([]);
});

test('what takes long is said step by step and can be stopped', async () => {
  const { page } = await visit(browser, site.url);
  await page.locator('#import').waitFor({ state: 'attached' });
  const at = 'test/cases/onnx-days';
  await page.locator('input[data-picks=files]').setInputFiles([`${at}/days.onnx`, `${at}/clients.csv`]);
  await page.getByRole('button', { name: 'Make the bundle' }).click();
  await page.getByText('Scoring the clients, comparing them').waitFor();
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.getByText('Stopped. Nothing was changed.').waitFor();
});

test('all that the command takes, by files: labels, training, test, later rows, predictions', async () => {
  const { page, complaints } = await visit(browser, site.url);
  const at = (name: string) => `demo/german-credit/${name}`;
  const names = ['german-credit.csv', 'reference.csv', 'test.csv', 'current.csv', 'lightgbm/predictions.csv'];
  await page.locator('#import').waitFor({ state: 'attached' });
  await page
    .locator('input[data-picks=files]')
    .setInputFiles([at('lightgbm/model.onnx'), ...names.map(at), at('dictionary.json')]);
  await page.getByText('dictionary.json says what the columns are.').waitFor();
  for (const [label, file] of [
    [/^Rows that trained/, 'reference.csv'],
    [/^Rows that the model never saw/, 'test.csv'],
    [/^Later rows/, 'current.csv'],
    [/^Your own predictions/, 'predictions.csv'],
  ] as const)
    expect(await page.getByLabel(label).inputValue()).toBe(file);
  expect(await axeViolations(page)).toEqual([]);
  const make = page.getByRole('button', { name: /^Make the bundle|^Go on/ });
  await make.click();
  await page
    .getByRole('heading', { name: /^What .* training/ })
    .or(page.locator('tbody th a'))
    .first()
    .waitFor();
  if (await make.isVisible()) await make.click();
  await listed(page);
  await page.evaluate(() => (location.hash = `${location.hash}/78`));
  await page.getByText('Checking account').first().waitFor();
  await page.evaluate(() => (location.hash = location.hash.replace(/clients.*/, 'drift')));
  await page.getByText('Look first at Savings').waitFor();
  expect(complaints).toEqual([]);
});

test.each([
  ['a model alone', ['demo/german-credit/lightgbm/model.onnx'], 'A model alone scores nobody.'],
  ['a table alone', ['demo/german-credit/test.csv'], 'test.csv is a table without a model.'],
])('%s is told what it lacks', async (_, files, sentence) => {
  const { page } = await visit(browser, site.url);
  await page.locator('#import').waitFor({ state: 'attached' });
  await page.locator('input[data-picks=files]').setInputFiles(files);
  await page.getByText(sentence).waitFor();
});
