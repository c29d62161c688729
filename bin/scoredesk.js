#!/usr/bin/env node
import { existsSync } from 'node:fs';

const built = new URL('../dist-cli/main.js', import.meta.url);
if (existsSync(built)) {
  await import(built.href);
} else {
  process.stderr.write('scoredesk is not built yet: run npm ci\n');
  process.exitCode = 1;
}
