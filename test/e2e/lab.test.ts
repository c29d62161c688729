import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listed } from '../support/app';
import { axeViolations } from '../support/axe';
import { pageIn, profile } from '../support/browser';
import { useInstalledApp } from '../support/installed';

const app = useInstalledApp();
const ROWS = 30_000;
let dir: string;
let csv: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'scoredesk-lab-'));
  csv = join(dir, 'loans.csv');
  writeFileSync(csv, loans(ROWS));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Rows of a made-up lender, the same at each call. */
function loans(rows: number): string {
  let state = 1;
  const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  const lines = ['loan,income,amount,age,purpose,score,mostly_gone,target'];
  for (let i = 1; i <= rows; i++) {
    const [income, amount, age, score] = [random() * 5000, random() * 20_000, 20 + random() * 50, random()];
    const purpose = ['car', 'house', 'trip'][Math.floor(random() * 3)];
    const z =
      amount / 8000 - income / 2500 - 3 * score + (purpose === 'trip' ? 0.7 : 0) + (age < 30 ? 0.5 : 0);
    const gap = random() < 0.1 ? '' : score.toFixed(4);
    const gone = random() < 0.9 ? '' : '1';
    const bad = random() < 1 / (1 + Math.exp(1 - z)) ? 1 : 0;
    lines.push(
      `L${i},${income.toFixed(2)},${amount.toFixed(0)},${age.toFixed(0)},${purpose},${gap},${gone},${bad}`,
    );
  }
  return `${lines.join('\n')}\n`;
}

const pick = (page: Page): Promise<void> => page.locator('input[data-picks=lab]').setInputFiles(csv);

async function named(page: Page, name: string): Promise<void> {
  await page.getByLabel('Experiment', { exact: true }).fill('autumn');
  await page.getByLabel('Name of the run').fill(name);
}

/** A search of boosted trees on a fifth of the rows. */
async function searched(page: Page, trials: number): Promise<void> {
  await page.getByRole('button', { name: 'Boosting', exact: true }).click();
  await page.getByRole('combobox', { name: /^Search/ }).selectOption('tpe');
  for (const [label, value] of [
    ['Candidates', String(trials)],
    ['Share of rows to search on', '0.2'],
    ['trees, To', '80'],
  ]) {
    await page.getByLabel(label).fill(value);
    await page.getByLabel(label).blur();
  }
}

const start = async (page: Page): Promise<void> => {
  await page.getByText(/fits, about/).waitFor();
  await page.getByRole('button', { name: /^Run [\d,]+ fits$/ }).click();
};

const row = (page: Page, name: string) =>
  page.getByRole('table', { name: 'Runs' }).getByRole('row').filter({ hasText: name });

