import { zipSync } from 'fflate';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { demoFile, DOWNLOAD, goTo, install, listed, RESUME, storeKeys, toBundles } from '../support/app';
import { launch, visit } from '../support/browser';
import { serve, type Site } from '../support/server';

let browser: Browser;
let site: Site;
let root: string;
const folders: string[] = [];

beforeAll(async () => {
  browser = await launch();
});
beforeEach(async () => {
  root = siteCopy();
  site = await serve(root);
});
afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
  await site.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
afterAll(() => browser.close());

/** The built site in a folder of its own. */
function siteCopy(): string {
  const folder = mkdtempSync(join(tmpdir(), 'scoredesk-site-'));
  folders.push(folder);
  cpSync('dist', folder, { recursive: true });
  return folder;
}

const DEMO = 'bundles/german-credit/';
const MANIFEST = JSON.parse(new TextDecoder().decode(demoFile('bundle.json'))) as {
  version: string;
  title: unknown;
  expected: { rows: { id: string; probability: number }[] };
  files: { path: string; bytes: number; sha256: string }[];
};
const LARGEST = [...MANIFEST.files].sort((a, b) => b.bytes - a.bytes)[0];

/** Requests for files of the demo bundle since `from`. */
const fetched = (from: number): string[] =>
  site.requests
    .slice(from)
    .filter((path) => path.startsWith(DEMO))
    .map((path) => path.slice(DEMO.length));

const start = (page: Page): Promise<void> => page.getByRole('button', { name: DOWNLOAD }).click();

function flipped(name: string): Uint8Array {
  const content = demoFile(name);
  content[content.length >> 1] ^= 1;
  return content;
}

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
    if (!/list|config/.test(name)) await start(page);
    await page.getByRole('alert').getByText(sentence).waitFor();
    expect(await storeKeys(page, 'bundles')).toEqual([]);
    site.intercept = null;
    await page.reload();
    await page.getByRole('button', { name: /^(Download|Resume) / }).click();
    await listed(page);
  });

  test('scores other than promised', async () => {
    publish('1.0.0', OTHER_SCORES);
    const { page } = await visit(browser, site.url);
    await start(page);
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
    await start(page);
    await page.getByRole('alert').getByText('holds another version than its list announces').waitFor();
  });

  test('no connection at all', async () => {
    const { page } = await visit(browser, site.url);
    await page.getByRole('button', { name: DOWNLOAD }).waitFor();
    await page.context().setOffline(true);
    await start(page);
    await page.getByRole('alert').getByText('There is no connection').waitFor();
    await page.context().setOffline(false);
    await listed(page);
  });

  test('no space: checked before the first byte', async () => {
    const huge = { ...MANIFEST, files: MANIFEST.files.map((file) => ({ ...file, bytes: 1e13 })) };
    publish('1.0.0', huge);
    const { page } = await visit(browser, site.url);
    const before = site.requests.length;
    await start(page);
    await page
      .getByRole('alert')
      .getByText(/needs 50,000,000,000,000 bytes, [\d,]+ are free/)
      .waitFor();
    expect(fetched(before)).toEqual(['bundle.json']);
  });

  test('no space: said when the browser refuses half way', async () => {
    const { page } = await visit(browser, site.url);
    await page.getByRole('button', { name: DOWNLOAD }).waitFor();
    const session = await page.context().newCDPSession(page);
    const { origin } = new URL(site.url);
    await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 30_000 });
    await start(page);
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

