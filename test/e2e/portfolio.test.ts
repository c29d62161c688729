import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { ThresholdProposal } from '../../src/report/proposal';
import { axeViolations } from '../support/axe';
import { useInstalledApp, type Look } from '../support/installed';

const app = useInstalledApp();
const HASH = '#/b/german-credit%402.0.0/portfolio';

/** The portfolio, measured. */
async function opened(query = '', look: Look = {}): Promise<{ page: Page; complaints: string[] }> {
  const visit = await app.open(`${HASH}${query}`, look);
  await visit.page.locator('.ring').waitFor();
  await visit.page.locator('tbody th a').first().waitFor();
  return visit;
}

const figures = (page: Page, row: string): Promise<string[]> =>
  page
    .getByRole('row', { name: new RegExp(`^${row}`) })
    .first()
    .locator('td')
    .allInnerTexts();
const refuse = (page: Page) => page.getByRole('slider', { name: 'Refuse from' });
const download = async (page: Page, name: string): Promise<string> => {
  const file = page.waitForEvent('download');
  await page.getByRole('button', { name }).click();
  return readFileSync(await (await file).path(), 'utf8');
};

test('a threshold is proposed by keys, by a field, by dragging, and taken back', async () => {
  const { page, complaints } = await opened();
  expect(await figures(page, 'Refused')).toEqual(['681', '—', '—']);
  await refuse(page).press('Shift+ArrowRight');
  await refuse(page).press('ArrowRight');
  expect(await refuse(page).getAttribute('aria-valuetext')).toBe('15.6%');
  const [inForce, proposed, change] = (await figures(page, 'Refused')).map((text) =>
    Number(text.replace('−', '-')),
  );
  expect(change).toBe(proposed - inForce);
  expect(page.url()).toContain('threshold=0.156&review=0.125');
  // The review zone goes along.
  const field = page.getByLabel('Refuse from').last();
  await field.fill('10');
  await field.press('Enter');
  await page
    .getByRole('slider', { name: 'Review from' })
    .and(page.locator('[aria-valuetext="10%"]'))
    .waitFor();
  expect((await figures(page, 'To review'))[1]).toBe('0');
  await field.fill('many');
  await field.press('Enter');
  expect(await field.getAttribute('aria-invalid')).toBe('true');
  const box = await refuse(page).boundingBox();
  if (!box) throw new Error('no handle');
  await page.mouse.move(box.x + 12, box.y + 12);
  await page.mouse.down();
  await page.mouse.move(box.x + 212, box.y + 12, { steps: 5 });
  await page.mouse.up();
  expect(Number(await refuse(page).getAttribute('aria-valuenow'))).toBeGreaterThan(15);
  await page.getByRole('button', { name: 'Back to what is in force' }).click();
  expect(await figures(page, 'Refused')).toEqual(['681', '—', '—']);
  expect(page.url()).not.toContain('threshold=');
  expect(complaints).toEqual([]);
});

