import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import puppeteer, { type Browser } from 'puppeteer-core';

/** Firefox by WebDriver BiDi, WebKit by plain W3C WebDriver: what a visit needs of them, and no more. */
export interface OtherBrowser {
  goto(url: string): Promise<void>;
  /** Runs a function's body on the page. */
  evaluate<T>(body: string): Promise<T>;
  /** A picture of the page, as PNG. */
  picture(): Promise<Buffer>;
  close(): Promise<void>;
}

const FIREFOX = '/usr/bin/firefox-esr';
const WEBKIT = '/usr/bin/WebKitWebDriver';
const PACKAGES = ['firefox-esr', 'webkit2gtk-driver', 'xvfb', 'xauth'];

/** Both browsers, from the distribution where they are not here. @throws where that has none */
export function ensureBrowsers(): void {
  if (existsSync(FIREFOX) && existsSync(WEBKIT)) return;
  const install = 'apt-get update -qq && apt-get install -y -qq --no-install-recommends';
  const { status, stderr } = spawnSync('sh', ['-c', `${install} ${PACKAGES.join(' ')}`], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`Firefox and WebKit are not here, and can't be installed: ${stderr}`);
}

export async function firefox(): Promise<OtherBrowser> {
  const browser: Browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: FIREFOX,
    headless: true,
    extraPrefsFirefox: { 'intl.accept_languages': 'en-GB' },
  });
  const page = await browser.newPage();
  await page.setViewport({ width: 1440, height: 900 });
  return {
    goto: async (url) => void (await page.goto(url)),
    evaluate: async <T>(body: string) => (await page.evaluate(`(() => { ${body} })()`)) as T,
    picture: async () => Buffer.from(await page.screenshot()),
    close: () => browser.close(),
  };
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

export async function webkit(): Promise<OtherBrowser> {
  const port = await freePort();
  const driver = spawn('xvfb-run', ['-a', WEBKIT, `--port=${port}`], {
    stdio: 'ignore',
    detached: true,
    env: { ...process.env, LANG: 'en_GB.UTF-8' },
  });
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const { value } = (await answer.json()) as { value: T & { error?: string; message?: string } };
    if (!answer.ok) throw new Error(`${path}: ${value.error}: ${value.message}`);
    return value;
  };
  await answers(driver, () => call('GET', '/status'));
  const { sessionId } = await call<{ sessionId: string }>('POST', '/session', { capabilities: {} });
  const session = `/session/${sessionId}`;
  await call('POST', `${session}/window/rect`, { width: 1440, height: 900 });
  return {
    goto: async (url) => void (await call('POST', `${session}/url`, { url })),
    evaluate: (body) => call('POST', `${session}/execute/sync`, { script: body, args: [] }),
    picture: async () => Buffer.from(await call<string>('GET', `${session}/screenshot`), 'base64'),
    close: async () => {
      await call('DELETE', session).catch(() => undefined);
      if (driver.pid !== undefined) process.kill(-driver.pid);
    },
  };
}

/** Resolves when a driver that is starting answers. @throws when it ends before */
async function answers(driver: ChildProcess, ask: () => Promise<unknown>): Promise<void> {
  for (;;) {
    if (driver.exitCode !== null) throw new Error(`the driver ended with ${driver.exitCode}`);
    if (
      await ask().then(
        () => true,
        () => false,
      )
    )
      return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** What has not come by then is told, before the test is cut short without a word. */
const MOST_LOOKS = 400;

/** Resolves when an expression is true on the page. */
export async function until(browser: OtherBrowser, expression: string): Promise<void> {
  for (let look = 0; look < MOST_LOOKS; look++) {
    if (await browser.evaluate<boolean>(`return Boolean(${expression})`)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(
    `never: ${expression}; on the page: ${await browser.evaluate<string>('return document.body.innerText.slice(0, 600)')}`,
  );
}
