import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import type { Browser, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import {
  checked,
  demoFile,
  DOWNLOAD,
  install,
  listed,
  openClient,
  RESUME,
  startDownload,
  storeKeys,
} from '../support/app';
import { pageIn, profile, visit } from '../support/browser';
import { breakOff, type Site } from '../support/server';
import { DEMO, fetched, flipped, LARGEST, MANIFEST, useSiteCopy } from '../support/siteCopy';

const figures = (value: number): string => value.toLocaleString('en');

let browser: Browser;
let site: Site;
useSiteCopy((made) => ({ browser, site } = made));

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

  /** A page whose download was paused after so many bytes of the largest file. */
  async function pausedAfter(bytes: number): Promise<Page> {
    hold(LARGEST.path, bytes);
    const { page } = await visit(browser, site.url);
    await startDownload(page);
    await page
      .getByText(/ of [\d,]+ bytes/)
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText(/^Paused: /).waitFor();
    return page;
  }

  /** Answers the first request for the largest file with these bytes and no more. */
  function holdFirst(bytes: Uint8Array): Promise<ServerResponse> {
    return new Promise((resolve) => {
      site.intercept = (path, _request, response) => {
        if (path !== DEMO + LARGEST.path) return false;
        site.intercept = null;
        response.writeHead(200, { 'content-length': LARGEST.bytes });
        response.write(bytes);
        resolve(response);
        return true;
      };
    });
  }

  /** So many bytes of the largest file are with the page: a connection that is cut may lose what is on its way. */
  const arrived = (page: Page, bytes: number): Promise<void> =>
    page
      .getByText(`${figures(bytes)} of ${figures(LARGEST.bytes)} bytes`, { exact: true })
      .waitFor({ state: 'attached' });

  test.each([
    ['with Range', true],
    ['without Range', false],
  ])('pause, reload, resume, %s: what is here is not fetched again', async (_, ranges) => {
    site.ranges = ranges;
    const page = await pausedAfter(LARGEST.bytes - 7);
    await page.reload();
    await page.getByText(/^Paused: /).waitFor();
    expect(await storeKeys(page, 'bundles')).toEqual([]);
    site.intercept = null;
    const [before, sent] = [site.requests.length, site.sent];
    await page.getByRole('button', { name: RESUME }).click();
    await listed(page);
    const again = fetched(site, before);
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
    await startDownload(page);
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
    const held = holdFirst(changed);
    const { page } = await visit(browser, site.url);
    await startDownload(page);
    await arrived(page, changed.length);
    breakOff(await held);
    await listed(page);
    expect(site.requests.filter((path) => path === DEMO + LARGEST.path).length).toBe(3);
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
      const held = holdFirst(demoFile(LARGEST.path).slice(0, 5000));
      const { page } = await visit(browser, site.url);
      await startDownload(page);
      await arrived(page, 5000);
      site.intercept = (path, request, response) => {
        const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
        if (path !== DEMO + LARGEST.path || from === 0) return false;
        const { status, range, body } = answer(from);
        response.writeHead(status, range ? { 'content-range': range } : {}).end(body);
        return true;
      };
      breakOff(await held);
      await listed(page);
      expect(site.requests.filter((path) => path === DEMO + LARGEST.path).length).toBe(3);
    },
  );

  test('a connection that is cut now here, now there, is given up in the end', async () => {
    const places = [20_000, 50_000];
    let asked = 0;
    site.cut = (path) => (path === DEMO + LARGEST.path ? places[asked++ % 2] : null);
    const { page } = await visit(browser, site.url);
    await startDownload(page);
    await page
      .getByRole('alert')
      .getByText(/can’t be reached|stopped at/)
      .waitFor();
    // A try that comes further counts anew; of a file that is cut at 50,000 bytes few can, a piece of 16 kB at a time.
    expect(asked).toBeLessThan(20);
  });

  /** How often the engine was asked for since a request of the site. */
  const engineRequests = (from: number): number =>
    site.requests.slice(from).filter((path) => path.includes('ort-wasm')).length;

  /** Counts what the page sends to its workers. */
  function countMessages(): void {
    const counter = globalThis as unknown as { sent: number };
    counter.sent = 0;
    const post = Worker.prototype.postMessage as (...all: unknown[]) => void;
    Worker.prototype.postMessage = function (this: Worker, ...all: unknown[]) {
      counter.sent++;
      post.apply(this, all);
    };
  }

  /** Thirty frames of the page: an answer and what it leads to is there by then, a loop has gone round. */
  const frames = (page: Page): Promise<void> =>
    page.evaluate(async () => {
      for (let i = 0; i < 30; i++) await new Promise(requestAnimationFrame);
    });

  /** Lets the engine begin to come, and no more. */
  function holdEngine(): void {
    site.intercept = (path, _request, response) => {
      if (!path.includes('ort-wasm')) return false;
      response.writeHead(200);
      response.write(new Uint8Array(1000));
      return true;
    };
  }

  test('clients are shown before the engine is here; it checks, takes over, and is not fetched again', async () => {
    holdEngine();
    const { page, complaints } = await visit(browser, site.url);
    await install(page);
    await page.getByText('onnxruntime checks it as it arrives').waitFor();
    await openClient(page, '641');
    await page.getByText('onnxruntime checks it as it arrives').waitFor();
    expect(await page.locator('.figure').innerText()).toContain('74.8%');
    await page.reload();
    await page.getByText('onnxruntime checks it as it arrives').waitFor();
    // The page before asks for nothing any more.
    const [{ href }, context] = [new URL(page.url()), page.context()];
    await page.close();
    site.intercept = null;
    const before = site.requests.length;
    const { page: again, complaints: later } = await pageIn(context, href);
    await again.getByRole('heading', { level: 1, name: 'No. 641' }).waitFor();
    await checked(again);
    expect(engineRequests(before)).toBe(1);
    expect(await again.locator('.figure').innerText()).toContain('74.8%');
    await again.reload();
    await again.getByRole('heading', { level: 1, name: 'No. 641' }).waitFor();
    expect(await again.getByText('onnxruntime checks it as it arrives').count()).toBe(0);
    expect(engineRequests(before)).toBe(1);
    expect([...complaints, ...later]).toEqual([]);
  });

  test('without the engine scores stand, the reason is said, and it is asked for again', async () => {
    site.intercept = (path, _request, response) => {
      if (path.includes('ort-wasm')) response.writeHead(404).end();
      return path.includes('ort-wasm');
    };
    const { page } = await visit(browser, site.url);
    await install(page);
    await page.getByText(/could not be fetched yet.*answers 404/).waitFor();
    await openClient(page, '641');
    expect(await page.locator('.figure').innerText()).toContain('74.8%');
    site.intercept = null;
    const before = site.requests.length;
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await checked(page);
    expect(engineRequests(before)).toBe(1);
    expect(await page.locator('.figure').innerText()).toContain('74.8%');
  });

  test('taking over on a client’s page asks for that client once more, and then rests', async () => {
    holdEngine();
    const { page } = await pageIn(await profile(browser), site.url, (opened) =>
      opened.addInitScript(countMessages),
    );
    await install(page);
    await openClient(page, '25');
    site.intercept = null;
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'No. 25' }).waitFor();
    // Another client while the engine is on its way, and while it checks.
    await openClient(page, '78');
    await checked(page);
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toContain('78');
    const sent = () => page.evaluate(() => (globalThis as unknown as { sent: number }).sent);
    await frames(page);
    const before = await sent();
    expect(before).toBeGreaterThan(0);
    await frames(page);
    expect(await sent()).toBe(before);
  });

  test('a tab closed while the engine comes: the next one has the clients, and brings it', async () => {
    holdEngine();
    const { page } = await visit(browser, site.url);
    await install(page);
    await page.getByText('onnxruntime checks it as it arrives').waitFor();
    await page.close();
    site.intercept = null;
    const { page: next } = await pageIn(page.context(), site.url);
    await listed(next);
    await checked(next);
  });

  test('files picked in vain leave a paused download alone', async () => {
    const page = await pausedAfter(5000);
    await page
      .locator('input[data-picks=files]')
      .setInputFiles([
        { name: 'bundle.json', mimeType: 'application/json', buffer: Buffer.from(demoFile('bundle.json')) },
      ]);
    await page.getByRole('alert').getByText('has no file').waitFor();
    expect((await storeKeys(page, 'installs')).length).toBe(1);
    await page.getByRole('button', { name: RESUME }).waitFor();
  });

  test('gone on with before the catalogue is here, it still opens on its clients', async () => {
    const page = await pausedAfter(5000);
    let answer: () => void = () => undefined;
    site.intercept = (path, _request, response) => {
      if (path !== 'bundles/index.json') return false;
      answer = () => response.writeHead(200).end(readFileSync('public/bundles/index.json'));
      return true;
    };
    await page.reload();
    await page.getByRole('button', { name: RESUME }).click();
    await listed(page);
    answer();
  });

  test('given up, it gives its space back', async () => {
    const page = await pausedAfter(5000);
    await page.getByRole('button', { name: /^Give up / }).click();
    await page.getByRole('button', { name: DOWNLOAD }).waitFor();
    for (const store of ['files', 'pieces', 'installs']) expect(await storeKeys(page, store)).toEqual([]);
  });

  test('a tab closed at each step leaves nothing half-installed, and the next one goes on', async () => {
    const steps = ['bundle.json', ...MANIFEST.files.map(({ path }) => path)];
    const { page: first } = await visit(browser, site.url);
    const context = first.context();
    await first.close();
    for (const step of steps) {
      let reached: () => void = () => undefined;
      const stuck = new Promise<void>((resolve) => (reached = resolve));
      site.intercept = (path, _request, response) => {
        if (!path.includes(step)) return false;
        response.writeHead(200);
        response.write(demoFile(step).slice(0, 50));
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
