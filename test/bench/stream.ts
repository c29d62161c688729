/**
 * Time and memory of `scoredesk score` and `explain` on tables that do not fit: the demo's clients again and again. Run after
 * `npm run build:cli` (part of `npm run build`):
 *
 *   npx tsx test/bench/stream.ts > test/bench/stream.md
 */
import { spawn } from 'node:child_process';
import { createWriteStream, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { lines } from '../support/large';

const BUNDLE = 'public/bundles/german-credit';
const folder = mkdtempSync(join(tmpdir(), 'scoredesk-stream-'));
/** Greatest resident memory of a process, looked at while it runs, in MB. */
function peakOf(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

async function run(...args: string[]): Promise<{ seconds: number; peak: number }> {
  const began = performance.now();
  const child = spawn(process.execPath, ['bin/scoredesk.js', ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  let peak = 0;
  const looking = setInterval(() => (peak = Math.max(peak, peakOf(child.pid ?? 0))), 50);
  const code = await new Promise((resolve) => child.on('exit', resolve));
  clearInterval(looking);
  if (code !== 0) throw new Error(`scoredesk ${args.join(' ')} ended with ${String(code)}`);
  return { seconds: (performance.now() - began) / 1000, peak };
}

const rows: string[] = [];
async function note(what: string, count: number, ...args: string[]): Promise<void> {
  const { seconds, peak } = await run(...args);
  const row = `| ${what} | ${count.toLocaleString('en')} | ${seconds.toFixed(0)} s | ${Math.round(count / seconds).toLocaleString('en')} | ${Math.round(peak)} MB |`;
  console.error(row);
  rows.push(row);
}

const wanted = process.argv.slice(2).map(Number);
for (const count of wanted.length ? wanted : [100_000, 1_000_000, 10_000_000]) {
  const [data, out] = [join(folder, 'rows.csv'), join(folder, 'out.csv')];
  await pipeline(Readable.from(lines(count)), createWriteStream(data));
  const size = `CSV of ${Math.round(statSync(data).size / 1e6)} MB`;
  await note(`score, ${size}`, count, 'score', BUNDLE, '--data', data, '--out', out);
  if (count <= 1_000_000) {
    await note(
      'explain (path) to Parquet',
      count,
      'explain',
      BUNDLE,
      '--data',
      data,
      '--out',
      `${out}.parquet`,
    );
  }
  rmSync(data);
}
rmSync(folder, { recursive: true });
console.log(`# Tables that do not fit into memory

By \`npx tsx test/bench/stream.ts\`, Node ${process.versions.node}, one thread: the demo's model (LightGBM, 240 trees, 18 inputs), the demo's clients again and again. The whole command: reading the file twice, comparing it with the training, scoring by onnxruntime-web, writing.

| what | rows | time | rows a second | memory at most |
| --- | ---: | ---: | ---: | ---: |
${rows.join('\n')}`);
