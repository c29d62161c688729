import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { DOWNLOAD, goTo, install, listed, openClient, storeKeys, toBundles } from '../support/app';
import { axeViolations } from '../support/axe';
import { visit, type Visit } from '../support/browser';
import { useInstalledApp } from '../support/installed';
import { siteCopy } from '../support/siteCopy';

const app = useInstalledApp();

/** What a column does to the score, said at the end. */
const EFFECT = { en: /rows scored again/, fr: /lignes renotées/ };

const DRIFT = '#/b/german-credit%402.0.0/drift';

/** A tab on the drift page, its comparison done. */
async function openDrift(hash = DRIFT): Promise<Visit> {
  const opened = await app.open(hash);
  await compared(opened.page);
  return opened;
}

const compared = (page: Page): Promise<void> =>
  page.getByRole('heading', { name: 'Saved comparisons' }).waitFor();

/** A profile of its own: what is kept there is the test's alone. */
async function freshDrift(): Promise<Page> {
  const { page } = await visit(app.browser, app.site.url);
  await install(page);
  await goTo(page, DRIFT);
  await compared(page);
  return page;
}

test('the demo: what to look at first, every column, one column by its address', async () => {
  const { page, complaints } = await openDrift();
  await page.getByText('Look first at Savings: its stability index is 1.252').waitFor();
  await page.getByText('Made for this demo').waitFor();
  const rows = page.locator('tbody tr[aria-rowindex]');
  expect(await rows.first().innerText()).toMatch(/Savings\s+7%\s+1\.252\s+0\.0% to 16\.3%\s+Drifted/);
  await page.getByText('23 of 23 columns.').waitFor();
  await page.getByRole('button', { name: 'Moved' }).click();
  await page.getByText('7 of 23 columns.').waitFor();
  await page.getByRole('searchbox', { name: 'Find a column' }).fill('duree');
  await page.getByText('0 of 23 columns.').waitFor();
  await page.getByRole('searchbox', { name: 'Find a column' }).fill('');
  await page.getByRole('button', { name: 'Credit amount' }).first().click();
  const panel = page.getByRole('region', { name: 'Credit amount' });
  await panel.getByText('The median rose from 2,343 DM to 3,357 DM.').waitFor();
  await panel.getByText(/With this column as in the reference and all else as it is: 70\.8%/).waitFor();
  await panel.getByRole('img', { name: /by chunk: \d+ of 12 raise an alert/ }).waitFor();
  expect(page.url()).toContain('/drift/credit_amount');
  await page.reload();
  await panel.getByRole('button', { name: 'Cumulative' }).click();
  await panel.getByRole('button', { name: 'Close the detail' }).click();
  await page.getByRole('heading', { name: 'Importance against drift' }).waitFor();
  await page.emulateMedia({ media: 'print' });
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  expect(await rows.count()).toBe(23);
  expect(complaints).toEqual([]);
});

test('as Evidently: verdicts that rest on the number of rows alone are told', async () => {
  const { page } = await openDrift(`${DRIFT}/job?ref=reference&cur=current&preset=evidently&chunk=none`);
  const panel = page.getByRole('region', { name: 'Job' });
  await panel.getByText(/and yet the change is small/).waitFor();
  await panel.getByText('Chi-squared, p').first().waitFor();
});

test('performance: estimated and measured, by month', async () => {
  const { page, complaints } = await app.open('#/b/german-credit%402.0.0/performance');
  await page.getByText(/over 12 chunks and seven metrics/).waitFor();
  await page.getByRole('img', { name: /^ROC AUC by chunk, estimated: 0\.781 at first/ }).waitFor();
  await page.getByText('Show as table').click();
  expect(await page.locator('details tbody tr').first().innerText()).toMatch(
    /Nov 25\s+250\s+0\.781\s+0\.868/,
  );
  await page.getByRole('heading', { name: 'Scores by band' }).waitFor();
  expect(complaints).toEqual([]);
});

