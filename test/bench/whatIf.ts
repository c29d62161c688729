/**
 * From a keystroke in the what-if to its picture, in real Chromium on the built app: score, decision, both sets of reasons,
 * the ruler. And the first answer of what would change the decision, on opening. Run after `npm run build`:
 *
 *   npx tsx test/bench/whatIf.ts [BUNDLE…] > test/bench/whatIf.md
 *
 * `python test/peers/paths.py --make DIR` writes a bundle of 200 columns and 300 trees.
 */
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { checked, install } from '../support/app';
import { launch, visit } from '../support/browser';
import { serve } from '../support/server';
import { scriptTime } from './script';

const KEYSTROKES = 100;

interface Published {
  id: string;
  version: string;
  title: string | Record<string, string>;
  model: { inputs: { columns: string[] }[] };
  data: { clients: { files: { rows: number }[] } };
  files: { bytes: number }[];
  decision: { threshold: number };
}

/** The built site with this bundle alone. */
function siteWith(bundle: string): { root: string; manifest: Published } {
  const root = mkdtempSync(join(tmpdir(), 'scoredesk-what-if-'));
  cpSync('dist', root, { recursive: true });
  cpSync(bundle, join(root, 'bundles/tried'), { recursive: true });
  const bytes = readFileSync(join(bundle, 'bundle.json'));
  const manifest = JSON.parse(bytes.toString()) as Published;
  const entry = {
    path: 'tried',
    id: manifest.id,
    version: manifest.version,
    title: manifest.title,
    fingerprint: createHash('sha256').update(bytes).digest('hex'),
    clients: manifest.data.clients.files[0].rows,
    features: manifest.model.inputs.flatMap(({ columns }) => columns).length,
    threshold: manifest.decision.threshold,
    bytes: manifest.files.reduce((sum, file) => sum + file.bytes, 0),
  };
  const index = { format: 'scoredesk-catalogue', bundles: [entry] };
  writeFileSync(join(root, 'bundles/index.json'), JSON.stringify(index));
  return { root, manifest };
}

/** Milliseconds from each keystroke to the frame with its score; only those count whose score is another. */
const keystrokes = (page: Page, count: number): Promise<number[]> =>
  page.evaluate(async (wanted) => {
    const field = document.querySelector<HTMLInputElement>('.field-row .number input');
    const slider = field?.closest('.field-row')?.querySelector<HTMLInputElement>('input[type=range]');
    if (!field || !slider) throw new Error('no number to try');
    const [least, most] = [Number(slider.min), Number(slider.max)];
    const score = document.querySelector('.hypo .big');
    const took: number[] = [];
    for (let i = 0; took.length < wanted; i++) {
      if (i > 20 * wanted) throw new Error('the score hardly moves');
      const before = score?.textContent;
      // Over the whole range, far from the last one each time.
      field.value = String(Math.round(least + ((most - least) * ((i * 37) % 100)) / 100));
      const began = performance.now();
      field.dispatchEvent(new Event('input', { bubbles: true }));
      let waited = 0;
      while (score?.textContent === before && waited++ < 30) await new Promise(requestAnimationFrame);
      if (score?.textContent !== before) took.push(performance.now() - began);
      await new Promise(requestAnimationFrame);
    }
    return took;
  }, count);

const browser = await launch();
const at = (values: readonly number[], share: number) =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))];
const ms = (value: number) => value.toFixed(1);

async function tried(bundle: string): Promise<string> {
  const { root, manifest } = siteWith(bundle);
  const site = await serve(root);
  const { page } = await visit(browser, site.url);
  await install(page);
  await checked(page);
  const refused = page.getByRole('button', { name: /^Refused/ }).first();
  await refused.click();
  const clients = page.locator('tbody th a');
  await clients.first().waitFor();
  const hashes = await clients.evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''));
  // Somebody looks at the list for a while: the worker gets ready meanwhile.
  await page.waitForTimeout(4000);
  const answers: number[] = [];
  for (const hash of hashes.slice(0, 10)) {
    answers.push(
      await page.evaluate(async (to) => {
        const began = performance.now();
        location.hash = to;
        const done =
          'article[aria-busy=false] section[aria-labelledby=changes]:has(.small):not(:has([role=status]))';
        const id = to.split('/').at(-1) ?? '';
        while (!document.querySelector('h1')?.textContent.endsWith(id) || !document.querySelector(done))
          await new Promise(requestAnimationFrame);
        return performance.now() - began;
      }, hash),
    );
  }
  const script = await scriptTime(page);
  await keystrokes(page, 10);
  const before = await script();
  const took = await keystrokes(page, KEYSTROKES);
  const each = ((await script()) - before) / KEYSTROKES;
  await page.context().close();
  await site.close();
  rmSync(root, { recursive: true });
  const features = manifest.model.inputs.flatMap(({ columns }) => columns).length;
  return `| ${manifest.id}, ${features} columns | ${ms(at(took, 0.5))} | ${ms(at(took, 0.95))} | ${ms(each)} | ${ms(answers[0])} | ${ms(at(answers.slice(1), 0.5))} |`;
}

const rows: string[] = [];
for (const bundle of ['public/bundles/german-credit', ...process.argv.slice(2)])
  rows.push(await tried(bundle));
console.log(`# From a keystroke to its picture

By \`npx tsx test/bench/whatIf.ts\`: the built app in headless Chromium ${browser.version()} on 2 cores, ${KEYSTROKES} values typed
into the first field of the what-if. To the frame in which the new score stands, with the frames waited for; the script of the page for
each; and from a click on a refused client to what would change the decision, the first client and the median of nine more.

| bundle | keystroke to picture, ms | 95th | script of the page, ms | first paths, ms | next paths, ms |
| --- | ---: | ---: | ---: | ---: | ---: |
${rows.join('\n')}

Budget: 16 ms of script a keystroke.`);
await browser.close();
