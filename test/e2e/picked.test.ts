import { zipSync } from 'fflate';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { demoFile, install, listed, storeKeys, toBundles } from '../support/app';
import { visit } from '../support/browser';
import { type Site } from '../support/server';
import { MANIFEST, useSiteCopy } from '../support/siteCopy';

let browser: Browser;
let site: Site;
let root: string;
useSiteCopy((made) => ({ browser, site, root } = made));

function flipped(name: string): Uint8Array {
  const content = demoFile(name);
  content[content.length >> 1] ^= 1;
  return content;
}
describe('a bundle from this machine', () => {
  const names = ['bundle.json', ...MANIFEST.files.map(({ path }) => path)];
  const picked = (name: string, content: Uint8Array) => ({
    name,
    mimeType: 'application/octet-stream',
    buffer: Buffer.from(content),
  });
  const pick = (page: Page, files: ReturnType<typeof picked>[] | string, kind = 'files') =>
    page.locator(`input[data-picks=${kind}]`).setInputFiles(files);
  const zipped = () => zipSync(Object.fromEntries(names.map((name) => [`demo/${name}`, demoFile(name)])));
  const emptySite = async () => {
    writeFileSync(join(root, 'bundles/index.json'), '{"format":"scoredesk-catalogue","bundles":[]}');
    const { page } = await visit(browser, site.url);
    await page.getByText('This site offers no bundle').waitFor();
    return page;
  };
  const ready = (page: Page) => page.getByRole('button', { name: /^Open clients of/ }).waitFor();

  test('saved as a zip at one desk, opened at the next, byte for byte the same', async () => {
    const { page } = await visit(browser, site.url);
    await install(page);
    await toBundles(page);
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: /^Save .* as a zip/ }).click();
    const file = await download;
    expect(file.suggestedFilename()).toBe('german-credit-2.0.0.zip');
    const keys = await storeKeys(page, 'bundles');
    const next = await emptySite();
    await pick(next, await file.path());
    await ready(next);
    expect(await storeKeys(next, 'bundles')).toEqual(keys);
    await next.getByText(/from the file/).waitFor();
    await next.getByRole('button', { name: /^Open clients of/ }).click();
    await listed(next);
    await next.reload();
    await listed(next);
  });

  test('a folder', async () => {
    const page = await emptySite();
    await pick(page, join(process.cwd(), 'public/bundles/german-credit'), 'folder');
    await ready(page);
  });

  test('loose files, picked and dropped', async () => {
    const page = await emptySite();
    await pick(
      page,
      names.map((name) => picked(name, demoFile(name))),
    );
    await ready(page);
    await page.getByRole('button', { name: /^Delete / }).click();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByText('This site offers no bundle').waitFor();
    const transfer = await page.evaluateHandle(
      (bytes) => {
        const data = new DataTransfer();
        data.items.add(new File([new Uint8Array(bytes)], 'demo.zip'));
        return data;
      },
      [...zipped()],
    );
    await page.dispatchEvent('main', 'drop', { dataTransfer: transfer });
    await ready(page);
  });

  const bad: [string, () => ReturnType<typeof picked>[], RegExp][] = [
    ['no bundle.json', () => [picked('holiday.jpg', new Uint8Array(10))], /holiday\.jpg is not a bundle/],
    ['a file missing', () => [picked('bundle.json', demoFile('bundle.json'))], /has no file/],
    [
      'a file changed',
      () => names.map((name) => picked(name, name === 'covers.bin' ? flipped(name) : demoFile(name))),
      /fingerprint of covers\.bin/,
    ],
    ['a zip cut short', () => [picked('demo.zip', zipped().slice(0, 9000))], /zip can’t be read/],
    [
      'a zip with a password',
      () => {
        const zip = zipped();
        // As a tool marks each entry of its directory that needs one.
        for (let at = 0; at < zip.length - 8; at++)
          if (zip[at] === 0x50 && zip[at + 1] === 0x4b && zip[at + 2] === 1 && zip[at + 3] === 2)
            zip[at + 8] |= 1;
        return [picked('demo.zip', zip)];
      },
      /needs a password/,
    ],
    ['an empty file', () => [picked('demo.zip', new Uint8Array(0))], /no bundle\.json/],
  ];
  test.each(bad)('%s is refused in words, and nothing stays', async (_, files, sentence) => {
    const page = await emptySite();
    await pick(page, files());
    await page.getByRole('alert').getByText(sentence).waitFor();
    for (const store of ['bundles', 'files', 'pieces', 'installs'])
      expect(await storeKeys(page, store)).toEqual([]);
  });
});
