/**
 * Everything that must hold, from a clean checkout after `npm ci`: Chromium is there, the app and
 * the command build, the code is tidy, and all tests pass.
 */
import { spawnSync } from 'node:child_process';
import { ensureChromium } from './chromium.mjs';
import { ensureSpark } from './spark.mjs';

const STEPS = [
  ['Building', 'npm run --silent build'],
  ['Linting', 'npm run --silent lint'],
  ['Testing', 'npx --no-install vitest run'],
];

try {
  console.log(`Chromium: ${ensureChromium()}`);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
const spark = ensureSpark();
console.log(spark.python ? `Spark: ${spark.python}` : `Spark: ${spark.lacks}; its tests are skipped`);
for (const [name, command] of STEPS) {
  console.log(`\n${name}: ${command}`);
  const { status } = spawnSync(command, {
    shell: true,
    stdio: 'inherit',
    env: { ...process.env, SCOREDESK_SPARK: spark.python ?? '' },
  });
  if (status !== 0) {
    console.error(`${name} failed.`);
    process.exit(status ?? 1);
  }
}
