import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { listed, openClient } from '../support/app';
import { pack } from '../../src/bundle/pack';
import { axeViolations } from '../support/axe';
import { visit } from '../support/browser';
import { germanInput } from '../support/german';
import { useInstalledApp, type Look } from '../support/installed';

const app = useInstalledApp();

const MODEL = '#/b/german-credit%402.0.0/model';

async function openModel(query = '', look: Look = {}): Promise<Page> {
  const { page } = await app.open(MODEL + query, look);
  await page.getByRole('img').nth(2).waitFor();
  await page.locator('main table tr.total').first().waitFor();
  return page;
}

const overflow = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

test('what the model is and relies on, by every kind of importance', async () => {
  const { page, complaints } = await app.open('');
  await page.getByRole('link', { name: 'Model' }).click();
  await page.getByRole('heading', { name: 'What the model relies on' }).waitFor();
  await page.getByText('Gradient boosting, 240 trees').first().waitFor();
  await page.getByText('Adds up trees').waitFor();
  const relies = page.getByRole('list', { name: 'What the model relies on' });
  const first = () => relies.getByRole('listitem').first().innerText();
  expect(await first()).toMatch(/^Checking account/);
  await page.getByRole('button', { name: 'Permutation' }).click();
  await page
    .getByText(/^Drop of the ROC AUC \(0\.834\) when the column is shuffled among 200 rows/)
    .waitFor();
  expect(await first()).toMatch(/^Checking account\s+0\.\d+/);
  await page.getByRole('button', { name: 'Gain' }).click();
  expect(await first()).toMatch(/^Checking account\s+\d+(\.\d)?%/);
  await page.getByRole('button', { name: 'Splits' }).click();
  expect(Number((await first()).split(/\s+/).at(-1))).toBeGreaterThan(50);
  expect(complaints).toEqual([]);
});

test('a feature is chosen, kept in the address, and drawn with the client', async () => {
  const page = await openModel('?client=64');
  await page.getByLabel('Feature', { exact: true }).selectOption('duration');
  await page
    .getByRole('img', { name: 'Contribution by value of Duration, one dot a row' })
    .getByText('No. 64')
    .waitFor();
  await page.getByRole('img', { name: 'Mean probability of default by value of Duration' }).waitFor();
  expect(await page.evaluate(() => location.hash)).toContain('client=64&feature=duration');
  await page.reload();
  await page.getByRole('img', { name: 'Contribution by value of Duration, one dot a row' }).waitFor();
});

test('columns that act together, for a client too; the dots of a feature are told apart by its partner', async () => {
  const page = await openModel();
  const pairs = page.getByRole('region', { name: 'Which columns act together' });
  const first = pairs.getByRole('row').nth(1);
  await first.waitFor();
  expect(await pairs.getByRole('columnheader', { name: /^No\. \d+$/ }).count()).toBe(1);
  const [a, b] = (await first.getByRole('button').innerText()).split(' × ');
  await first.getByRole('button').click();
  const feature = page.getByRole('region', { name: 'One feature' });
  await feature.getByText(new RegExp(`^${b}: .*${b}: `)).waitFor();
  expect(await feature.getByRole('combobox').first().locator('option:checked').innerText()).toBe(a);
  await feature.getByLabel('Told apart by').selectOption('nothing');
  await feature.getByText(`${b}: `).waitFor({ state: 'detached' });
});

test('a client by four methods: all but LIME end at the client’s score', async () => {
  const page = await openModel('?client=64');
  const totals = page.locator('main table tr.total td');
  expect(await totals.count()).toBe(4);
  const [path, interventional, kernel] = await totals.allInnerTexts();
  await page.getByLabel('Client', { exact: true }).fill('17');
  await page.getByRole('button', { name: 'Compare' }).click();
  await page.getByRole('heading', { name: 'Client 17, step by step' }).waitFor();
  await page.getByRole('button', { name: 'LIME' }).click();
  await page.getByText('Intercept nearby').waitFor();
  await page.getByLabel('Client', { exact: true }).fill('no such');
  await page.getByRole('button', { name: 'Compare' }).click();
  await page.getByText(/no such/).waitFor();
  await openClient(page, '64');
  const figure = (await page.locator('.figure').innerText()).replace(/[^\d.]/g, '');
  for (const total of [path, interventional, kernel]) expect(total.split('→')[1]).toContain(figure);
});

