import { Command } from 'commander';
import { basename } from 'node:path';
import type { Costs } from '../core/decision/cost';
import { hasCode, ScoredeskError } from '../core/errors';
import { keptAsWritten } from '../bundle/columns';
import { columnsAsWritten } from '../core/onnx/read';
import { readDictionaryCsv } from '../bundle/dictionaryCsv';
import { memorySource } from '../bundle/memory';
import { pack, type Packed } from '../bundle/pack';
import type { PackInput } from '../bundle/packPlan';
import type { Dictionary } from '../bundle/schema';
import { parseTarget } from '../bundle/target';
import { parseDictionary } from '../bundle/validate';
import { openBundle } from '../engine/engine';
import { onnxRuntime } from '../engine/runtime';
import { verifyBundle } from '../engine/verify';
import { algorithmTexts } from '../i18n/bundleTexts';
import { localText, translate } from '../i18n/translate';
import { count, LOCALE, plural, say } from './console';
import { reportLines } from './check';
import { requireFindings, STRICT } from './findings';
import { readBytes, readTableFile, writeFolder } from './files';
import { costOption, identifierOption, CURRENT_ON_USE, probabilityOption } from './options';

interface Options {
  model: string;
  clients: string;
  id: string;
  reference?: string;
  test?: string;
  current?: string;
  currentOnUse?: boolean;
  target?: string;
  features?: string;
  expected?: string;
  threshold?: number;
  cost?: Costs;
  dictionary?: string;
  bundleId?: string;
  bundleVersion?: string;
  title?: string;
  strict?: boolean;
  out: string;
}

export function packCommand(): Command {
  return new Command('pack')
    .description('Make a bundle from a model and tables (.csv, .parquet, .json, .jsonl).')
    .requiredOption('--model <file>', 'the ONNX model, with probabilities')
    .requiredOption('--clients <file>', 'the clients to score')
    .requiredOption('--id <column>', 'the column that names a client')
    .option('--reference <file>', 'the labelled rows that trained the model')
    .option('--test <file>', 'labelled rows that the model never saw')
    .option(
      '--current <file>',
      'later rows, to compare with the reference; the column of role time tells when',
    )
    .option('--target <column[=value]>', 'the outcome; the value that means default, unless it is 1')
    .option(
      '--features <a,b or file>',
      "the model's columns in its order: names, a JSON list, or a name a line",
    )
    .option('--expected <file>', "the library's predictions: the id column and `probability`")
    .option('--threshold <p>', 'refused from this probability on', probabilityOption)
    .option('--cost <fn=10,fp=1>', 'cost of a default accepted and of a good client refused', costOption)
    .option(
      '--dictionary <file>',
      'labels, levels, reasons …: a partial bundle.json, or a .csv with a row a column',
    )
    .option(...CURRENT_ON_USE)
    .option('--bundle-id <id>', 'id of the bundle', identifierOption)
    .option('--bundle-version <version>', 'version of the bundle', identifierOption)
    .option('--title <text>', 'title of the bundle')
    .option(...STRICT)
    .requiredOption('--out <dir>', 'directory to write')
    .addHelpText(
      'after',
      `
Example:
  scoredesk pack --model model.onnx --clients clients.csv --id client_id \\
    --reference train.csv --test test.csv --target class=bad --threshold 0.18 --out my-bundle`,
    )
    .action(run);
}

async function run(options: Options): Promise<void> {
  const packed = await pack(await readInput(options));
  const { manifest, files } = packed;
  sayInferred(packed, options);
  requireFindings(packed.findings, options.strict ?? false);
  const engine = await openBundle(memorySource(options.out, files));
  if (engine.runtimeFailure) throw new ScoredeskError('runtime-failed', { reason: engine.runtimeFailure });
  const report = await verifyBundle(engine);
  await writeFolder(options.out, files);
  for (const line of reportLines(report)) say(line);
  say(`${options.out}: ${manifest.id}@${manifest.version}, fingerprint ${engine.fingerprint.slice(0, 12)}`);
}

