/**
 * Everything that must hold, from a clean checkout after `npm ci`: Chromium is there, the app and
 * the command build, the code is tidy, and all tests pass.
 */
import { spawn } from 'node:child_process';
import { ensureChromium } from './chromium.mjs';
import { ensureSpark } from './spark.mjs';

const BUILD = ['Building', 'npm run --silent build'];
const LINT = ['Linting', 'npm run --silent lint'];
const TESTS = ['Testing', 'npx --no-install vitest run'];

try {
  console.log(`Chromium: ${ensureChromium()}`);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
const spark = ensureSpark();
console.log(spark.python ? `Spark: ${spark.python}` : `Spark: ${spark.lacks}; its tests are skipped`);

// Neither needs what the other makes, and each keeps one core busy.
await both(step(BUILD), step(LINT));
await both(step(TESTS));

async function both(...steps) {
  for (const { name, status } of await Promise.all(steps)) {
    if (status === 0) continue;
    console.error(`${name} failed.`);
    process.exit(status ?? 1);
  }
}

function step([name, command]) {
  console.log(`\n${name}: ${command}`);
  const env = { ...process.env, SCOREDESK_SPARK: spark.python ?? '' };
  const child = spawn(command, { shell: true, stdio: 'inherit', env });
  return new Promise((resolve) => child.on('close', (status) => resolve({ name, status })));
}
