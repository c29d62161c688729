import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { demoFile, DOWNLOAD, listed, startDownload, storeKeys } from '../support/app';
import { visit } from '../support/browser';
import { type Site } from '../support/server';
import { DEMO, fetched, flipped, MANIFEST, publish, useSiteCopy } from '../support/siteCopy';

let browser: Browser;
let site: Site;
let root: string;
useSiteCopy((made) => ({ browser, site, root } = made));

const LOGIN = '<!doctype html><title>Log in</title>';
const NEWER = JSON.stringify({ ...MANIFEST, formatVersion: 2 });
const OTHER_SCORES = {
  ...MANIFEST,
  expected: { from: 'pack', rows: MANIFEST.expected.rows.map((row) => ({ ...row, probability: 0.5 })) },
};

describe('what is refused: nothing is installed, the sentence says what to do, and a second try works', () => {
  const refusals: [
    string,
    (path: string) => { status?: number; body?: Uint8Array | string } | null,
    RegExp,
  ][] = [
    [
      'a changed file',
      (path) => (path.endsWith('covers.bin') ? { body: flipped('covers.bin') } : null),
      /fingerprint of covers\.bin is [0-9a-f]{64}, [0-9a-f]{64} expected/,
    ],
    [
      'a login page instead of bundle.json',
      (path) => (path.endsWith('bundle.json') ? { body: LOGIN } : null),
      /answers with a web page/,
    ],
    [
      'a login page instead of the model',
      (path) => (path.endsWith('model.onnx') ? { body: LOGIN } : null),
      /answers with a web page/,
    ],
    [
      'another file instead of bundle.json',
      (path) => (path.endsWith('bundle.json') ? { body: 'hello' } : null),
      /This is not a bundle: found hello/,
    ],
    [
      'a newer format',
      (path) => (path.endsWith('bundle.json') ? { body: NEWER } : null),
      /format 2; this version reads up to 1/,
    ],
    [
      'a file that is not there',
      (path) => (path.endsWith('model.onnx') ? { status: 404 } : null),
      /answers 404/,
    ],
    [
      'a short file',
      (path) => (path.endsWith('test.parquet') ? { body: demoFile('test.parquet').slice(0, 100) } : null),
      /stopped at 100 of/,
    ],
    [
      'a long file',
      (path) => (path.endsWith('covers.bin') ? { body: new Uint8Array(100_000) } : null),
      /covers\.bin has [\d,]+ bytes/,
    ],
    [
      'a list of bundles that is none',
      (path) => (path.endsWith('index.json') ? { body: '[]' } : null),
      /is not a list of bundles/,
    ],
    [
      'a wrong config.json',
      (path) => (path.endsWith('config.json') ? { body: '{"pages": ["nowhere"]}' } : null),
      /config\.json is wrong at pages/,
    ],
  ];
  test.each(refusals)('%s', async (name, answer, sentence) => {
    site.intercept = (path, _request, response) => {
      const found = answer(path);
      if (!found) return false;
      response.writeHead(found.status ?? 200);
      response.end(found.body ?? '');
      return true;
    };
    const { page } = await visit(browser, site.url);
    if (!/list|config/.test(name)) await startDownload(page);
    await page.getByRole('alert').getByText(sentence).waitFor();
    expect(await storeKeys(page, 'bundles')).toEqual([]);
    site.intercept = null;
    await page.reload();
    await page.getByRole('button', { name: /^(Download|Resume) / }).click();
    await listed(page);
  });

  test('scores other than promised', async () => {
    publish(root, '1.0.0', OTHER_SCORES);
    const { page } = await visit(browser, site.url);
    await startDownload(page);
    await page
      .getByRole('alert')
      .getByText(/Client \d+ scores 0\.\d+, the bundle promises 0\.5/)
      .waitFor();
    for (const store of ['bundles', 'files', 'pieces', 'installs'])
      expect(await storeKeys(page, store)).toEqual([]);
  });

  test('another bundle than the list announces', async () => {
    writeFileSync(join(root, DEMO, 'bundle.json'), JSON.stringify(MANIFEST));
    const { page } = await visit(browser, site.url);
    await startDownload(page);
    await page.getByRole('alert').getByText('holds another version than its list announces').waitFor();
  });

  test('no connection at all', async () => {
    const { page } = await visit(browser, site.url);
    await page.getByRole('button', { name: DOWNLOAD }).waitFor();
    await page.context().setOffline(true);
    await startDownload(page);
    await page.getByRole('alert').getByText('There is no connection').waitFor();
    await page.context().setOffline(false);
    await listed(page);
  });

  test('no space: checked before the first byte', async () => {
    const huge = { ...MANIFEST, files: MANIFEST.files.map((file) => ({ ...file, bytes: 1e13 })) };
    publish(root, '1.0.0', huge);
    const { page } = await visit(browser, site.url);
    const before = site.requests.length;
    await startDownload(page);
    await page
      .getByRole('alert')
      .getByText(/needs 60,000,000,000,000 bytes, [\d,]+ are free/)
      .waitFor();
    expect(fetched(site, before)).toEqual(['bundle.json']);
  });

  test('no space: said when the browser refuses half way', async () => {
    const { page } = await visit(browser, site.url);
    await page.getByRole('button', { name: DOWNLOAD }).waitFor();
    const session = await page.context().newCDPSession(page);
    const { origin } = new URL(site.url);
    await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 30_000 });
    await startDownload(page);
    await page
      .getByRole('alert')
      .getByText(/no more space for this site: it refused [\d,]+ bytes/)
      .waitFor();
    expect(await storeKeys(page, 'bundles')).toEqual([]);
    await session.send('Storage.overrideQuotaForOrigin', { origin });
    await page.reload();
    await page.getByRole('button', { name: /^(Download|Resume) / }).click();
    await listed(page);
  });
});
