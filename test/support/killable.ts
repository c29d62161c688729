import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { ensureChromium } from '../../tools/chromium.mjs';
import { FLAGS } from './browser';

/** A browser with a profile on the disk that can be killed with all its processes, and started again. */
export class KillableBrowser {
  readonly #profile = mkdtempSync(join(tmpdir(), 'scoredesk-profile-'));
  #process: ChildProcess | null = null;
  #browser: Browser | null = null;

  /** A page at the address, in the profile as the last kill left it. */
  async open(url: string): Promise<Page> {
    const port = join(this.#profile, 'DevToolsActivePort');
    rmSync(port, { force: true });
    const root = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    this.#process = spawn(
      ensureChromium(),
      [
        ...FLAGS,
        ...root,
        '--headless=new',
        '--lang=en-GB',
        '--remote-debugging-port=0',
        '--hide-crash-restore-bubble',
        `--user-data-dir=${this.#profile}`,
        'about:blank',
      ],
      // Its own group: a kill reaches every process.
      { detached: true, stdio: 'ignore' },
    );
    await written(this.#profile, port);
    const [number] = readFileSync(port, 'utf8').split('\n');
    this.#browser = await chromium.connectOverCDP(`http://127.0.0.1:${number}`);
    const context = this.#browser.contexts()[0];
    const page = context.pages()[0] ?? (await context.newPage());
    await page.goto(url);
    return page;
  }

  /** As a power cut would, but for what the system holds of written files. */
  async kill(): Promise<void> {
    const { pid } = this.#process ?? {};
    if (pid === undefined) return;
    const ended = new Promise((resolve) => this.#process?.once('exit', resolve));
    process.kill(-pid, 'SIGKILL');
    await ended;
    this.#process = null;
    await this.#browser?.close().catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.kill();
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The browser's port is in a file that it writes once it listens. */
function written(folder: string, file: string): Promise<void> {
  const isThere = () => existsSync(file) && readFileSync(file, 'utf8').includes('\n');
  return new Promise((resolve) => {
    const watcher = watch(folder, () => {
      if (!isThere()) return;
      watcher.close();
      resolve();
    });
    if (isThere()) {
      watcher.close();
      resolve();
    }
  });
}
