/**
 * Finds Chromium for the tests, or installs it: apt as root, else Playwright's own installer.
 * Prints the path of the program; one clear sentence when there is none to be had.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

/** The one without windows comes first: the same engine, with a fifth less work a test. */
const NAMES = [
  'chromium-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
  'chrome',
];
/** As Debian calls them; older releases have the second alone. */
const PACKAGES = ['chromium-headless-shell', 'chromium'];
const PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** Path of an installed Chromium; SCOREDESK_CHROMIUM names another one. */
export function findChromium() {
  const named = process.env['SCOREDESK_CHROMIUM'];
  if (named) return existsSync(named) ? named : null;
  const directories = (process.env['PATH'] ?? '').split(process.platform === 'win32' ? ';' : ':');
  const onPath = NAMES.flatMap((name) => directories.map((directory) => `${directory}/${name}`));
  return [...onPath, ...PLACES, chromium.executablePath()].find((path) => path && existsSync(path)) ?? null;
}

function install() {
  const run = (command, args) =>
    spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;
  const isRoot = process.getuid?.() === 0;
  if (isRoot && existsSync('/usr/bin/apt-get')) {
    console.error('Chromium is not here: installing it with apt');
    const listed = run('apt-get', ['update', '-qq']);
    const installed = (name) => run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', name]);
    if (listed) PACKAGES.some(installed);
  } else {
    console.error('Chromium is not here: asking Playwright to install its own');
    run(process.execPath, [
      'node_modules/playwright-core/cli.js',
      'install',
      'chromium-headless-shell',
      'chromium',
    ]);
  }
}

export function ensureChromium() {
  if (!findChromium()) install();
  const found = findChromium();
  if (!found)
    throw new Error(
      'No Chromium: install it (Debian: apt install chromium) or name it in SCOREDESK_CHROMIUM.',
    );
  return found;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    console.log(ensureChromium());
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
