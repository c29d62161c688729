import { Command, Option } from 'commander';
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { keptAsWritten } from '../bundle/columns';
import { memorySource } from '../bundle/memory';
import { pack } from '../bundle/pack';
import { parseTarget } from '../bundle/target';
import type { Dictionary } from '../bundle/schema';
import { openBundle } from '../engine/engine';
import { checkedRecipe, parseRecipe, type Recipe } from '../engine/lab/recipe';
import { TEMPLATES } from '../engine/lab/templates';
import { RUN_FILE, runFile } from '../engine/lab/runFile';
import { train, type Run, type TrainInput } from '../engine/lab/train';
import type { LabWarning } from '../engine/lab/warnings';
import { onnxRuntime } from '../engine/runtime';
import { verifyBundle } from '../engine/verify';
import { algorithmTexts } from '../i18n/bundleTexts';
import { version } from '../../package.json';
import { reportLines } from './check';
import { count, plural, print, say, sayProgress } from './console';
import { sayFindings } from './findings';
import { readBytes, readTableFile, writeFolder } from './files';
import { fitters, type Fitters } from './fitters';
import { keptSearch } from './keptSearch';
import { identifierOption, CURRENT_ON_USE, wholeOption } from './options';
import { readDictionary } from './pack';

interface Options {
  data: string;
  target: string;
  labelledOnly?: boolean;
  id?: string;
  test?: string;
  clients?: string;
  current?: string;
  referenceRows?: number;
  currentOnUse?: boolean;
  recipe?: string;
  template?: string;
  resume?: string;
  workers?: number;
  dictionary?: string;
  bundleId?: string;
  bundleVersion?: string;
  title?: string;
  out: string;
}

/** 3.2 GB of doubles; learning takes three times that (test/bench/features.md). */
const MOST_CELLS = 400_000_000;

/** What the app reads of a part without waiting for long; more need not be kept to compare with. */
const MOST_KEPT_CELLS = 100_000_000;

