import type { Browser, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { checked, goTo, install, openClient } from '../support/app';
import { axeViolations } from '../support/axe';
import { pageIn, profile, visit } from '../support/browser';
import type { Site } from '../support/server';
import { useBuiltApp } from '../support/siteCopy';

let browser: Browser;
let site: Site;
useBuiltApp((made) => ({ browser, site } = made));

const paths = (page: Page) => page.locator('.paths li');
const simulated = (page: Page) => page.locator('.hypo .big');
const field = (page: Page, label: string) => page.getByLabel(label, { exact: true });

/** A refused client's page, once the engine has taken over: nothing changes under the test. */
async function onRefused(locale = 'en-GB'): Promise<{ page: Page; complaints: string[] }> {
  const seen = await visit(browser, site.url, { locale });
  await install(seen.page);
  await openClient(seen.page, '78');
  await checked(seen.page);
  await paths(seen.page).first().waitFor();
  return seen;
}

test('a path is tried with one click, gone back from, and opened again by its address', async () => {
  const { page, complaints } = await onRefused();
  expect(await paths(page).count()).toBe(3);
  const result = await paths(page).first().locator('.result').innerText();
  await paths(page).first().getByRole('button').click();
  const score = simulated(page);
  await score.filter({ hasText: '%' }).waitFor();
  expect(result).toContain(await score.innerText());
  expect(page.url()).toContain('w.credit_amount=3900');
  await page.getByText(/^Recomputed: Amount per month/).waitFor();
  expect(await axeViolations(page)).toEqual([]);
  const { page: other } = await pageIn(page.context(), page.url());
  await simulated(other)
    .filter({ hasText: await score.innerText() })
    .waitFor();
  await page.goBack();
  await score.filter({ hasText: '—' }).waitFor();
  expect(page.url()).not.toContain('w.');
  expect(complaints).toEqual([]);
});

test('any value is typed, chosen, undone and reset; beyond the range it is scored and said to be', async () => {
  const { page } = await onRefused();
  const amount = field(page, 'Credit amount');
  await amount.fill('3,900');
  await simulated(page).filter({ hasText: '8.2%' }).waitFor();
  await amount.fill('many');
  await page.getByText('This is no number').waitFor();
  await amount.fill('90000');
  await page.getByText('Extrapolated').waitFor();
  await page.getByText('Outside 250 to 18,424, what the model has seen').waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await simulated(page).filter({ hasText: '8.2%' }).waitFor();
  await page.getByRole('button', { name: 'All 18 values' }).click();
  await field(page, 'Housing').selectOption('own');
  await page.getByText('Reasons, file and simulated').click();
  await page
    .getByRole('row', { name: /^Housing/ })
    .first()
    .waitFor();
  await page.getByRole('button', { name: 'Reset all' }).click();
  await simulated(page).filter({ hasText: '—' }).waitFor();
  // A value taken away is one that the model knows no more.
  await field(page, 'Savings').selectOption('');
  await simulated(page).filter({ hasText: '%' }).waitFor();
  expect(page.url()).toMatch(/w\.savings_status=$/);
});

test('what was tried, and what it was named, is there again', async () => {
  const { page } = await onRefused('fr-FR');
  await field(page, 'Montant du crédit').fill('3 900');
  await simulated(page).filter({ hasText: '8,2 %' }).waitFor();
  await page.getByLabel('Nommer ce scénario').fill('Moins de crédit');
  await page.getByRole('button', { name: 'Garder' }).click();
  await openClient(page, '25');
  await openClient(page, '78');
  await page.getByText('Ce qui avait été essayé est revenu.').waitFor();
  await simulated(page).filter({ hasText: '8,2 %' }).waitFor();
  await page.getByRole('button', { name: 'Tout remettre' }).click();
  await page.getByRole('button', { name: 'Moins de crédit', exact: true }).click();
  await simulated(page).filter({ hasText: '8,2 %' }).waitFor();
});

test('an accepted client has nothing to change; what would turn it is there', async () => {
  const { page } = await onRefused();
  await openClient(page, '25');
  await page.getByText('Accepted: nothing has to change.').waitFor();
});

test('w goes to the what-if, r resets it', async () => {
  const { page } = await onRefused();
  await goTo(page, '#/b/german-credit%402.0.0/clients/78?w.duration=4');
  await page.reload();
  await simulated(page).filter({ hasText: '%' }).waitFor();
  await page.keyboard.press('r');
  await simulated(page).filter({ hasText: '—' }).waitFor();
  await page.keyboard.press('w');
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('what-if-checking_status');
});

test('an address with values that do not exist changes nothing', async () => {
  const context = await profile(browser);
  const { page } = await pageIn(context, site.url);
  await install(page);
  await goTo(
    page,
    '#/b/german-credit%402.0.0/clients/78?w.housing=castle&w.duration=long&w.nothing=1&w.class=bad',
  );
  await paths(page).first().waitFor();
  expect(await simulated(page).innerText()).toBe('—');
});

test('reasons are read in points or as steps of the probability, for every client', async () => {
  const { page } = await onRefused();
  const labels = () => page.locator('.bars .row:not(.total) .cell .label').allInnerTexts();
  const tenths = (text: string) => Math.round(10 * Number(text.replace('−', '-').replace(/[^\d.-]/g, '')));
  await page.getByRole('button', { name: 'Probability', exact: true }).click();
  const total = page.locator('.bars .total .label');
  await total.filter({ hasText: 'percentage points' }).waitFor();
  const sum = (await labels()).map(tenths).reduce((a, b) => a + b, 0);
  expect(sum).toBe(tenths(await total.innerText()));
  const [from, to] = (await page.locator('.bars .total .value').innerText()).split('→').map(tenths);
  expect(sum).toBe(to - from);
  await openClient(page, '25');
  await total.filter({ hasText: 'percentage points' }).waitFor();
});

test('turned towards the client: words alone, other values to try, and back with what was tried', async () => {
  const { page, complaints } = await onRefused();
  await page.getByRole('link', { name: 'Show to the client' }).click();
  await page.getByText('This is what the scoring model leads to').waitFor();
  await page.getByRole('heading', { name: 'What would change the result' }).waitFor();
  await page.locator('.path').first().waitFor();
  const text = await page.locator('body').innerText();
  // No score, no threshold, no points, nobody else.
  expect(text).not.toMatch(/\d\s?%|threshold|points|Similar|Decisions|Search/i);
  expect(await axeViolations(page)).toEqual([]);
  await field(page, 'Credit amount').fill('3,900');
  await page.getByText('With these values the model leads to').waitFor();
  await page.getByRole('button', { name: 'Français' }).or(page.locator('button[lang=fr]')).first().click();
  await page.getByRole('heading', { name: 'Vos droits' }).waitFor();
  await page.reload();
  await page.getByText('Avec ces valeurs, le modèle conduit à').waitFor();
  await page.getByRole('button', { name: 'Retour à l’entretien' }).click();
  await simulated(page).filter({ hasText: '8,2 %' }).waitFor();
  expect(page.url()).toContain('w.credit_amount=3900');
  expect(complaints).toEqual([]);
});
