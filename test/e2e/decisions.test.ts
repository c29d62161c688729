import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { checked, goTo, install, openClient, storeKeys, toBundles } from '../support/app';
import { axeViolations } from '../support/axe';
import { pageIn, visit } from '../support/browser';
import type { Site } from '../support/server';
import { useBuiltApp } from '../support/siteCopy';

let browser: Browser;
let site: Site;
useBuiltApp((made) => ({ browser, site } = made));

async function onClient(id: string): Promise<Page> {
  const { page } = await visit(browser, site.url);
  await install(page);
  await openClient(page, id);
  await checked(page);
  return page;
}

const save = (page: Page) => page.getByRole('button', { name: 'Record the decision' }).click();
const saved = (page: Page, number: number) => page.getByText(`Recorded as number ${number},`).waitFor();

async function decide(page: Page, outcome: string, author = 'M. Aubert'): Promise<void> {
  await page.getByRole('radio', { name: outcome }).check();
  await page.getByLabel('Your name').fill(author);
  await save(page);
}

/** The exported records, as a file on the disk. */
async function exported(page: Page): Promise<string> {
  await goTo(page, '#/decisions');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Back up (JSON)' }).click();
  return (await download).path();
}

test('a decision is recorded, listed, verified, backed up, replayed; a bundle’s deletion leaves it', async () => {
  const page = await onClient('78');
  await save(page);
  await page.getByText('Choose what is decided.').waitFor();
  await decide(page, 'Refused');
  await saved(page, 1);
  await page.getByText('Chain verified, 1 record').waitFor();
  expect(await axeViolations(page)).toEqual([]);
  const file = await exported(page);
  expect(await page.getByText('not yet backed up').count()).toBe(0);
  await page.getByText('All that it holds').click();
  await page.getByText(/^16\.6% is above the threshold/).waitFor();
  expect(await axeViolations(page)).toEqual([]);
  const replay = (path: string) =>
    spawnSync(process.execPath, ['bin/scoredesk.js', 'replay', path, 'public/bundles/german-credit'], {
      encoding: 'utf8',
    });
  expect(replay(file).stdout).toMatch(/chain +ok: 1 record[\s\S]*record 1 {2}ok: score, reasons and text/);
  await toBundles(page);
  await page.getByRole('button', { name: /^Delete German/ }).click();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect.poll(() => storeKeys(page, 'bundles')).toEqual([]);
  expect(await storeKeys(page, 'records')).toEqual([1]);
});

test('against the model it takes a reason; a correction holds both results', async () => {
  const page = await onClient('641');
  await page.getByRole('radio', { name: 'Accepted' }).check();
  await page.getByText('This goes against the model: say why.').waitFor();
  await page.getByLabel('Your name').fill('M. Aubert');
  await page.getByRole('combobox', { name: /^Reason/ }).selectOption('documents');
  await page.getByLabel('In words').fill('too short');
  await save(page);
  await page.getByText(/at least 20 characters/).waitFor();
  await page.getByLabel('In words').fill('Payslips of the last twelve months were seen.');
  await save(page);
  await saved(page, 1);
  await openClient(page, '78');
  await page.getByLabel('Credit amount', { exact: true }).fill('3900');
  await page.locator('.hypo .big').filter({ hasText: '8.2%' }).waitFor();
  await page.getByRole('checkbox', { name: /^The simulated values are the true ones/ }).check();
  await page.getByText('The model leads to: Accepted.').waitFor();
  await page.getByLabel('Evidence seen').fill('Signed contract');
  await decide(page, 'Accepted');
  await saved(page, 2);
  await goTo(page, '#/decisions');
  await page.getByText('Corrected', { exact: true }).waitFor();
  await page.getByText('All that it holds').first().click();
  await page.getByText('(Credit amount 4,771 DM → 3,900 DM)').waitFor();
  const { links } = JSON.parse(readFileSync(await exported(page), 'utf8')) as {
    links: {
      payload: { result: { probability: number }; corrections: { result: { probability: number } } };
    }[];
  };
  const { result, corrections } = links[1].payload;
  expect(result.probability).toBeGreaterThan(0.16);
  expect(corrections.result.probability).toBeLessThan(0.145);
  await page.getByRole('row', { name: /^M\. Aubert 2 1 \(50%\)/ }).waitFor();
});

