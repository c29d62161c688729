import { Command, InvalidArgumentError, Option } from 'commander';
import { once } from 'node:events';
import { mkdir, readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { PassThrough } from 'node:stream';
import { ScoredeskError } from '../core/errors';
import type { Table } from '../core/table/table';
import type { TableName } from '../features/twin/facts';
import { count, plural, say, sayProgress } from './console';
import { requireFolder, writeTableParts } from './files';
import { wholeOption } from './options';

interface Options {
  clients: number;
  seed: number;
  out: string;
  format: 'csv' | 'parquet';
  later?: string;
  firstId?: number;
}

/** Made data that are here, by what they are called on the command line. */
const TWINS = ['home-credit'] as const;

export function generateCommand(): Command {
  return new Command('generate')
    .description('Make synthetic data: tables of the shape of real ones that may not be passed on.')
    .addArgument(new Command().createArgument('<twin>', 'what they are a twin of').choices(TWINS))
    .requiredOption(
      '--clients <n>',
      'applications; one in seven has no outcome, as in the real files',
      wholeOption,
    )
    .option('--seed <n>', 'the same seed makes the same bytes', wholeOption, 1)
    .requiredOption('--out <dir>', 'folder for the eight tables; made, and empty')
    .addOption(
      new Option('--format <format>', 'how tables are written').choices(['csv', 'parquet']).default('csv'),
    )
    .option(
      '--later <month>',
      'applications of the twelve months from this one (YYYY-MM) in their place, which drift away; all with an outcome and their day in APPLIED_ON',
      monthOption,
    )
    .option('--first-id <n>', 'SK_ID_CURR of the first application', wholeOption)
    .addHelpText(
      'after',
      `
Nobody's rows: shares, ranges, gaps, correlations and keys are those of the eight tables of Home Credit Default Risk.

Example:
  scoredesk generate home-credit --clients 20000 --seed 1 --out twin
  scoredesk features home-credit --input twin --out features.parquet`,
    )
    .action(run);
}

function monthOption(text: string): string {
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(text))
    throw new InvalidArgumentError('A month is wanted, as in 2026-01.');
  return text;
}

async function run(_: string, { clients, seed, out, format, later, firstId }: Options): Promise<void> {
  // Its facts are read when somebody asks for them.
  const [{ TABLES }, { twin }] = await Promise.all([
    import('../features/twin/facts'),
    import('../features/twin/twin'),
  ]);
  const folder = resolve(out);
  await requireFolder(dirname(folder));
  await mkdir(folder, { recursive: true });
  const [there] = await readdir(folder);
  if (there !== undefined) throw new ScoredeskError('out-not-empty', { path: out, found: there });
  const writers = new Map<TableName, Writer>();
  let done = 0;
  for (const block of twin({ clients, seed, later, firstId })) {
    for (const [name, table] of block) {
      if (table.rows === 0) continue;
      const writer = writers.get(name) ?? new Writer(join(folder, `${name}.${format}`));
      writers.set(name, writer);
      await writer.add(table);
      if (name.startsWith('application')) done += table.rows;
    }
    sayProgress({ done, total: clients, unit: 'clients' });
  }
  for (const writer of writers.values()) await writer.end();
  for (const name of TABLES) {
    const writer = writers.get(name);
    if (writer) say(`${name}.${format}: ${plural(writer.rows, 'row')}`);
  }
  say(`${out}: ${plural(clients, 'client')}, seed ${count(seed)}`);
}

/** A file that is written while its parts are made: it holds few of them. */
class Writer {
  rows = 0;
  private readonly parts = new PassThrough({ objectMode: true, highWaterMark: 1 });
  private readonly written: Promise<void>;

  constructor(path: string) {
    this.written = writeTableParts(path, this.parts);
    // Told where it is waited for.
    this.written.catch(() => undefined);
  }

  /** @throws what the file says */
  async add(part: Table): Promise<void> {
    this.rows += part.rows;
    if (!this.parts.write(part)) await Promise.race([once(this.parts, 'drain'), this.written]);
  }

  async end(): Promise<void> {
    this.parts.end();
    await this.written;
  }
}