const HELP = `
A recipe, every part of which may be left out (these are the defaults but for steps and search):
  {
    "seed": 1,
    "split": {"test": 0.2},                      or {"test": 0.2, "time": "column"}: the latest rows,
                                                 or {"given": {"column": "part", "value": "test"}}
    "folds": 5,
    "leaveOut": [],                              "weights": "column": how much each row counts
    "steps": [
      {"kind": "dropMissing", "over": 0.5}, {"kind": "dropConstant", "share": 1},
      {"kind": "dropCorrelated", "over": 0.9, "keep": "associated"},
      {"kind": "dropWeak", "by": "informationValue", "below": 0.02},   or etaSquared of numbers, cramersV of categories
      {"kind": "impute", "with": "median"},      mean, median, min, max, mostFrequent, constant
      {"kind": "clip", "from": 0.01, "to": 0.99},
      {"kind": "scale", "with": "standard"},     minMax, standard, robust, power
      {"kind": "oneHot", "most": 100}
      {"kind": "neighbours", "neighbours": 5}    fills gaps of numbers; {"kind": "pca", "share": 0.95} in their place
    ],
    "learner": {"kind": "boosting", "params": {"trees": 100, "learningRate": 0.1, "leaves": 31}},
                                                 or forest, logistic {"c", "l1Share"}, scorecard {"c"}, dummy
    "imbalance": "none",                         or balanced, or {"kind": "smote", "neighbours": 5}
    "search": {"kind": "tpe", "trials": 50, "metric": "logLoss", "rowShare": 1, "params": {
      "learningRate": {"min": 0.01, "max": 0.3, "scale": "log"}, "leaves": [7, 15, 31, 63]}},
                                                 or grid ({"min", "max", "n"}), random; auc, brier, objective
    "calibration": "none",                       platt, isotonic: by the scores of cross-validation
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
    .option(
      '--labelled-only',
      'rows without an outcome are clients of the bundle; nothing is learned from them',
    )
    .option('--id <column>', 'the column that names a row; left out, rows are numbered')
    .option('--test <file>', 'rows that no step may see; left out, some of the data are kept aside')
    .option('--clients <file>', 'whom the bundle shows; left out, all rows, or those of --test')
    .option(
      '--current <file>',
      'later rows, to compare with the reference; the column of role time tells when',
    )
    .option(
      '--reference-rows <n>',
      'training rows that the bundle keeps to compare with, drawn by lot; all, to 100 million cells',
      wholeOption,
    )
    .option('--recipe <file>', 'how to train, in JSON')
    .addOption(
      new Option('--template <name>', 'a recipe that is here already, in place of a file')
        .choices(Object.keys(TEMPLATES))
        .conflicts('recipe'),
    )
    .option('--resume <file>', 'keeps what a search has tried, and goes on from what is kept there')
    .option('--workers <n>', 'threads that fit models side by side; as many as help', wholeOption)
    .option(
      '--dictionary <file>',
      'labels, types, levels, monotone directions …: a partial bundle.json, or a .csv',
    )
    .option(...CURRENT_ON_USE)
    .option('--bundle-id <id>', 'id of the bundle', identifierOption)
    .option('--bundle-version <version>', 'version of the bundle', identifierOption)
    .option('--title <text>', 'title of the bundle')
    .requiredOption('--out <dir>', 'directory to write')
    .addHelpText('after', HELP)
    .action(run);
}

async function run(options: Options): Promise<void> {
  const began = performance.now();
  const recipe = await readRecipe(options);
  const dictionary: Dictionary =
    options.dictionary === undefined ? {} : await readDictionary(options.dictionary);
  const id = options.id ?? null;
  const asWritten = keptAsWritten(dictionary.columns ?? [], id ?? '');
  const bytes = await readBytes(options.data);
  const other = (path: string | undefined) =>
    path === undefined ? undefined : readTableFile(path, asWritten);
  const table = await readTableFile(options.data, asWritten, MOST_CELLS);
  const input = {
    table,
    test: await other(options.test),
    clients: await other(options.clients),
    current: await other(options.current),
    target: parseTarget(options.target),
    labelledOnly: options.labelledOnly,
    id,
    dictionary,
    recipe,
  };
  say(`${plural(table.rows, 'row')} of ${basename(options.data)}`);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const kept = options.resume === undefined ? null : await keptSearch(options.resume, { recipe, sha256 });
  const { run: found, bundle } = await withFitters(options.workers, (fitter) =>
    untilInterrupted(recipe, (enough) =>
      train({
        ...input,
        fitter,
        enough,
        resume: kept?.tried,
        onTried: kept?.keep,
        progress: sayProgress,
      }),
    ),
  );
  for (const warning of found.warnings) say(`Warning: ${warningText(warning)}`);
  const packed = await pack({
    ...bundle,
    referenceRows:
      options.referenceRows ?? Math.floor(MOST_KEPT_CELLS / (bundle.reference?.columns.size ?? 1)),
    currentOnUse: options.currentOnUse,
    id: options.bundleId,
    version: options.bundleVersion,
    title: options.title,
    describe: await algorithmTexts(),
    runtime: onnxRuntime,
  });
  sayFindings(packed.findings);
  const engine = await openBundle(memorySource(options.out, packed.files));
  const report = await verifyBundle(engine);
  const facts = {
    scoredesk: version,
    data: { file: basename(options.data), rows: table.rows, sha256 },
    timings: {
      at: new Date(performance.timeOrigin + began).toISOString(),
      seconds: Math.round(performance.now() - began) / 1000,
      memory: process.memoryUsage().rss,
    },
  };
  const files = new Map([...packed.files, [RUN_FILE, runFile(found, facts)]]);
  await writeFolder(options.out, files);
  for (const line of reportLines(report)) say(line);
  if (!engine.onnx.model)
    say(
      'Only onnxruntime can read this model (neighbours, pca before trees, isotonic): explanations are sampled.',
    );
  for (const line of figureLines(found)) print(line);
  if (found.threshold.refusesNobody)
    say('Warning: at these costs refusing nobody is best; give the costs of both mistakes in the recipe.');
  if (found.search) print(searchLine(found.search));
  say(
    `${options.out}: ${packed.manifest.id}@${packed.manifest.version}, fingerprint ${engine.fingerprint.slice(0, 12)}`,
  );
}

async function readRecipe({ recipe, template }: Options): Promise<Recipe> {
  if (recipe !== undefined) return parseRecipe(await readBytes(recipe));
  return checkedRecipe(template === undefined ? {} : TEMPLATES[template]);
}

/** Runs work with threads that fit for it, and ends them. */
async function withFitters<T>(
  count: number | undefined,
  work: (fitter: TrainInput['fitter']) => Promise<T>,
): Promise<T> {
  let started: Fitters | null = null;
  try {
    return await work((rows, local) => (started = fitters(rows, count)) ?? local);
  } finally {
    await (started as Fitters | null)?.end();
  }
}

/** The first Ctrl-C ends a search with the best that it has; the second one ends the command. */
async function untilInterrupted<T>(
  { search }: Recipe,
  work: (enough: () => boolean) => Promise<T>,
): Promise<T> {
  let isEnough = false;
  const interrupt = (): void => {
    isEnough = true;
    say('\nStopping after this candidate, with the best so far; again to end at once.');
  };
  if (search) process.once('SIGINT', interrupt);
  try {
    return await work(() => isEnough);
  } finally {
    process.off('SIGINT', interrupt);
  }
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