test('a dropped file: compared, what is wrong with a column said on it', async () => {
  const { page, complaints } = await openDrift();
  const [header, ...lines] = readFileSync('demo/german-credit/current.csv', 'utf8').trimEnd().split('\n');
  const names = header.split(',');
  const age = names.indexOf('age');
  const job = names.indexOf('job');
  const amount = names.indexOf('credit_amount');
  const changed = lines.slice(0, 900).map((line) => {
    const cells = line.split(',');
    cells[age] = 'unknown age';
    cells[amount] += '000';
    cells.splice(job, 1);
    return cells.join(',');
  });
  const content = [names.filter((_, i) => i !== job).join(','), ...changed].join('\n');
  const transfer = await page.evaluateHandle((text) => {
    const data = new DataTransfer();
    data.items.add(new File([text], 'october.csv'));
    return data;
  }, content);
  await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
  await page.getByText(/2 features are missing or of another type/).waitFor();
  expect(await page.getByLabel('Current').locator('option:checked').innerText()).toBe('october.csv, 900');
  await page
    .getByText('Error october.csv: credit_amount is about 1,000 times what it was in the training.')
    .waitFor();
  await page.getByRole('button', { name: 'Age', exact: true }).first().click();
  await page.getByText('The reference holds numbers, the current rows categories').waitFor();
  await page.getByRole('button', { name: 'Job', exact: true }).first().click();
  await page.getByText('The current rows do not have this column.').waitFor();
  expect(complaints).toEqual([]);
});

test.each([
  ['an empty file', 'e.csv', '', /is empty/],
  ['a file that is no table', 'e.parquet', 'PK??', /can’t be read as Parquet/],
])('%s is refused in words, and the comparison before is there again', async (_, name, content, sentence) => {
  const { page } = await openDrift();
  await page
    .locator('input[type=file]')
    .setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(content) });
  await page.getByRole('alert').getByText(sentence).first().waitFor();
  await page.getByText('Look first at Savings').waitFor();
});

test('a file without times; a link to a file that is gone; nothing to conclude is said so', async () => {
  const { page } = await openDrift();
  const picker = page.locator('input[type=file]');
  await picker.setInputFiles('demo/german-credit/test.csv');
  await page.getByText('test.csv, 200').first().waitFor({ state: 'attached' });
  await page.getByRole('heading', { name: 'Importance against drift' }).waitFor();
  const other = { name: 'other.csv', mimeType: 'text/csv', buffer: Buffer.from('a,b\n1,2\n3,4\n') };
  await picker.setInputFiles(other);
  await page.getByText(/Nothing can be concluded: none of the 18 features/).waitFor();
  await page.reload();
  await page.getByText(/A file is not kept/).waitFor();
});

test('the report opens from the disk with nothing but itself, and holds no client', async () => {
  const { page } = await openDrift();
  const save = async (name: string) => {
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name }).click();
    const saved = await download;
    return { name: saved.suggestedFilename(), text: readFileSync((await saved.path()) as string, 'utf8') };
  };
  const html = await save('HTML report');
  expect(html.name).toBe('drift-german-credit-current.html');
  for (const { text } of [html, await save('CSV'), await save('JSON')]) holdsNoRow(text);
  const path = join(siteCopy(), 'report.html');
  writeFileSync(path, html.text);
  const reader = await app.browser.newContext();
  const opened = await reader.newPage();
  const asked: string[] = [];
  opened.on('request', (request) => asked.push(request.url()));
  await opened.goto(`file://${path}`);
  await opened.getByText('Look first at Savings').waitFor();
  expect(await opened.locator('tbody tr').count()).toBeGreaterThan(30);
  expect(asked).toEqual([`file://${path}`]);
  expect(await opened.locator('script').count()).toBe(0);
  await reader.close();
});

