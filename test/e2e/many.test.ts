import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { openBundle } from '../../src/engine/engine';
import { PART_ROWS } from '../../src/engine/hands';
import { weightsOf } from '../../src/engine/portfolio/weights';
import { checked, install, listed, storeKeys } from '../support/app';
import { pageIn, profile } from '../support/browser';
import { directorySource } from '../support/bundles';
import { publishLarge } from '../support/large';
import { useSiteCopy } from '../support/siteCopy';

/** More clients than are done as one part. */
const CLIENTS = 24_000;

let at: Parameters<Parameters<typeof useSiteCopy>[0]>[0];
useSiteCopy((made) => (at = made));

/** Locks that other workers of this worker's kind hold: one each. */
const helpers = (page: Page): Promise<number> =>
  page.evaluate(async () => {
    const { held = [] } = await navigator.locks.query();
    return held.filter(({ name }) => name?.includes(':helper:')).length;
  });
const region = (page: Page) => page.getByRole('region', { name: 'What weighs for these clients' });
const weigh = (page: Page) => region(page).getByRole('button', { name: /^Explain / });
const computed = async (page: Page, kind: string): Promise<number> =>
  (await storeKeys(page, 'computed')).filter((key) => String(key).includes(`:${kind}:`)).length;

test('many clients are scored and explained by several workers, and what they did is kept', async () => {
  await publishLarge(at.root, CLIENTS);
  const engine = await openBundle(directorySource(join(at.root, 'bundles/large')), { runtime: 'core' });
  const everybody = Int32Array.from({ length: CLIENTS }, (_, row) => row);
  const { points } = await weightsOf(engine, everybody);

  const context = await profile(at.browser);
  const { page, complaints } = await pageIn(context, at.site.url);
  await install(page);
  await listed(page);
  expect(await helpers(page)).toBe(1);
  await checked(page);
  // Once all scores are kept, those of parts are of no use.
  expect(await computed(page, 'scores')).toBe(0);

  await page.getByRole('link', { name: 'Portfolio' }).click();
  await weigh(page).click();
  await region(page).getByText('over 24,000 clients.').waitFor();
  const largest = [...points].sort((a, b) => b - a);
  const shown = () => region(page).locator('tbody td.number').allInnerTexts();
  expect(await shown()).toEqual(largest.slice(0, 12).map((value) => value.toFixed(1)));
  expect(await computed(page, 'contributions')).toBe(Math.ceil(CLIENTS / PART_ROWS));

  // After a reload nothing is explained again: no other worker is asked.
  await page.reload();
  await weigh(page).click();
  await region(page).getByText('over 24,000 clients.').waitFor();
  expect(await shown()).toEqual(largest.slice(0, 12).map((value) => value.toFixed(1)));
  expect(await helpers(page)).toBe(0);
  expect(complaints).toEqual([]);
});