async function readInput(options: Options): Promise<PackInput> {
  const dictionary = options.dictionary === undefined ? undefined : await readDictionary(options.dictionary);
  const model = await readBytes(options.model);
  const asWritten = [...keptAsWritten(dictionary?.columns ?? [], options.id), ...columnsAsWritten(model)];
  const table = (path: string | undefined) =>
    path === undefined ? undefined : readTableFile(path, asWritten);
  const features = options.features === undefined ? undefined : await readFeatures(options.features);
  if (features?.includes(options.id))
    say(`Warning: the id column ${options.id} is also a feature of the model.`);
  return {
    model,
    clients: await readTableFile(options.clients, asWritten),
    idColumn: options.id,
    reference: await table(options.reference),
    test: await table(options.test),
    current: await table(options.current),
    currentOnUse: options.currentOnUse,
    target: options.target === undefined ? undefined : parseTarget(options.target),
    features,
    expected: await table(options.expected),
    threshold: options.threshold,
    costs: options.cost,
    dictionary,
    id: options.bundleId,
    version: options.bundleVersion,
    title: options.title,
    describe: await algorithmTexts(),
    runtime: onnxRuntime,
    progress: (step) => say(translate(LOCALE, `make.step.${step}`)),
  };
}

/** JSON, or a table with one row a column. */
export async function readDictionary(path: string): Promise<Dictionary> {
  const bytes = await readBytes(path);
  return /\.csv$/i.test(path) ? readDictionaryCsv(bytes, basename(path)) : parseDictionary(bytes);
}

/** Feature names: a file that holds a JSON list or a name a line, else names with commas. */
async function readFeatures(text: string): Promise<string[]> {
  const bytes = await readBytes(text).catch((error: unknown) => {
    if (hasCode(error, 'file-not-found')) return null;
    throw error;
  });
  if (!bytes) return text.split(',').map((name) => name.trim());
  const content = new TextDecoder().decode(bytes).trim();
  if (!content.startsWith('[')) return content.split(/\r?\n/).map((line) => line.trim());
  const list = parseList(content);
  if (Array.isArray(list) && list.every((name) => typeof name === 'string')) return list;
  throw new ScoredeskError('json-unreadable', { file: text, reason: 'not a list of names' });
}

function parseList(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return null;
  }
}

function sayInferred({ manifest, files, leftOut }: Packed, options: Options): void {
  if (leftOut.length) say(`Left out, as an index: ${leftOut.join(', ')}`);
  const features = manifest.columns.filter((column) => column.role === 'feature');
  const of = (type: string) => features.filter((column) => column.type === type).length;
  say(
    `Model: ${localText(manifest.model.algorithm, LOCALE, '')}; ${plural(features.length, 'feature')} (${of('category')} categories)`,
  );
  const parts = (['clients', 'reference', 'test'] as const).filter((part) => manifest.data[part]);
  say(`Rows: ${parts.map((part) => `${part} ${count(manifest.data[part]?.files[0].rows ?? 0)}`).join(', ')}`);
  const { threshold, reviewFrom } = manifest.decision;
  const said = options.threshold !== undefined || options.dictionary !== undefined;
  say(
    `Threshold: ${threshold}${reviewFrom === undefined ? '' : `, to review from ${reviewFrom}`}${said ? '' : ' (none was given)'}`,
  );
  const covers = manifest.model.covers;
  if (covers?.from === 'clients')
    say('No --reference: covers are counted on the clients, so explanations compare with them.');
  if (!options.expected) say('No --expected: the scores to reproduce are this command’s own.');
  const bytes = [...files.values()].reduce((sum, file) => sum + file.length, 0);
  say(`Size: ${count(bytes)} bytes in ${plural(files.size, 'file')}`);
}