/** No id of a client, and no row: no four neighbouring cells of one. */
function holdsNoRow(text: string): void {
  for (const file of ['current.csv', 'german-credit.csv']) {
    const [, ...lines] = readFileSync(`demo/german-credit/${file}`, 'utf8').trimEnd().split('\n');
    for (const line of lines) {
      const [id, ...cells] = line.split(',');
      if (Number(id) > 1000 && new RegExp(`\\b${id}\\b`).test(text)) throw new Error(`id ${id}`);
      if (text.includes(cells.slice(0, 4).join(','))) throw new Error(`row ${line}`);
    }
  }
}

test('a comparison is kept with its settings and date, opened after a reload, removed', async () => {
  const page = await freshDrift();
  await page.getByPlaceholder('Name', { exact: true }).fill('October look');
  await page.getByRole('button', { name: 'Save this comparison' }).click();
  await page.getByText('October look').waitFor();
  // The same name again is another one.
  await page.getByPlaceholder('Name', { exact: true }).fill('October look');
  await page.getByRole('button', { name: 'Save this comparison' }).click();
  await page.getByText('October look (2)').waitFor();
  await page.reload();
  await page.getByRole('link', { name: 'Open October look', exact: true }).click();
  await page.getByText(/This is “October look”, saved on/).waitFor();
  await page.getByText('Look first at Savings').waitFor();
  expect(page.url()).toMatch(/\/drift\?saved=1$/);
  await page.getByRole('button', { name: 'Performance' }).click();
  await page.getByText(/over 12 chunks and seven metrics/).waitFor();
  // Its address opens it; removing asks first, and goes back to a comparison computed now.
  await page.goBack();
  await page.reload();
  await page.getByText(/This is “October look”, saved on/).waitFor();
  await page.getByRole('button', { name: 'Remove October look', exact: true }).click();
  await page.getByRole('button', { name: 'Keep it' }).click();
  await page.getByText(/This is “October look”, saved on/).waitFor();
  await page.getByRole('button', { name: 'Remove October look', exact: true }).click();
  await page.getByText('Remove “October look” for good?').waitFor();
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await page.waitForURL(/\/drift\?ref=/);
  await page.getByText('Look first at Savings').waitFor();
  await page.goto(`${app.site.url}?again#${new URL(page.url()).hash.slice(1).split('?')[0]}?saved=1`);
  await page.getByText(/no longer kept on this device/).waitFor();
  await page.getByLabel('Tests').selectOption('evidently');
  await page.getByText('Look first at Savings').waitFor();
});

test('chosen columns only; settings outlast a visit to another page; Back goes through them', async () => {
  const { page } = await openDrift();
  const main = page.getByRole('main');
  await page.getByRole('button', { name: 'Columns', exact: true }).click();
  await page.getByRole('button', { name: 'Clear all shown' }).click();
  for (const column of ['Savings', 'Housing', 'Score'])
    await page.getByRole('checkbox', { name: column, exact: true }).check();
  await page.getByRole('button', { name: 'Compare these 3 columns' }).click();
  await page.getByText('Only 3 chosen columns are compared.').waitFor();
  await page.getByText('of 2 features').waitFor();
  expect(await main.getByRole('row').count()).toBe(4);
  await page.getByLabel('Tests').selectOption('evidently');
  await page.getByText(/3 of 3 columns drifted/).waitFor();
  await page.getByRole('link', { name: 'Clients' }).click();
  await page.getByText('1,000 clients of 1,000').waitFor();
  await page.getByRole('link', { name: 'Drift' }).click();
  await page.getByText('Only 3 chosen columns are compared.').waitFor();
  expect(await page.getByLabel('Tests').inputValue()).toBe('evidently');
  await page.getByLabel('Tests').selectOption('psi');
  await page.waitForURL(/preset=psi/);
  await page.goBack();
  await page.waitForURL(/preset=evidently/);
  await page.getByRole('button', { name: 'Compare all columns' }).click();
  await page.getByText('of 18 features').waitFor();
  // Of columns that are no features nothing is said of features; one that is gone is named.
  await page.goto(
    `${app.site.url}?other#${new URL(page.url()).hash.slice(1).split('?')[0]}?only=probability&only=gone`,
  );
  await page.getByText('None of these columns is a feature of the model.').waitFor();
  await page.getByText('There is no column “gone” in these rows.').waitFor();
});