async function downloaded(page: Page, button: string, name: string): Promise<string> {
  const file = page.waitForEvent('download');
  await page.getByRole('button', { name: button }).first().click();
  const path = join(dir, name);
  await (await file).saveAs(path);
  return path;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

test('from a CSV to an advisor’s page: search, compare, publish; the command gives the same model', async () => {
  const { page, complaints } = await app.open('#/lab');
  await page.getByText(/rows to learn from, .* of them defaults; 200 rows kept aside/).waitFor();
  await pick(page);
  await page.getByText(/^24,000 rows to learn from/).waitFor();
  await page.getByLabel('Column that names a row').selectOption('loan');
  await page.getByLabel('Missing share, at most').fill('0.5');
  await page.getByLabel('Missing share, at most').blur();
  await page.getByText(/^drops 1 of 6 columns: mostly_gone/).waitFor();
  await searched(page, 20);
  await page.getByText(/^106 fits, about/).waitFor();
  await named(page, 'boost-1');
  const recipe = await downloaded(page, 'Save the recipe', 'recipe.json');
  await start(page);
  await row(page, 'autumn: baseline').getByText('0.500', { exact: true }).waitFor();
  await page.getByText(/search: candidate .* best so far 0\.\d+/).waitFor();
  // Another run begins while this one goes on.
  await named(page, 'logit-1');
  await page.getByRole('combobox', { name: /^Search/ }).selectOption('');
  await page.getByRole('button', { name: 'Logistic', exact: true }).click();
  await start(page);
  for (const name of ['boost-1', 'logit-1']) {
    await row(page, name)
      .getByText(/^0\.[67]\d+$/)
      .first()
      .waitFor({ timeout: 120_000 });
    await page.getByRole('checkbox', { name: `Compare ${name}` }).check();
  }
  await page.getByText('All on the same 6,000 rows kept aside.').waitFor();
  await page.getByRole('img', { name: /^ROC: boost-1 0\.\d+, logit-1 0\.\d+$/ }).waitFor();
  await page.getByRole('table', { name: 'Parameters' }).getByText('Missing values').waitFor();
  expect(await axeViolations(page)).toEqual([]);

  // Whoever is decided otherwise, and whoever is not, are all that were kept aside.
  const swap = page.getByRole('table', { name: 'Who would be decided otherwise' }).locator('tbody tr');
  const cells = (await swap.allInnerTexts()).map((text) => Number(text.split('\t')[1].replaceAll(',', '')));
  expect(cells.length).toBe(4);
  expect(cells.reduce((sum, rows) => sum + rows, 0)).toBe(6000);
  await page.getByRole('combobox', { name: /^Against/ }).selectOption({ label: 'Inputs' });
  await page.getByRole('img', { name: 'Cost a client against Inputs: 3 points.' }).waitFor();

  await page.getByRole('button', { name: 'boost-1', exact: true }).click();
  await page.getByRole('list', { name: '20 candidates of the search: Log loss' }).waitFor();
  const zip = unzipSync(readFileSync(await downloaded(page, 'Save the bundle as a zip', 'boost.zip')));
  const out = join(dir, 'own');
  const command = [
    'train',
    '--data',
    csv,
    '--target',
    'target=1',
    '--id',
    'loan',
    '--recipe',
    recipe,
    '--out',
    out,
  ];
  const { status, stderr } = spawnSync(process.execPath, ['bin/scoredesk.js', ...command], {
    encoding: 'utf8',
  });
  expect(status, stderr).toBe(0);
  for (const file of ['model.onnx', 'clients.parquet', 'test.parquet', 'reference.parquet'])
    expect(sha256(zip[file]), file).toBe(sha256(readFileSync(join(out, file))));

  // To MLflow and back: the same model.
  const mlruns = await downloaded(page, 'Save 2 runs for MLflow', 'mlruns.zip');
  await page.locator('input[data-picks=lab]').setInputFiles(mlruns);
  await page.getByText('2 runs read.').waitFor();
  const foreign = page.getByRole('region', { name: 'Runs from MLflow', exact: true });
  await foreign.getByRole('button', { name: 'boost-1' }).click();
  await foreign.getByText('search_value').waitFor();
  const onnx = readFileSync(await downloaded(page, 'Save its ONNX model', 'back.onnx'));
  expect(sha256(onnx)).toBe(sha256(zip['model.onnx']));
  expect(await axeViolations(page)).toEqual([]);

  await page.getByLabel('Who decides').fill('A. Martin');
  await page.getByLabel('Why').fill('cheapest on the same rows');
  await page.getByLabel('New stage').selectOption('champion');
  await page.getByRole('button', { name: 'Set the stage' }).click();
  await page.getByText(/A\. Martin · .* · cheapest on the same rows/).waitFor();
  await page.getByRole('button', { name: 'Publish on this device' }).click();
  await page.getByRole('link', { name: 'Open its clients' }).click();
  await listed(page);
  expect(page.url()).toContain('boost-1');
  // The other one against the champion, on the clients of both.
  await page.goto(`${app.site.url}#/lab`);
  const own = page.getByRole('table', { name: 'Runs', exact: true });
  await own.getByRole('button', { name: 'logit-1', exact: true }).click();
  await page.getByRole('button', { name: 'Publish on this device' }).click();
  await page.getByRole('link', { name: 'Set against the champion boost-1, on the clients' }).click();
  await page.getByRole('heading', { name: 'boost-1', level: 1 }).waitFor();
  await page
    .getByText(/^Decisions about 30,000 clients/)
    .first()
    .waitFor();
  expect(complaints).toEqual([]);
}, 180_000);

test('a tab that is closed in the middle of a search loses one candidate at most', async () => {
  const context = await profile(app.browser);
  const { page } = await pageIn(context, `${app.site.url}#/lab`);
  await pick(page);
  await page.getByText(/^24,000 rows to learn from/).waitFor();
  await searched(page, 500);
  await named(page, 'long');
  await start(page);
  const status = page.getByText(/search: candidate [3-9]/);
  const [, reached] = /candidate (\d)/.exec(await status.innerText()) ?? [];
  const { page: other } = await pageIn(context, `${app.site.url}#/lab`);
  await other.getByText('Another tab works on it.').first().waitFor();
  await page.close();
  // The other tab learns that it may go on.
  await other.getByRole('button', { name: 'Resume: long' }).waitFor();
  await other.close();

  const { page: again } = await pageIn(context, `${app.site.url}#/lab`);
  const kept = again.getByText(/^Stopped\. \d+ candidates are kept; it goes on from there\.$/);
  expect(parseInt((await kept.innerText()).slice(9), 10)).toBeGreaterThanOrEqual(Number(reached));
  await again.getByRole('button', { name: 'Resume: long' }).click();
  await again.getByRole('button', { name: 'End the search with the best so far' }).click();
  await row(again, 'long')
    .getByText(/^0\.[67]\d+$/)
    .first()
    .waitFor({ timeout: 120_000 });
  await again.reload();
  await again.getByRole('button', { name: 'long', exact: true }).click();
  await again.getByRole('button', { name: 'Delete this run' }).click();
  await again.getByRole('button', { name: '1 deleted run' }).click();
  // Its name may have been given to another one meanwhile: then it stays deleted.
  await pick(again);
  await again.getByText(/^24,000 rows to learn from/).waitFor();
  await named(again, 'long');
  await again.getByRole('combobox', { name: /^Search/ }).selectOption('');
  await again.getByRole('button', { name: 'Logistic', exact: true }).click();
  await start(again);
  await again.getByRole('checkbox', { name: 'Compare long' }).and(again.locator(':enabled')).waitFor();
  await again.getByRole('button', { name: 'Restore long' }).click();
  await again.getByText('There is a run called long already.').waitFor();
  await again.getByRole('button', { name: 'long', exact: true }).click();
  await again.getByRole('button', { name: 'Delete this run' }).click();
  await again.getByRole('button', { name: 'Restore long' }).last().click();
  await row(again, 'long').waitFor();
});

test('what can’t be trained is said before it is begun; a name is given once', async () => {
  const { page } = await app.open('#/lab');
  await page
    .getByText(/rows kept aside/)
    .first()
    .waitFor();
  await page.getByLabel('Outcome: default is').selectOption('');
  expect(await page.getByRole('button', { name: /^Run / }).getAttribute('aria-disabled')).toBe('true');
  await page.locator('input[data-picks=recipe]').setInputFiles({
    name: 'recipe.json',
    mimeType: 'application/json',
    buffer: Buffer.from('{"folds": 1}'),
  });
  await page.getByRole('alert').getByText(/folds/).waitFor();
});

test('rows are divided by time, a column is left out, numbers are held against each other; odd files are told', async () => {
  const { page } = await pageIn(await profile(app.browser), `${app.site.url}#/lab`);
  const drop = (name: string, content: string) =>
    page
      .locator('input[data-picks=lab]')
      .setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(content) });
  await drop('small.csv', loans(2000));
  await page.getByText(/^1,600 rows to learn from, .* kept aside\. 7 columns could be inputs\.$/).waitFor();
  await page.getByRole('combobox', { name: /^Kept aside/ }).selectOption('time');
  await page.getByRole('combobox', { name: /^By this column/ }).selectOption('age');
  await page.getByLabel('Share kept aside').fill('0.25');
  await page.getByLabel('Share kept aside').blur();
  await page.getByRole('combobox', { name: /^Leave out a column/ }).selectOption('loan');
  await page.getByText(/^1,\d{3} rows to learn from, .* kept aside\. 6 columns could be inputs\.$/).waitFor();
  const recipe = JSON.parse(
    readFileSync(await downloaded(page, 'Save the recipe', 'time.json'), 'utf8'),
  ) as object;
  expect(recipe).toMatchObject({ split: { test: 0.25, time: 'age' }, leaveOut: ['loan'] });
  await page.getByText('Correlation map').click();
  await page.getByText(/^Of 2,000 rows; columns that go together stand together\.$/).waitFor();
  expect(await axeViolations(page)).toEqual([]);

  await page.getByRole('combobox', { name: /^Kept aside/ }).selectOption('lot');
  await drop('five.csv', 'a,target\n1,0\n2,1\n3,0\n4,1\n5,0\n');
  await page.getByText('This can’t be trained as it is').waitFor();
  await drop('one.csv', `a,b,target\n${Array.from({ length: 300 }, (_, i) => `${i},1,0`).join('\n')}\n`);
  await page.getByRole('combobox', { name: /^Outcome/ }).waitFor();
  expect(await page.getByRole('button', { name: /^Run / }).getAttribute('aria-disabled')).toBe('true');
  // A column that never varies is no reason not to train.
  const rows = Array.from({ length: 300 }, (_, i) => `${i % 17},1,${i % 3 === 0 ? 1 : 0}`);
  await drop('constant.csv', `a,same,target\n${rows.join('\n')}\n`);
  // What is left out has to be there.
  await page.getByRole('button', { name: 'Take loan back' }).click();
  await page.getByText(/^225 rows to learn from/).waitFor();
  await page.getByText(/fits, about/).waitFor();
});