describe('a download that stops', () => {
  /** Holds one file back after so many bytes. */
  function hold(name: string, bytes: number): void {
    site.intercept = (path, _request, response) => {
      if (path !== DEMO + name) return false;
      response.writeHead(200, { 'content-length': demoFile(name).length });
      response.write(demoFile(name).slice(0, bytes));
      return true;
    };
  }

  test.each([
    ['with Range', true],
    ['without Range', false],
  ])('pause, reload, resume, %s: what is here is not fetched again', async (_, ranges) => {
    site.ranges = ranges;
    hold(LARGEST.path, LARGEST.bytes - 7);
    const { page } = await visit(browser, site.url);
    await start(page);
    await page
      .getByText(/ of [\d,]+ bytes/)
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText(/^Paused: /).waitFor();
    await page.reload();
    await page.getByText(/^Paused: /).waitFor();
    expect(await storeKeys(page, 'bundles')).toEqual([]);
    site.intercept = null;
    const [before, sent] = [site.requests.length, site.sent];
    await page.getByRole('button', { name: RESUME }).click();
    await listed(page);
    const again = fetched(before);
    expect(again).toContain(LARGEST.path);
    const whole = MANIFEST.files.findIndex(({ path }) => path === LARGEST.path);
    for (const { path } of MANIFEST.files.slice(0, whole)) expect(again).not.toContain(path);
    if (ranges) expect(site.sent - sent).toBeLessThan(LARGEST.bytes + 15_000_000);
  });

  test.each([
    ['with Range', true, [1, 1000, 20_000]],
    ['without Range', false, [1, 1000, 20_000]],
  ])('a connection cut at several bytes goes on by itself, %s', async (_, ranges, places) => {
    site.ranges = ranges;
    const cuts = [...places];
    site.cut = (path) => (path === DEMO + LARGEST.path ? (cuts.shift() ?? null) : null);
    const { page } = await visit(browser, site.url);
    await install(page);
    expect(site.requests.filter((path) => path === DEMO + LARGEST.path).length).toBe(places.length + 1);
  });

  test('a connection that is cut for good is told; what came is kept', async () => {
    site.ranges = true;
    site.cut = (path) => (path === DEMO + LARGEST.path ? 0 : null);
    const { page } = await visit(browser, site.url);
    await start(page);
    await page
      .getByRole('alert')
      .getByText(/can’t be reached/)
      .waitFor();
    await page.getByRole('button', { name: RESUME }).waitFor();
    site.cut = null;
    await page.getByRole('button', { name: RESUME }).click();
    await listed(page);
  });

  test('a file that changed on the server between two halves is fetched whole', async () => {
    site.ranges = true;
    const changed = flipped(LARGEST.path).slice(0, 5000);
    changed[100] ^= 1;
    let first = true;
    site.intercept = (path, _request, response) => {
      if (path !== DEMO + LARGEST.path || !first) return false;
      first = false;
      response.writeHead(200, { 'content-length': LARGEST.bytes });
      response.write(changed);
      setTimeout(() => response.destroy(), 50);
      return true;
    };
    const { page } = await visit(browser, site.url);
    await start(page);
    await page
      .getByRole('alert')
      .getByText(/fingerprint of/)
      .or(page.locator('tbody th a').first())
      .waitFor();
    if ((await storeKeys(page, 'bundles')).length === 0)
      await page.getByRole('button', { name: RESUME }).click();
    await listed(page);
  });

  const answers: [string, (from: number) => { status: number; range?: string; body: Uint8Array }][] = [
    [
      'a wrong place',
      (from) => ({ status: 206, range: 'bytes 0-9/10', body: demoFile(LARGEST.path).slice(from) }),
    ],
    ['the whole as a part', () => ({ status: 206, body: demoFile(LARGEST.path) })],
    ['nothing to give', () => ({ status: 416, body: new Uint8Array(0) })],
  ];
  test.each(answers)(
    'a server that answers a Range with %s: the whole file is fetched',
    async (_, answer) => {
      site.intercept = (path, request, response) => {
        if (path !== DEMO + LARGEST.path) return false;
        const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
        if (from > 0) {
          const { status, range, body } = answer(from);
          response.writeHead(status, range ? { 'content-range': range } : {}).end(body);
        } else if (site.requests.filter((other) => other === path).length === 1) {
          response.writeHead(200, { 'content-length': LARGEST.bytes });
          response.write(demoFile(LARGEST.path).slice(0, 5000));
          setTimeout(() => response.destroy(), 50);
        } else return false;
        return true;
      };
      const { page } = await visit(browser, site.url);
      await install(page);
      expect(site.requests.filter((path) => path === DEMO + LARGEST.path).length).toBeLessThan(5);
    },
  );

  test('a connection that is cut now here, now there, is given up in the end', async () => {
    const places = [20_000, 50_000];
    let asked = 0;
    site.cut = (path) => (path === DEMO + LARGEST.path ? places[asked++ % 2] : null);
    const { page } = await visit(browser, site.url);
    await start(page);
    await page
      .getByRole('alert')
      .getByText(/can’t be reached|stopped at/)
      .waitFor();
    expect(asked).toBeLessThan(10);
  });

  test('pause while the engine comes: nothing is lost, nothing cries', async () => {
    site.intercept = (path, _request, response) => {
      if (!path.includes('ort-wasm')) return false;
      response.writeHead(200);
      response.write(new Uint8Array(1000));
      return true;
    };
    const { page } = await visit(browser, site.url);
    await start(page);
    await page
      .getByText('Fingerprint verified')
      .nth(MANIFEST.files.length - 1)
      .waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText(/^Paused: /).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    site.intercept = null;
    await page.reload();
    await page.getByRole('button', { name: RESUME }).click();
    await listed(page);
  });

  test('files picked in vain leave a paused download alone', async () => {
    hold(LARGEST.path, 5000);
    const { page } = await visit(browser, site.url);
    await start(page);
    await page
      .getByText(/ of [\d,]+ bytes/)
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText(/^Paused: /).waitFor();
    await page
      .locator('input[data-picks=files]')
      .setInputFiles([
        { name: 'bundle.json', mimeType: 'application/json', buffer: Buffer.from(demoFile('bundle.json')) },
      ]);
    await page.getByRole('alert').getByText('has no file').waitFor();
    expect((await storeKeys(page, 'installs')).length).toBe(1);
    await page.getByRole('button', { name: RESUME }).waitFor();
  });

  test('given up, it gives its space back', async () => {
    hold(LARGEST.path, 5000);
    const { page } = await visit(browser, site.url);
    await start(page);
    await page
      .getByText(/ of [\d,]+ bytes/)
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: /^Give up / }).click();
    await page.getByRole('button', { name: DOWNLOAD }).waitFor();
    for (const store of ['files', 'pieces', 'installs']) expect(await storeKeys(page, store)).toEqual([]);
  });

  test('a tab closed at each step leaves nothing half-installed, and the next one goes on', async () => {
    const steps = ['bundle.json', ...MANIFEST.files.map(({ path }) => path), 'ort-wasm'];
    const { page: first } = await visit(browser, site.url);
    const context = first.context();
    await first.close();
    for (const step of steps) {
      let reached: () => void = () => undefined;
      const stuck = new Promise<void>((resolve) => (reached = resolve));
      site.intercept = (path, _request, response) => {
        if (!path.includes(step)) return false;
        const content = step === 'ort-wasm' ? new Uint8Array(10) : demoFile(step).slice(0, 50);
        response.writeHead(200);
        response.write(content);
        reached();
        return true;
      };
      const page = await context.newPage();
      await page.goto(site.url);
      await page.getByRole('button', { name: /^(Download|Resume) / }).click();
      await stuck;
      expect(await storeKeys(page, 'bundles')).toEqual([]);
      await page.close();
    }
    site.intercept = null;
    const page = await context.newPage();
    await page.goto(site.url);
    await page.getByRole('button', { name: RESUME }).click();
    await listed(page);
    expect(await storeKeys(page, 'installs')).toEqual([]);
  });
});

