import { Command } from 'commander';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ScoredeskError } from '../core/errors';
import { buildFeatures, planned, type BuildTask, type Part } from '../features/build';
import type { Connector } from '../features/connector';
import { parseManifest, type Manifest } from '../features/manifest';
import { recognise, type Recognised } from '../features/recognise';
import { count, plural, say, sayProgress } from './console';
import { duckdbConnector } from './duckdb';
import { readBytes } from './files';
import { inputTables } from './inputTables';
import { outOption } from './options';

interface Options {
  input: string;
  sql?: string;
  out: string;
}

/** SQL that is here already, by what it is called on the command line. */
const SETS = ['home-credit', 'home-credit-extended'] as const;
/** Beside package.json. */
const SQL = fileURLToPath(new URL('../sql/', import.meta.url));

export function featuresCommand(): Command {
  return new Command('features')
    .description('Make a table of features, a row a client, of raw tables by SQL files (DuckDB runs them).')
    .argument('[set]', `SQL that is here: ${SETS.join(', ')}`)
    .option('--sql <dir>', 'SQL files of your own, with their manifest.json')
    .requiredOption('--input <dir>', 'raw tables (.csv, .csv.gz, .parquet, or a .zip of these)')
    .requiredOption('--out <file>', 'table to write (.parquet, .csv)', outOption('.parquet', '.csv'))
    .addHelpText(
      'after',
      `
Files are recognised by their columns, whatever they are called. What can be made without a table that is not there is made.
A run that was stopped goes on after the last family that it ended.

SQL of your own: a folder of files, each a SELECT with a row a client, and manifest.json:
  {"key": "client_id",
   "tables": {"loans": {"client_id": "BIGINT", "amount": "DOUBLE", "purpose": "VARCHAR"}},
   "families": [{"name": "clients", "needs": ["loans"]}, {"name": "history"}]}
makes of clients.sql and history.sql one table: the first says who is in it, the others are joined to it by the key.
"tablesOf": "../other/manifest.json" takes the tables of another one.

Example:
  scoredesk features home-credit --input home-credit-default-risk --out features.parquet`,
    )
    .action(run);
}

async function run(set: string | undefined, options: Options, command: Command): Promise<void> {
  if ((set === undefined) === (options.sql === undefined))
    command.error(`error: either ${SETS.join(' or ')}, or --sql <dir>`);
  if (set !== undefined && !SETS.includes(set as (typeof SETS)[number]))
    command.error(`error: there is no set ${set}: ${SETS.join(', ')}`);
  const folder = options.sql ?? join(SQL, set as string);
  const manifest = await parseManifest(await readBytes(join(folder, 'manifest.json')), (path) =>
    readBytes(join(folder, path)),
  );
  const out = resolve(options.out);
  if (!(await stat(dirname(out)).catch(() => null))?.isDirectory())
    throw new ScoredeskError('folder-missing', { path: dirname(options.out) });
  // What a stopped run has ended is kept here.
  const work = `${out}.parts`;
  const unzipped = join(work, 'unzipped');
  await mkdir(unzipped, { recursive: true });
  const connector = await duckdbConnector(work);
  try {
    const found = await tablesOf(connector, manifest, await inputTables(options.input, unzipped));
    sayFound(manifest, found);
    await build(connector, manifest, found, { folder, input: options.input, work, out });
  } finally {
    connector.close();
  }
  await rm(work, { recursive: true, force: true });
}

/** Which file is which table. */
async function tablesOf(
  connector: Connector,
  manifest: Manifest,
  paths: readonly string[],
): Promise<Recognised> {
  const files = [];
  for (const path of paths) files.push(await connector.describe(path));
  return recognise(manifest, files);
}

function sayFound({ tables }: Manifest, found: Recognised): void {
  for (const [name, { file, absent, extra }] of found.tables) {
    say(`${basename(file.path)}: ${name}`);
    if (absent.length) say(`  lacks ${absent.join(', ')}: empty in all rows`);
    if (extra.length) say(`  not used: ${extra.join(', ')}`);
  }
  for (const path of found.others)
    say(`${basename(path)}: none of the tables (${Object.keys(tables).join(', ')})`);
}

interface Places {
  folder: string;
  input: string;
  work: string;
  out: string;
}

async function build(
  connector: Connector,
  manifest: Manifest,
  found: Recognised,
  { folder, input, work, out }: Places,
): Promise<void> {
  const { made, left } = planned(manifest, found);
  const [first] = manifest.families;
  if (!made.includes(first))
    throw new ScoredeskError('features-none', { folder: input, wanted: first.needs.join(', ') });
  for (const { family, lacks } of left) say(`Without ${lacks} there are no columns of ${family.name}.sql.`);
  const parts: Part[] = [];
  for (const family of made) {
    const sql = new TextDecoder()
      .decode(await readBytes(join(folder, `${family.name}.sql`)))
      .replace(/;\s*$/, '');
    parts.push({ family, sql, path: join(work, `${family.name}.parquet`) });
  }
  const began = performance.now();
  const partial = join(work, `joined${out.endsWith('.csv') ? '.csv' : '.parquet'}`);
  const task = buildTask(await fingerprintOf(found));
  const { rows, columns } = await buildFeatures(connector, manifest, found, parts, partial, task);
  await rename(partial, out);
  say(`${out}: ${plural(rows, 'row')}, ${count(columns)} columns, ${secondsSince(began)}`);
}

const secondsSince = (began: number): string => `${((performance.now() - began) / 1000).toFixed(1)} s`;

/** What the tables are: another one has another time or size. */
async function fingerprintOf({ tables }: Recognised): Promise<string> {
  const all = await Promise.all(
    [...tables].map(async ([name, { file }]) => {
      const { size, mtimeMs } = await stat(file.path);
      // A zip's tables are taken out anew by each run.
      const time = dirname(file.path).endsWith('unzipped') ? 0 : mtimeMs;
      return [name, basename(file.path), size, time];
    }),
  );
  return JSON.stringify(all);
}

function buildTask(tables: string): BuildTask {
  let began = 0;
  const keyOf = ({ sql }: Part): string => createHash('sha256').update(`${tables}\n${sql}`).digest('hex');
  const keyFile = ({ path }: Part): string => `${path}.key`;
  return {
    isKept: async (part) => (await readFile(keyFile(part), 'utf8').catch(() => '')) === keyOf(part),
    keep: (part) => writeFile(keyFile(part), keyOf(part)),
    begins: (family, isKept) => {
      began = performance.now();
      if (isKept) say(`${family}: as it was made before`);
    },
    progress: (done, total) => sayProgress({ done: Math.min(done, total - 1), total, unit: 'rows' }),
    ended: (family, rows) => say(`${family}: ${plural(rows, 'row')}, ${secondsSince(began)}`),
  };
}
