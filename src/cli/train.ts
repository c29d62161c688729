import { Command } from 'commander';
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { keptAsWritten } from '../bundle/columns';
import { memorySource } from '../bundle/memory';
import { pack } from '../bundle/pack';
import { parseTarget } from '../bundle/target';
import type { Dictionary } from '../bundle/schema';
import { openBundle } from '../engine/engine';
import { checkedRecipe, parseRecipe } from '../engine/lab/recipe';
import { train, type Run } from '../engine/lab/train';
import type { LabWarning } from '../engine/lab/warnings';
import { onnxRuntime } from '../engine/runtime';
import { verifyBundle } from '../engine/verify';
import { algorithmTexts } from '../i18n/algorithm';
import { version } from '../../package.json';
import { reportLines } from './check';
import { count, plural, print, say, sayProgress } from './console';
import { sayFindings } from './findings';
import { readBytes, readTableFile, RUN_FILE, writeFolder } from './files';
import { identifierOption } from './options';
import { readDictionary } from './pack';

interface Options {
  data: string;
  target: string;
  id?: string;
  test?: string;
  recipe?: string;
  dictionary?: string;
  bundleId?: string;
  bundleVersion?: string;
  title?: string;
  out: string;
}

const HELP = `
A recipe, every part of which may be left out (these are the defaults but for steps and search):
  {
    "seed": 1,
    "split": {"test": 0.2},                      or {"test": 0.2, "time": "column"}: the latest rows
    "folds": 5,
    "leaveOut": [],
    "steps": [
      {"kind": "dropMissing", "over": 0.5}, {"kind": "dropConstant", "share": 1},
      {"kind": "dropCorrelated", "over": 0.9, "keep": "associated"}, {"kind": "dropWeak", "below": 0.02},
      {"kind": "impute", "with": "median"},      mean, median, min, max, mostFrequent, constant
      {"kind": "clip", "from": 0.01, "to": 0.99},
      {"kind": "scale", "with": "standard"},     minMax, standard, robust, power
      {"kind": "oneHot", "most": 100}
    ],
    "learner": {"kind": "boosting", "params": {"trees": 100, "learningRate": 0.1, "leaves": 31}},
                                                 or forest, logistic {"c", "l1Share"}, scorecard {"c"}, dummy
    "imbalance": "none",                         or balanced, or {"kind": "smote", "neighbours": 5}
    "search": {"kind": "tpe", "trials": 50, "metric": "logLoss", "rowShare": 1, "params": {
      "learningRate": {"min": 0.01, "max": 0.3, "scale": "log"}, "leaves": [7, 15, 31, 63]}},
                                                 or grid ({"min", "max", "n"}), random; auc, brier, objective
    "calibration": "none",                       or platt
    "threshold": {"costs": {"kind": "count", "falseNegative": 10, "falsePositive": 1}, "reviewMargin": 0.05}
  }                                              or {"kind": "amount", "column", "loss", "margin"}, or {"fBeta": 3}

Example:
  scoredesk train --data demo/german-credit/german-credit.csv --id client_id \\
    --target class=bad --recipe recipe.json --out my-model`;

export function trainCommand(): Command {
  return new Command('train')
    .description('Train a model on a table with outcomes: a bundle and run.json.')
    .requiredOption('--data <file>', 'rows with outcomes (.csv, .parquet, .json, .jsonl)')
    .requiredOption('--target <column[=value]>', 'the outcome; the value that means default, unless it is 1')
    .option('--id <column>', 'the column that names a row; left out, rows are numbered')
    .option('--test <file>', 'rows that no step may see; left out, some of the data are kept aside')
    .option('--recipe <file>', 'how to train, in JSON')
    .option(
      '--dictionary <file>',
      'labels, types, levels, monotone directions …: a partial bundle.json, or a .csv',
    )
    .option('--bundle-id <id>', 'id of the bundle', identifierOption)
    .option('--bundle-version <version>', 'version of the bundle', identifierOption)
    .option('--title <text>', 'title of the bundle')
    .requiredOption('--out <dir>', 'directory to write')
    .addHelpText('after', HELP)
    .action(run);
}