test('costs by count, by amounts and F-beta have their optimum; a proposal is saved with its figures', async () => {
  const { page } = await opened('?threshold=0.25&review=0.15');
  expect((await figures(page, 'Cost per client'))[0]).toBe('0.470');
  await page.getByRole('button', { name: 'Amount', exact: true }).click();
  await page.getByText(/^lowest 142\sDM at 18\.\d+% \(/).waitFor();
  await page.getByRole('button', { name: 'F-beta' }).click();
  await page.getByText(/^highest 0\.\d+ at /).waitFor();
  expect(page.url()).toContain('by=f%3A3');
  await page.getByRole('button', { name: 'Count', exact: true }).click();
  await page.getByLabel('A default that was not refused').fill('10');
  await page.getByLabel('A default that was not refused').press('Enter');
  await page.getByText(/^lowest .* at /).waitFor();
  await page.reload();
  await page.getByText(/^lowest .* at /).waitFor();
  await page.getByRole('button', { name: 'Save the proposal' }).click();
  await page.getByText('Say who proposes it, and why.').waitFor();
  await page.getByLabel('Your name').fill('M. Aubert');
  await page.getByLabel('Why').fill('Fewer refusals of repayers.');
  const saved = JSON.parse(await download(page, 'Save the proposal')) as ThresholdProposal;
  expect(saved).toMatchObject({
    kind: 'scoredesk-threshold-proposal',
    inForce: { threshold: 0.145, reviewFrom: 0.125 },
    proposed: { threshold: 0.25, reviewFrom: 0.15 },
    objective: { kind: 'cost', costs: { kind: 'count', falseNegative: 10, falsePositive: 1 } },
    measured: { on: 'test', rows: 200 },
  });
  const moved = saved.clients.swapSet.reduce((sum, { clients }) => sum + clients, 0);
  await page.getByRole('button', { name: 'Decided otherwise' }).click();
  await page.getByText(`${moved} clients of 1,000`).waitFor();
});

test('queues, filters and orders of the table; what is shown as a file; a client’s neighbours are the table’s', async () => {
  const { page, complaints } = await opened();
  await page.getByText('Credit amount +26').first().waitFor();
  await page.getByRole('button', { name: 'Within 2 points of the threshold' }).click();
  await page.getByText(/^4\d clients of 1,000$/).waitFor();
  await page.getByRole('button', { name: 'Filter' }).click();
  await page.getByRole('combobox', { name: 'Another condition' }).selectOption('purpose');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('combobox', { name: 'Purpose' }).selectOption('new car');
  const status = page.locator('main').getByText(/^\d+ clients? of 1,000$/);
  await expect.poll(async () => Number((await status.innerText()).split(' ')[0])).toBeLessThan(40);
  const count = Number((await status.innerText()).split(' ')[0]);
  const csv = (await download(page, 'Save as CSV')).trim().split(/\r?\n/);
  expect(csv.length).toBe(count + 1);
  const purpose = csv[0].split(',').indexOf('purpose');
  expect(csv.slice(1).every((line) => line.split(',')[purpose] === 'new car')).toBe(true);
  const top = page.locator('tbody th a').first();
  const riskiest = await top.innerText();
  await page.getByRole('columnheader', { name: 'Risk score' }).getByRole('button').click();
  await expect.poll(() => top.innerText()).not.toBe(riskiest);
  const first = await top.innerText();
  await top.click();
  await page.getByRole('heading', { level: 1, name: `No. ${first}` }).waitFor();
  await page.getByText(`Client 1 of ${count}`).waitFor();
  await page.goBack();
  await status.waitFor();
  await page.getByRole('button', { name: '50 at random' }).click();
  await page.getByText('50 clients of 1,000').waitFor();
  expect(complaints).toEqual([]);
});

test('a filter’s column comes into the table with its own values; a moved proposal moves its queue', async () => {
  const { page } = await opened('?threshold=0.25&review=0.15');
  await page.getByRole('button', { name: 'Filter' }).click();
  await page.getByRole('combobox', { name: 'Another condition' }).selectOption('age');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('columnheader', { name: 'Age' }).waitFor();
  const table = page.getByRole('table', { name: 'Clients of this bundle' });
  const headers = await table.locator('thead th').allInnerTexts();
  const at = headers.findIndex((text) => text.startsWith('Age'));
  const cells = table.locator(`tbody tr > :nth-child(${at + 1})`);
  await expect.poll(() => cells.first().innerText()).toMatch(/^\d+\syears$/);
  const ages = (await cells.allInnerTexts()).map((text) => parseInt(text, 10));
  expect(ages.every((age) => age >= 26 && age <= 40)).toBe(true);
  await page
    .getByRole('button', { name: 'Remove Age' })
    .or(page.getByRole('button', { name: 'Leave out Age' }))
    .click();
  await page.getByRole('button', { name: 'Decided otherwise' }).click();
  const found = page.locator('main').getByText(/^\d+ clients? of 1,000$/);
  await found.waitFor();
  const before = await found.innerText();
  await refuse(page).press('Shift+ArrowRight');
  await expect.poll(() => found.innerText()).not.toBe(before);
  const swapped = Number(
    (await page.getByText(/clients would be decided otherwise/).innerText()).split(' ')[0],
  );
  await expect.poll(() => found.innerText()).toBe(`${swapped} clients of 1,000`);
  // A link of the same bundle, opened in the same tab, is another question.
  await page.evaluate((hash) => (location.hash = hash), `${HASH}?threshold=0.3&review=0.3`);
  await page
    .getByRole('slider', { name: 'Refuse from' })
    .and(page.locator('[aria-valuetext="30%"]'))
    .waitFor();
});

test.each<Look>([
  { language: 'en', colorScheme: 'light', width: 1440 },
  { language: 'fr', colorScheme: 'dark', width: 390 },
])('axe finds nothing, nothing overflows (%j)', async (look) => {
  const { page } = await opened('?threshold=0.25&review=0.15', look);
  expect(await axeViolations(page)).toEqual([]);
  expect(
    await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
  ).toBe(0);
});

test('what weighs for the clients shown, beside others that were kept', async () => {
  const { page } = await opened();
  const section = page.getByRole('region', { name: 'What weighs for these clients' });
  await section.getByText('over 1,000 clients.').waitFor();
  const weight = (row: string) =>
    section
      .getByRole('row', { name: new RegExp(`^${row}`) })
      .locator('td.number')
      .allInnerTexts();
  const [all] = await weight('Checking account');
  expect(Number(all)).toBeGreaterThan(5);
  await section.getByRole('button', { name: 'Keep to compare' }).click();
  await page.getByRole('button', { name: 'To review', exact: true }).click();
  await section.getByText('Light: 1,000 clients kept to compare.').waitFor();
  await section.getByText(/^Mean size of each contribution over 1?\d\d clients/).waitFor();
  const [kept, shown] = await weight('Checking account');
  expect(kept).toBe(all);
  expect(shown).not.toBe(all);
  expect(await axeViolations(page)).toEqual([]);
  await section.getByRole('button', { name: 'Forget what was kept' }).click();
  expect(await weight('Checking account')).toEqual([shown]);
});
