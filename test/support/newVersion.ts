import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The same site with another index.html, as a deployment makes it: the list of kept files names its new hash. */
export function publishNewVersion(root: string, version = 'two'): void {
  const index = join(root, 'index.html');
  const marked = readFileSync(index, 'utf8').replace(
    /<html lang="en"[^>]*>/,
    `<html lang="en" data-version="${version}">`,
  );
  writeFileSync(index, marked);
  const worker = join(root, 'service.worker.js');
  const before = readFileSync(worker, 'utf8');
  const changed = before.replace(
    /("?revision"?:\s*"[0-9a-z]+",\s*"?url"?:\s*"index\.html"|"?url"?:\s*"index\.html",\s*"?revision"?:\s*"[0-9a-z]+")/,
    `"revision":"${version}","url":"index.html"`,
  );
  if (changed === before) throw new Error('the service worker names no index.html');
  writeFileSync(worker, changed);
}