test('two tabs on one client: the second reads what the first decided, then may record its own', async () => {
  const page = await onClient('78');
  // The other tab does not hear of it: as if it slept.
  const { page: other } = await pageIn(page.context(), page.url(), (opened) =>
    opened.addInitScript(() => (BroadcastChannel.prototype.addEventListener = () => undefined)),
  );
  await other.getByRole('radio', { name: 'Refused' }).check();
  await other.getByLabel('Your name').fill('Mme Petit');
  await decide(page, 'Referred');
  await saved(page, 1);
  await save(other);
  await other.getByText('Record 1 on this client was written meanwhile, in another tab: referred.').waitFor();
  await other.getByRole('heading', { name: 'Register' }).waitFor();
  await save(other);
  await saved(other, 2);
});

test('a review is asked for, is open, and is answered by a record of its own; a client is erased', async () => {
  const page = await onClient('78');
  await decide(page, 'Refused');
  await saved(page, 1);
  await goTo(page, '#/decisions');
  await page.getByText('All that it holds').click();
  await page.getByLabel('Reviewer').fill('Mme Petit');
  await page.getByRole('button', { name: 'Ask for a human review' }).click();
  await page.getByText(/^open until/).waitFor();
  await page.getByLabel('Reviewer').fill('Mme Petit');
  await page.getByRole('combobox', { name: /^Outcome/ }).selectOption('confirmed');
  await page.getByRole('button', { name: 'Record the review' }).click();
  await page.getByText('Chain verified: 3 records').waitFor();
  expect(await page.getByText(/^open until/).count()).toBe(0);
  await page.getByRole('button', { name: 'Erase this client’s records' }).click();
  await page.getByRole('button', { name: 'Erase this client’s records' }).click();
  await page.getByText('Chain verified: 3 records, 3 erased').waitFor();
  expect(await page.content()).not.toContain('Mme Petit');
});

test('files of other devices: one that holds, one that was tampered with, one that is none', async () => {
  const page = await onClient('78');
  await decide(page, 'Refused');
  await saved(page, 1);
  const file = readFileSync(await exported(page), 'utf8');
  const pick = (name: string, text: string) =>
    page
      .locator('input[type=file]')
      .setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from(text) });
  await pick('good.json', file);
  await page.getByRole('region', { name: 'good.json' }).getByText('Chain verified: 1 record').waitFor();
  await pick('bad.json', file.replace('"outcome": "refused"', '"outcome": "accepted"'));
  await page.getByRole('region', { name: 'bad.json' }).getByText('The chain does not hold at 1').waitFor();
  await pick('none.json', '{"format": "other"}');
  await page.getByText('none.json holds no records that can be read').waitFor();
});

test('a letter, a sheet and an auditor’s file are printed from one record, in its language, without the bundle', async () => {
  const { page } = await visit(browser, site.url, { locale: 'fr-FR' });
  await install(page);
  await openClient(page, '78');
  await checked(page);
  await page.getByRole('radio', { name: 'Refusé' }).check();
  await page.getByLabel('Votre nom').fill('M. Aubert');
  await page.getByLabel('Note interne').fill('à ne pas montrer');
  await page.getByRole('button', { name: 'Enregistrer la décision' }).click();
  await page.getByRole('link', { name: 'Lettre au client' }).click();
  const paper = page.locator('.paper');
  await paper.getByRole('heading', { name: 'Vos droits' }).waitFor();
  expect(await axeViolations(page)).toEqual([]);
  const letter = (await paper.innerText()).replace(/\s/g, ' ');
  expect(letter).toContain('1 400 DM à 3 900 DM');
  expect(letter).not.toContain('à ne pas montrer');
  const pages = (pdf: Buffer) => pdf.toString('latin1').match(/\/Type ?\/Page\b/g)?.length;
  expect(pages(await page.pdf({ format: 'A4', preferCSSPageSize: true }))).toBe(1);
  await page.getByRole('button', { name: 'EN', exact: true }).click();
  await page.getByRole('link', { name: 'Advisor’s sheet' }).click();
  await paper.getByText('à ne pas montrer').waitFor();
  expect(await paper.innerText()).toContain('Ce qui a pesé contre la demande');
  await page.getByRole('link', { name: 'Auditor’s file' }).click();
  await paper.getByText('credit_amount').waitFor();
  expect(await axeViolations(page)).toEqual([]);
});
