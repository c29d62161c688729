/**
 * Seconds of each test file, from Vitest's report, as a table of Markdown:
 *
 *   npx vitest run --reporter=json --outputFile=tests.json; npx tsx test/bench/tests.ts tests.json
 */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

interface Result {
  testResults: { name: string; startTime: number; endTime: number; assertionResults: unknown[] }[];
}

const { testResults } = JSON.parse(readFileSync(process.argv[2], 'utf8')) as Result;
const files = testResults.map(({ name, startTime, endTime, assertionResults }) => ({
  name: relative(process.cwd(), name),
  tests: assertionResults.length,
  seconds: (endTime - startTime) / 1000,
}));
const whole =
  Math.max(...testResults.map(({ endTime }) => endTime)) -
  Math.min(...testResults.map(({ startTime }) => startTime));
console.log('| file | tests | seconds |\n|---|---:|---:|');
for (const { name, tests, seconds } of files.sort((a, b) => b.seconds - a.seconds))
  console.log(`| ${name} | ${tests} | ${seconds.toFixed(1)} |`);
console.log(`| all, two files at a time | | ${(whole / 1000).toFixed(0)} |`);