test('a folder of MLflow is read; what is none is told', async () => {
  const { page } = await pageIn(await profile(app.browser), `${app.site.url}#/lab`);
  const folder = page.locator('input[data-picks=mlruns]');
  const foreign = page.getByRole('region', { name: 'Runs from MLflow', exact: true });
  await folder.setInputFiles('test/oracles/mlflow/3.17.2/mlruns');
  await page.getByText('4 runs read.').waitFor();
  await foreign.getByRole('button', { name: 'auc', exact: true }).click();
  const names = await foreign.getByRole('rowheader').allInnerTexts();
  expect(names.map((name) => name.split('\n')[0].trim())).toEqual([
    ...['with a model', "second: l'autre", 'first', 'gone Deleted'],
  ]);
  await foreign.getByRole('button', { name: 'with a model' }).click();
  await foreign.getByText('model.onnx').waitFor();
  await page.reload();
  await folder.setInputFiles('test/cases/onnx-days');
  await foreign.getByText(/There is no MLflow run in this folder/).waitFor();
  await foreign.getByRole('button', { name: 'Remove all that came from MLflow' }).click();
  await foreign.getByRole('table').waitFor({ state: 'detached' });
});

test('in French, dark, on a phone: nothing overflows', async () => {
  const { page } = await app.open('#/lab', { language: 'fr', colorScheme: 'dark', width: 390 });
  await page
    .getByText(/lignes mises de côté/)
    .first()
    .waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  expect(await axeViolations(page)).toEqual([]);
});