test('a filter and a range of days are part of the address', async () => {
  const { page } = await openDrift();
  await page.getByRole('button', { name: /^Filter rows/ }).click();
  const current = page.getByRole('group', { name: 'Current' });
  await current.getByLabel('First day').fill('2026-08-01');
  await page.getByText(/its stability index is 2\.[45]/).waitFor();
  expect(page.url()).toContain('curFrom=2026-08-01');
  await current.getByLabel('Only rows where').selectOption({ label: 'Housing' });
  await current.getByLabel('is', { exact: true }).selectOption({ label: 'rented' });
  await page.waitForURL(/curWhere=housing%3Drent/);
  await page.reload();
  await page.getByText('Share of importance affected').waitFor();
  await page.getByRole('button', { name: 'Housing', exact: true }).first().click();
  await page.getByText('“rented” went from 17.6% to 100.0%').waitFor();
});

test('two times of the same rows; a filter that can’t be applied, or is no number, is told', async () => {
  const { page } = await openDrift();
  const drift = page.url().split('?')[0];
  const sides = 'ref=current&refTo=2026-01-31&cur=current&curFrom=2026-08-01';
  await page.goto(`${drift}?${sides}&preset=psi&chunk=month`);
  await page.getByText('Look first at Savings').waitFor();
  await page.getByText(/^Reference, filtered: later rows, … – 2026-01-31\./).waitFor();
  await page.getByRole('heading', { name: 'Importance against drift' }).waitFor();
  expect(await page.getByText(/^Made for this demo/).count()).toBe(1);
  for (const [filter, words] of [
    ['refFrom=2026-01-01', /they have no times/],
    ['refWhere=savings_status:1..2', /“savings_status” is missing or holds no numbers/],
    ['refWhere=gone%3Dx', /“gone” is missing or holds no numbers/],
  ] as const) {
    await page.goto(`${drift}?ref=reference&cur=current&preset=psi&chunk=none&${filter}`);
    await page.getByRole('alert').getByText(words).waitFor();
  }
  await page.goto(`${drift}?ref=reference&cur=current&preset=psi&chunk=none&curWhere=age:..`);
  await page.getByRole('button', { name: /^Filter rows/ }).click();
  const current = page.getByRole('group', { name: 'Current' });
  const from = current.getByLabel('from', { exact: true });
  await from.fill('abc');
  await from.press('Tab');
  await page.getByText('Not a number: write 30 or 30.5.').waitFor();
  await from.fill('30,5');
  await from.press('Tab');
  await page.waitForURL(/curWhere=age%3A30\.5\.\./);
  await page.getByText(/^Current, filtered/).waitFor();
  // Without chunks there is no course of time.
  expect(await page.getByRole('heading', { name: 'Over time' }).count()).toBe(0);
});

test('as NannyML: an alert of any method is to be watched; one chunk of the reference gives no verdict', async () => {
  const { page } = await openDrift();
  const drift = page.url().split('?')[0];
  await page.goto(`${drift}?ref=reference&cur=current&preset=nannyml&chunk=/10`);
  await page.getByText(/Look first at/).waitFor();
  await page.goto(`${drift}?ref=reference&cur=current&preset=nannyml&chunk=5000`);
  await page.getByText(/^The data of .* Nothing can be concluded/).waitFor();
  await page.getByRole('button', { name: 'Savings', exact: true }).first().click();
  await page.getByText('One chunk of the reference gives no limits: no verdict.').waitFor();
  // A long name leaves the way out in sight.
  const text = `id,${'x'.repeat(60)},age\n${Array.from({ length: 300 }, (_, i) => `${i},${i % 7},${20 + (i % 50)}`).join('\n')}\n`;
  await page.setViewportSize({ width: 390, height: 800 });
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'long.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
  await page.goto(
    `${page
      .url()
      .split('?')[0]
      .replace(/drift.*/, `drift/${'x'.repeat(60)}`)}?ref=reference&cur=file&preset=psi&chunk=none`,
  );
  const close = await page.getByRole('button', { name: 'Close the detail' }).boundingBox();
  if (!close) throw new Error('the way out is not there');
  expect(close.x + close.width).toBeLessThanOrEqual(390);
});