async function run(options: Options): Promise<void> {
  const began = performance.now();
  const recipe =
    options.recipe === undefined ? checkedRecipe({}) : parseRecipe(await readBytes(options.recipe));
  const dictionary: Dictionary =
    options.dictionary === undefined ? {} : await readDictionary(options.dictionary);
  const id = options.id ?? null;
  const asWritten = keptAsWritten(dictionary.columns ?? [], id ?? '');
  const bytes = await readBytes(options.data);
  const table = await readTableFile(options.data, asWritten);
  const test = options.test === undefined ? undefined : await readTableFile(options.test, asWritten);
  say(`${plural(table.rows, 'row')} of ${basename(options.data)}`);
  const { run: found, bundle } = await train({
    table,
    test,
    target: parseTarget(options.target),
    id,
    dictionary,
    recipe,
    progress: sayProgress,
  });
  for (const warning of found.warnings) say(`Warning: ${warningText(warning)}`);
  const packed = await pack({
    ...bundle,
    id: options.bundleId,
    version: options.bundleVersion,
    title: options.title,
    describe: await algorithmTexts(),
    runtime: onnxRuntime,
  });
  sayFindings(packed.findings);
  const engine = await openBundle(memorySource(options.out, packed.files));
  const report = await verifyBundle(engine);
  const json = JSON.stringify(
    {
      ...found,
      scoredesk: version,
      data: {
        file: basename(options.data),
        rows: table.rows,
        sha256: createHash('sha256').update(bytes).digest('hex'),
      },
      timings: { seconds: Math.round(performance.now() - began) / 1000, memory: process.memoryUsage().rss },
    },
    null,
    2,
  );
  const files = new Map([...packed.files, [RUN_FILE, new TextEncoder().encode(`${json}\n`)]]);
  await writeFolder(options.out, files);
  for (const line of reportLines(report)) say(line);
  for (const line of figureLines(found)) print(line);
  if (found.threshold.refusesNobody)
    say('Warning: at these costs refusing nobody is best; give the costs of both mistakes in the recipe.');
  if (found.search) print(searchLine(found.search));
  say(
    `${options.out}: ${packed.manifest.id}@${packed.manifest.version}, fingerprint ${engine.fingerprint.slice(0, 12)}`,
  );
}

function warningText({ kind, column, found }: LabWarning): string {
  switch (kind) {
    case 'leak':
      return `${column} tells the outcome nearly alone (AUC ${found.toFixed(3)}): does it hold what is known only afterwards?`;
    case 'id':
      return `${column} is another in each row, as an id is: leave it out of the recipe, or name it with --id.`;
    case 'unused':
      return `${column} holds free text or dates: nothing is learned from it.`;
  }
}

/** What a reader looks at first. */
function figureLines({ rows, metrics, baseline, threshold, rounds }: Run): string[] {
  const figures = (name: string, { auc, logLoss, brier, cost }: Run['baseline']): string =>
    `${name.padEnd(28)} ${[auc, logLoss, brier, cost].map((x) => x.toFixed(4).padStart(9)).join('')}`;
  const interval = threshold.interval ? ` (${threshold.interval.map((x) => x.toFixed(3)).join(' to ')})` : '';
  return [
    `${''.padEnd(28)} ${['AUC', 'log loss', 'Brier', 'cost'].map((name) => name.padStart(9)).join('')}`,
    figures(`${count(rows.test)} test rows`, metrics.test),
    figures('  the share of defaults', baseline),
    figures('cross-validation', metrics.cv),
    figures(`${count(rows.train)} training rows`, metrics.train),
    `threshold ${threshold.threshold}${interval}, to review from ${threshold.reviewFrom}; ${plural(rounds, 'round')}`,
  ];
}

const searchLine = ({ tried, best: { params, value, error } }: NonNullable<Run['search']>): string =>
  `best of ${plural(tried.length, 'candidate')}: ${Object.entries(params)
    .map(([name, own]) => `${name} ${typeof own === 'number' ? Number(own.toPrecision(4)) : own}`)
    .join(', ')} (${value.toFixed(4)} ± ${error.toFixed(4)})`;