test.each([
  ['light', 'en', 1440],
  ['dark', 'fr', 390],
] as const)('axe finds nothing, nothing overflows (%s, %s, %i px)', async (colorScheme, language, width) => {
  const page = await openModel('', { colorScheme, language, width });
  expect(await axeViolations(page)).toEqual([]);
  expect(await overflow(page)).toBe(0);
});

test('a model that can’t be read is scored and explained by estimates, and says so', async () => {
  const { page, complaints } = await visit(app.browser, app.site.url);
  await page.locator('#import').waitFor({ state: 'attached' });
  await page
    .locator('input[data-picks=files]')
    .setInputFiles(['test/oracles/composite/logistic-normalizer.onnx', 'test/oracles/families/data.csv']);
  await page.getByText(/13 columns chosen, the model takes 7/).waitFor();
  for (const name of [
    'checking_status',
    'purpose',
    'housing',
    'checking_status_code',
    'purpose_code',
    'housing_code',
  ])
    await page.getByRole('checkbox', { name: new RegExp(`^${name} `) }).uncheck();
  await page.getByRole('button', { name: 'Make the bundle' }).click();
  await listed(page);
  await page.evaluate(() => (location.hash = `${location.hash}/2`));
  await page.getByText(/Estimated by scoring variations of this client/).waitFor();
  await page.locator('.bars').waitFor();
  await page.getByRole('link', { name: 'Model' }).click();
  await page.getByText(/This graph can’t be read into trees or weights/).waitFor();
  await page.getByRole('list', { name: 'What the model relies on' }).waitFor();
  expect(await page.locator('main table thead th').count()).toBe(3);
  expect(complaints).toEqual([]);
});

test.each(['en', 'fr'] as const)('the card prints on two sheets, in %s', async (language) => {
  const page = await openModel('', { language });
  const sheets = (await page.pdf({ format: 'A4' })).toString('latin1').match(/\/Type\s*\/Page\b/g);
  expect(sheets).toHaveLength(2);
});

test('another installed model is set beside this one: figures with intervals, decisions, who is decided otherwise', async () => {
  const page = await openModel();
  const section = page.getByRole('region', { name: 'Against another model' });
  await section.getByText('Install another bundle or version').waitFor();
  const { files } = await pack({ ...(await germanInput()), version: '3.0.0', threshold: 0.3 });
  const { page: bundles } = await app.open('#/bundles');
  await bundles.locator('input[data-picks=files]').setInputFiles(
    [...files].map(([name, content]) => ({
      name,
      mimeType: 'application/octet-stream',
      buffer: Buffer.from(content),
    })),
  );
  await section.getByLabel('Challenger').selectOption({ index: 1 });
  const figures = section.getByRole('table', { name: 'Figures of both models' });
  await figures.waitFor();
  const cells = (row: RegExp) => figures.getByRole('row', { name: row }).getByRole('cell').allInnerTexts();
  expect(await cells(/^ROC AUC/)).toEqual(['0.834', '0.832', '−0.002', expect.stringMatching(/ to /)]);
  const [before, after, difference] = await cells(/^Not refused/);
  expect(parseFloat(after)).toBeGreaterThan(parseFloat(before));
  expect(difference).toMatch(/^\+\d+\.\d pt$/);
  await section.getByRole('table', { name: 'Decisions about 1,000 clients' }).waitFor();
  await section.getByRole('table', { name: 'Decided otherwise, scores furthest apart' }).waitFor();
  expect(await axeViolations(page)).toEqual([]);
});