test('two tabs: one installs, the other follows and can pause it; both have it in the end', async () => {
  const { page: one } = await visit(browser, site.url);
  const two = await one.context().newPage();
  await two.goto(site.url);
  await two.getByRole('button', { name: DOWNLOAD }).waitFor();
  site.intercept = (path, _request, response) => {
    if (path !== DEMO + LARGEST.path) return false;
    response.writeHead(200, { 'content-length': LARGEST.bytes });
    response.write(demoFile(LARGEST.path).slice(0, 5000));
    return true;
  };
  await start(one);
  await two.getByText('Another tab is downloading this bundle').waitFor();
  await two.getByRole('button', { name: 'Pause' }).click();
  await one.getByText(/^Paused: /).waitFor();
  await two.getByText(/^Paused: /).waitFor();
  site.intercept = null;
  await two.getByRole('button', { name: RESUME }).click();
  await listed(two);
  await one.getByRole('button', { name: /^Delete / }).waitFor();
  await one.getByRole('button', { name: /^Delete / }).click();
  await one.getByRole('button', { name: 'Delete', exact: true }).click();
  await two.getByRole('heading', { name: 'This bundle is not on this device' }).waitFor();
});

test('two tabs that begin at the same time install it once', async () => {
  const { page: one } = await visit(browser, site.url);
  const two = await one.context().newPage();
  await two.goto(site.url);
  await Promise.all([one, two].map((page) => page.getByRole('button', { name: DOWNLOAD }).waitFor()));
  const before = site.requests.length;
  const click = () => document.querySelector<HTMLButtonElement>('.btn.primary')?.click();
  await Promise.all([one.evaluate(click), two.evaluate(click)]);
  await Promise.all(
    [one, two].map((page) =>
      page
        .getByRole('button', { name: /^Open clients/ })
        .or(page.locator('tbody th a'))
        .first()
        .waitFor(),
    ),
  );
  expect(fetched(before).filter((path) => path === LARGEST.path).length).toBe(1);
});

