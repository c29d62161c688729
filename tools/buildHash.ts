import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What the app is built from. */
const PARTS = [
  'src',
  'workers',
  'tools',
  'index.html',
  'package-lock.json',
  'svelte.config.js',
  'vite.config.ts',
];

/** A hash of the sources: page and worker of one build share it, those of two builds do not. */
export function buildHash(): string {
  const hash = createHash('sha256');
  for (const part of PARTS)
    for (const path of filesOf(part)) hash.update(`${path}\n`).update(readFileSync(path));
  return hash.digest('hex').slice(0, 12);
}

function filesOf(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesOf(join(path, name)));
}
