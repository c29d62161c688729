import { build, type Rollup } from 'vite';
import { expect, test } from 'vitest';
import { launch } from '../support/browser';
import { numericDigest } from '../support/numericDigest';

test('core/numeric gives the same bits in Node and in Chromium', async () => {
  const lib = {
    entry: 'test/support/numericDigest.ts',
    formats: ['iife' as const],
    name: 'digest',
    fileName: 'digest',
  };
  const [{ output }] = (await build({
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    build: { write: false, lib },
  })) as Rollup.RollupOutput[];
  const browser = await launch();
  const page = await browser.newPage();
  await page.addScriptTag({ content: output[0].code });
  const theirs = await page.evaluate(() =>
    (globalThis as unknown as { digest: { numericDigest(): string } }).digest.numericDigest(),
  );
  await browser.close();
  expect(theirs).toBe(numericDigest());
});