/** Publishes another bundle.json in the demo's place: another title, the same files unless said. */
function publish(version: string, changed: object = MANIFEST): void {
  const manifest = { ...changed, version, title: { en: `Demo ${version}`, fr: `Démo ${version}` } };
  const bytes = JSON.stringify(manifest);
  writeFileSync(join(root, DEMO, 'bundle.json'), bytes);
  const index = JSON.parse(readFileSync(join(root, 'bundles/index.json'), 'utf8')) as {
    bundles: Record<string, unknown>[];
  };
  const fingerprint = createHash('sha256').update(bytes).digest('hex');
  index.bundles[0] = { ...index.bundles[0], version, fingerprint, title: manifest.title };
  writeFileSync(join(root, 'bundles/index.json'), JSON.stringify(index));
}

test.each(['1.1.0', '1.0.0'])(
  'another bundle of the same name, version %s, is offered, not forced; both stand side by side',
  async (version) => {
    const { page } = await visit(browser, site.url);
    await install(page);
    publish(version);
    await page.reload();
    await listed(page);
    await toBundles(page);
    await page.getByText(version === '1.1.0' ? 'Another version than 1.0.0' : 'Same version 1.0.0').waitFor();
    const before = site.requests.length;
    await start(page);
    await page.getByRole('button', { name: `Open clients of Demo ${version}` }).waitFor();
    expect(fetched(before)).toEqual(['bundle.json']);
    expect((await storeKeys(page, 'bundles')).length).toBe(2);
    await page.getByRole('button', { name: `Open clients of Demo ${version}` }).click();
    await page.getByRole('heading', { level: 1, name: `Demo ${version}` }).waitFor();
    await page.reload();
    await page.getByRole('heading', { level: 1, name: `Demo ${version}` }).waitFor();
    await toBundles(page);
    await page.getByRole('button', { name: `Delete Demo ${version}` }).click();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('button', { name: DOWNLOAD }).waitFor();
    await page.getByRole('button', { name: /^Open clients of/ }).click();
    await listed(page);
  },
);

test('deleted, its space is given back', async () => {
  const { page } = await visit(browser, site.url);
  await install(page);
  await toBundles(page);
  await page.getByRole('button', { name: /^Delete / }).click();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('button', { name: DOWNLOAD }).waitFor();
  for (const store of ['bundles', 'files', 'pieces', 'computed'])
    expect(await storeKeys(page, store)).toEqual([]);
  await page.reload();
  await page.getByRole('button', { name: DOWNLOAD }).waitFor();
});

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
    expect(file.suggestedFilename()).toBe('german-credit-1.0.0.zip');
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

