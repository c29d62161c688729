/**
 * `scoredesk features home-credit` on tables of Kaggle's full size: the small tables of test/oracles/home-credit repeated under other
 * numbers. Prints seconds, the largest memory, rows and columns.
 *
 *   npx vite build -c vite.cli.config.ts && npx tsx test/bench/features.ts FOLDER [SHARE]
 *
 * FOLDER takes 2.2 GB of CSV; SHARE of the full size (1 unless said).
 */
import { DuckDBInstance } from '@duckdb/node-api';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

const [folder, share = '1'] = process.argv.slice(2);
const SMALL = 'test/oracles/home-credit';
/** Rows of Kaggle's tables. */
const FULL = {
  application_train: 307_511,
  application_test: 48_744,
  bureau: 1_716_428,
  bureau_balance: 27_299_925,
  previous_application: 1_670_214,
  POS_CASH_balance: 10_001_358,
  installments_payments: 13_605_401,
  credit_card_balance: 3_840_312,
};
/** Of the small tables: clients, applications with an outcome, rows of each other table. */
const [CLIENTS, TRAINED, ROWS] = [80, 60, 240];

const input = join(folder, `input-${share}`);
if (!existsSync(input)) await generate();
const bytes = Object.keys(FULL).reduce((sum, name) => sum + statSync(join(input, `${name}.csv`)).size, 0);
const out = join(folder, 'features.parquet');
rmSync(out, { force: true });
const began = performance.now();
const command = spawn(
  process.execPath,
  ['bin/scoredesk.js', 'features', 'home-credit', '--input', input, '--out', out],
  {
    stdio: ['ignore', 'inherit', 'inherit'],
  },
);
let largest = 0;
const watch = setInterval(() => {
  const status = existsSync(`/proc/${command.pid}/status`)
    ? readFileSync(`/proc/${command.pid}/status`, 'utf8')
    : '';
  largest = Math.max(largest, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
}, 200);
await new Promise((resolve) => command.once('exit', resolve));
clearInterval(watch);
const seconds = (performance.now() - began) / 1000;
console.log(
  `${(bytes / 1e9).toFixed(2)} GB of CSV: ${seconds.toFixed(0)} s, ${(largest / 1e6).toFixed(1)} GB of memory at most`,
);

async function generate(): Promise<void> {
  mkdirSync(input, { recursive: true });
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const blocks = Math.ceil((FULL.application_train * Number(share)) / TRAINED);
  const credits = Math.ceil((FULL.bureau * Number(share)) / ROWS);
  for (const [name, full] of Object.entries(FULL)) {
    const small = join(SMALL, `${name}.csv`);
    const rows = Math.round(full * Number(share));
    const size =
      name === 'application_train' ? TRAINED : name === 'application_test' ? CLIENTS - TRAINED : ROWS;
    const columns = readFileSync(small, 'utf8').split('\n', 1)[0].split(',');
    const moved = columns.map((column) => {
      if (column === 'SK_ID_CURR')
        return `CAST(SK_ID_CURR AS BIGINT) + (k % ${blocks}) * ${CLIENTS} AS SK_ID_CURR`;
      if (column === 'SK_ID_BUREAU')
        return `CAST(SK_ID_BUREAU AS BIGINT) + (k % ${credits}) * ${ROWS} AS SK_ID_BUREAU`;
      return `"${column}"`;
    });
    const from = `read_csv('${small}', header = true, all_varchar = true), range(${Math.ceil(rows / size)}) AS numbers(k)`;
    await connection.run(
      `COPY (SELECT ${moved.join(', ')} FROM ${from} LIMIT ${rows}) TO '${join(input, `${name}.csv`)}' (HEADER)`,
    );
  }
  connection.closeSync();
}
