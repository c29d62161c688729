import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';

/** What tests of the built app do on its pages, in English or French. */

export const DOWNLOAD = /^(Download|Télécharger) (?!Home Credit)/;
export const RESUME = /^(Resume|Reprendre) /;
const DELETE = /^(Delete|Supprimer) /;

export const clientHash = (id: string): string => `#/b/german-credit%402.0.0/clients/${id}`;

/** The bytes of a file of the demo bundle. */
export const demoFile = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(`public/bundles/german-credit/${name}`));

/** The small demo; a newcomer lands on its clients once it is here. */
export async function install(page: Page): Promise<void> {
  await page.getByRole('button', { name: DOWNLOAD }).click();
  await listed(page);
}

/** onnxruntime has arrived, recomputed every score and taken over from the app's own evaluator. */
export const checked = (page: Page): Promise<void> =>
  page
    .getByText(/^onnxruntime (has checked every score|a vérifié chaque score)/)
    .first()
    .waitFor();

/** The list of clients is there. */
export const listed = (page: Page): Promise<void> => page.locator('tbody th a').first().waitFor();

export async function goTo(page: Page, hash: string): Promise<void> {
  await page.evaluate((to) => (location.hash = to), hash);
}

/** The page of the bundles, with one installed. */
export async function toBundles(page: Page): Promise<void> {
  await goTo(page, '#/bundles');
  await page.getByRole('button', { name: DELETE }).first().waitFor();
}

export async function openClient(page: Page, id: string): Promise<void> {
  await goTo(page, clientHash(id));
  await clientShown(page, id);
}

export const clientShown = (page: Page, id: string): Promise<void> =>
  page.getByRole('heading', { level: 1, name: new RegExp(`${id}$`) }).waitFor();

/** Keys of one of the app's stores. */
export function storeKeys(page: Page, store: string): Promise<IDBValidKey[]> {
  return page.evaluate(async (name) => {
    const [{ name: database }] = await indexedDB.databases();
    const db = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(database ?? '');
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(new Error('no database'));
    });
    const request = db.transaction(name).objectStore(name).getAllKeys();
    const keys = await new Promise<IDBValidKey[]>(
      (resolve) => (request.onsuccess = () => resolve(request.result)),
    );
    db.close();
    return keys;
  }, store);
}

/** Presses the download button of the Bundles page. */
export const startDownload = (page: Page): Promise<void> =>
  page.getByRole('button', { name: DOWNLOAD }).click();