describe('config.json', () => {
  const configure = (config: unknown, folder = root) =>
    writeFileSync(join(folder, 'config.json'), JSON.stringify(config));

  test('another host’s catalogue, through the service worker', async () => {
    const other = await serve(siteCopy(), '/elsewhere/');
    other.cors = true;
    other.ranges = true;
    try {
      configure({ catalogues: [`${other.url}bundles/index.json`] });
      const { page, complaints } = await visit(browser, site.url, { serviceWorkers: 'allow' });
      await page.getByText(`From ${new URL(other.url).host}`).waitFor();
      let cut = true;
      other.cut = (path) => (path === DEMO + LARGEST.path && cut ? ((cut = false), 3000) : null);
      await install(page);
      expect(fetched(0)).toEqual([]);
      expect(complaints).toEqual([]);
    } finally {
      await other.close();
    }
  });

  test('what another host gives is data: it never becomes a page or a script of this site', async () => {
    const far = siteCopy();
    writeFileSync(join(far, 'bundles/evil.html'), '<script>document.title = "owned"</script>');
    writeFileSync(join(far, 'bundles/evil.js'), 'document.title = "owned"');
    const other = await serve(far, '/elsewhere/');
    other.cors = true;
    try {
      configure({ catalogues: [`${other.url}bundles/index.json`] });
      const { page } = await visit(browser, site.url, { serviceWorkers: 'allow' });
      await page.getByText(`From ${new URL(other.url).host}`).waitFor();
      const address = (name: string) => `far?url=${encodeURIComponent(`${other.url}bundles/${name}`)}`;
      const script = await page.evaluate(async (src) => {
        const element = document.createElement('script');
        element.src = src;
        const ran = new Promise((resolve) => {
          element.onload = () => resolve('loaded');
          element.onerror = () => resolve('refused');
        });
        document.head.append(element);
        return ran;
      }, address('evil.js'));
      expect(script).toBe('refused');
      const answer = await page.goto(site.url + address('evil.html')).catch(() => null);
      expect(answer?.status() ?? 403).toBe(403);
      expect(await page.title()).not.toBe('owned');
      expect(other.requests.filter((path) => path.includes('evil'))).toEqual([]);
    } finally {
      await other.close();
    }
  });

  test('a catalogue that never answers does not hide the others', async () => {
    configure({ catalogues: ['bundles/index.json', 'slow/index.json'] });
    site.intercept = (path) => path.startsWith('slow/');
    const { page } = await visit(browser, site.url);
    await install(page);
  });

  test('a host that does not let other sites read it is named', async () => {
    const other = await serve(siteCopy(), '/elsewhere/');
    try {
      configure({ catalogues: [`${other.url}bundles/index.json`] });
      const { page } = await visit(browser, site.url, { serviceWorkers: 'allow' });
      await page.getByText(/does not answer, or does not let other sites read its files/).waitFor();
    } finally {
      await other.close();
    }
  });

  test('an address that it does not allow can’t be fetched, whoever asks', async () => {
    const other = await serve(siteCopy(), '/elsewhere/');
    other.cors = true;
    try {
      const { page } = await visit(browser, site.url, { serviceWorkers: 'allow' });
      await install(page);
      const answers = await page.evaluate(async (url) => {
        const far = await fetch(`far?url=${encodeURIComponent(url)}`);
        const near = await fetch(url).then(
          () => 'fetched',
          () => 'refused',
        );
        return [far.status, far.headers.get('x-scoredesk-far'), near];
      }, `${other.url}bundles/index.json`);
      expect(answers).toEqual([403, 'not-allowed', 'refused']);
      expect(other.requests).toEqual([]);
    } finally {
      await other.close();
    }
  });

  test('an allowed host can’t lead elsewhere', async () => {
    const [other, third] = [await serve(siteCopy(), '/elsewhere/'), await serve(siteCopy(), '/third/')];
    other.cors = third.cors = true;
    try {
      configure({ catalogues: [`${other.url}bundles/index.json`] });
      other.intercept = (path, _request, response) => {
        response.writeHead(302, { location: third.url + path, 'access-control-allow-origin': '*' }).end();
        return true;
      };
      const { page } = await visit(browser, site.url, { serviceWorkers: 'allow' });
      await page.getByText(/can’t be read from here/).waitFor();
      expect(third.requests).toEqual([]);
    } finally {
      await Promise.all([other.close(), third.close()]);
    }
  });

  test('without a service worker, another host’s catalogue says what it needs', async () => {
    configure({ catalogues: ['http://127.0.0.1:9/bundles/index.json'] });
    const { page } = await visit(browser, site.url);
    await page.getByText(/come through the service worker/).waitFor();
  });

  test('a default bundle among several is opened at the first click; pages not offered are missing', async () => {
    const index = JSON.parse(readFileSync(join(root, 'bundles/index.json'), 'utf8')) as { bundles: object[] };
    const fingerprint = '0'.repeat(64);
    index.bundles.unshift({ ...index.bundles[0], id: 'other', title: 'Other', fingerprint, path: 'other' });
    writeFileSync(join(root, 'bundles/index.json'), JSON.stringify(index));
    configure({ defaultBundle: 'german-credit', pages: ['clients'] });
    const { page } = await visit(browser, site.url);
    await page.locator('.btn.primary[aria-label^="Download German"]').click();
    await listed(page);
    expect(await page.getByRole('link', { name: 'About' }).count()).toBe(0);
    await goTo(page, '#/about');
    await page.getByRole('heading', { name: 'There is no page at this address' }).waitFor();
  });

  test('a site without one offers its own catalogue', async () => {
    rmSync(join(root, 'config.json'));
    const { page } = await visit(browser, site.url);
    await install(page);
  });
});

