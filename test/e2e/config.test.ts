import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { goTo, install, listed } from '../support/app';
import { visit } from '../support/browser';
import { serve, type Site } from '../support/server';
import { DEMO, fetched, LARGEST, siteCopy, useSiteCopy } from '../support/siteCopy';

let browser: Browser;
let site: Site;
let root: string;
useSiteCopy((made) => ({ browser, site, root } = made));

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
      expect(fetched(site, 0)).toEqual([]);
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
      // The page's own policy knows the addresses of no other script.
      const script = await page.evaluate((src) => {
        try {
          document.createElement('script').src = src;
          return 'taken';
        } catch {
          return 'refused';
        }
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