test('scores over time are kept only when wanted, compared, and cleared', async () => {
  const page = await freshDrift();
  await openClient(page, '7');
  await goTo(page, '#/settings');
  await page.getByText('Nothing is kept.').waitFor();
  await page.getByLabel('Keep each client’s score').check();
  for (const id of ['8', '9', '8']) await openClient(page, id);
  await goTo(page, '#/settings');
  await page.getByText('2 scores are kept.').waitFor();
  await goTo(page, `${DRIFT}?cur=logged`);
  await page.getByRole('heading', { name: 'Saved comparisons' }).waitFor();
  expect(await page.getByLabel('Current').locator('option:checked').innerText()).toBe(
    'scored on this device, 2',
  );
  await page.getByText('Too few').first().waitFor();
  await goTo(page, '#/settings');
  await page.getByRole('button', { name: 'Delete 2 scores' }).click();
  await page.getByText('For good?').waitFor();
  await page.getByRole('button', { name: 'Delete 2 scores' }).click();
  await page.getByText('Nothing is kept.').waitFor();
  await goTo(page, `${DRIFT}?ref=reference&cur=logged`);
  await page.getByText(/No score is kept on this device/).waitFor();
  expect(await page.getByRole('heading', { name: 'Saved comparisons' }).count()).toBe(0);
});

test('a bundle that is deleted takes its scores over time and its comparisons with it, and says so before', async () => {
  const page = await freshDrift();
  await page.getByPlaceholder('Name', { exact: true }).fill('October look');
  await page.getByRole('button', { name: 'Save this comparison' }).click();
  await page.getByText('October look').waitFor();
  await goTo(page, '#/settings');
  await page.getByLabel('Keep each client’s score').check();
  await openClient(page, '8');
  expect((await storeKeys(page, 'log')).length).toBe(1);
  await toBundles(page);
  await page.getByRole('button', { name: /^Delete / }).click();
  await page.getByText('1 score kept over time goes with it. 1 kept comparison goes with it.').waitFor();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('button', { name: DOWNLOAD }).waitFor();
  for (const store of ['log', 'comparisons']) expect(await storeKeys(page, store)).toEqual([]);
});

test.each([
  ['light', 'en', 1440],
  ['dark', 'fr', 390],
] as const)('axe finds nothing, nothing overflows (%s, %s, %i px)', async (colorScheme, language, width) => {
  const { page } = await app.open('', { colorScheme, language, width });
  await listed(page);
  const title = (name: string) => page.locator('#column-title', { hasText: name });
  const pages: [hash: string, shown: Locator[]][] = [
    [DRIFT, [page.locator('#scatter'), page.locator('#exports')]],
    [
      `${DRIFT}/savings_status`,
      [title(language === 'fr' ? 'Épargne' : 'Savings'), page.getByText(EFFECT[language])],
    ],
    [`${DRIFT}/age`, [title(language === 'fr' ? 'Âge' : 'Age'), page.getByText(EFFECT[language])]],
    ['#/b/german-credit%402.0.0/performance', [page.locator('#metric-roc_auc'), page.locator('#bands')]],
    ['#/settings', [page.locator('#log'), page.locator('#comparisons')]],
  ];
  for (const [hash, shown] of pages) {
    await goTo(page, hash);
    for (const one of shown) await one.waitFor();
    expect([hash, await axeViolations(page)]).toEqual([hash, []]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
  }
  await toBundles(page);
});