test('a database of the schema before is brought up to date, with its bundle', async () => {
  const { page } = await visit(browser, site.url);
  await page.getByRole('button', { name: DOWNLOAD }).waitFor();
  await page.goto(`${site.url}icon.svg`);
  const files = ['bundle.json', ...MANIFEST.files.map(({ path }) => path)].map((name) => ({
    sha256: createHash('sha256').update(demoFile(name)).digest('hex'),
    bytes: [...demoFile(name)],
  }));
  await page.evaluate(async (stored) => {
    const name = 'scoredesk:/desk/:data';
    await new Promise((resolve) => (indexedDB.deleteDatabase(name).onsuccess = resolve));
    const db = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open(name, 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore('bundles', { keyPath: 'fingerprint' });
        request.result.createObjectStore('files', { keyPath: 'sha256' });
      };
      request.onsuccess = () => resolve(request.result);
    });
    const transaction = db.transaction(['bundles', 'files'], 'readwrite');
    for (const { sha256, bytes } of stored)
      transaction.objectStore('files').put({ sha256, blob: new Blob([new Uint8Array(bytes)]) });
    transaction.objectStore('bundles').put({
      fingerprint: stored[0].sha256,
      id: 'german-credit',
      version: '1.0.0',
      host: '',
      title: 'Demo',
      description: '',
      algorithm: '',
      threshold: 0.18,
      clients: 1000,
      features: 20,
      bytes: 1,
      installedAt: 1,
      runtimeOnly: false,
      schema: 1,
    });
    await new Promise((resolve) => (transaction.oncomplete = resolve));
    db.close();
  }, files);
  await page.goto(site.url);
  await listed(page);
  await toBundles(page);
  await page.getByText('Fingerprint verified').waitFor();
});

test('data cleared under an open tab: it starts afresh', async () => {
  const { page } = await visit(browser, site.url);
  await install(page);
  await page.evaluate(
    () => new Promise((resolve) => (indexedDB.deleteDatabase('scoredesk:/desk/:data').onsuccess = resolve)),
  );
  await goTo(page, '#/bundles');
  await page.reload();
  await install(page);
});

test('a bundle whose files are gone can be deleted and downloaded again', async () => {
  const { page } = await visit(browser, site.url);
  await install(page);
  await page.evaluate(async () => {
    const db = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open('scoredesk:/desk/:data');
      request.onsuccess = () => resolve(request.result);
    });
    const transaction = db.transaction(['files', 'pieces'], 'readwrite');
    transaction.objectStore('files').clear();
    transaction.objectStore('pieces').clear();
    await new Promise((resolve) => (transaction.oncomplete = resolve));
    db.close();
  });
  await page.reload();
  await page.getByRole('alert').getByText('has no file').waitFor();
  await toBundles(page);
  await page.getByRole('button', { name: /^Delete / }).click();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('button', { name: DOWNLOAD }).click();
  await listed(page);
});

test('a tab that another one outdated is told to reload', async () => {
  const { page } = await visit(browser, site.url);
  await install(page);
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const request = indexedDB.open('scoredesk:/desk/:data', 99);
        request.onsuccess = () => {
          request.result.close();
          resolve();
        };
      }),
  );
  await goTo(page, '#/b/german-credit%401.0.0/clients/7');
  await page.getByText('This tab runs an older version of Scoredesk').waitFor();
});
