import { build, type Rollup } from 'vite';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launch } from '../support/browser';
import * as here from '../support/digests';

type Digests = typeof here;

let code: string;
let browser: Browser;
beforeAll(async () => {
  const lib = {
    entry: 'test/support/digests.ts',
    formats: ['iife' as const],
    name: 'digests',
    fileName: 'digests',
  };
  const [{ output }] = (await build({
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    build: { write: false, lib },
  })) as Rollup.RollupOutput[];
  code = output[0].code;
  browser = await launch();
});
afterAll(() => browser.close());

/** What a function of the digests gives in Chromium, with WebAssembly or without. */
async function inChromium(name: keyof Digests, hasWasm: boolean): Promise<unknown> {
  const page = await browser.newPage();
  if (!hasWasm) await page.evaluate(() => void Reflect.deleteProperty(globalThis, 'WebAssembly'));
  await page.addScriptTag({ content: code });
  const found = await page.evaluate(
    (which) => (globalThis as unknown as { digests: Record<string, () => unknown> }).digests[which](),
    name,
  );
  await page.close();
  return found;
}

describe('the same bits in Node and in Chromium', () => {
  test('core/numeric', async () => {
    expect(await inChromium('numericDigest', true)).toBe(here.numericDigest());
  });

  test('models of every learner, with the kernel and with its twin', async () => {
    const own = here.trainingDigest();
    expect(new Set(own).size).toBe(6);
    expect(await inChromium('trainingDigest', true)).toEqual(own);
    expect(await inChromium('trainingDigest', false)).toEqual(own);
  });
});
