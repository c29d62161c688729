import { Command, InvalidArgumentError, Option } from 'commander';
import { ScoredeskError } from '../core/errors';
import { timesOf, PERIODS, type Chunking, type Period } from '../core/drift/chunks';
import { compareTables, type Comparison, type CompareOptions } from '../core/drift/compare';
import type { Costs, Scored } from '../core/drift/performance';
import type { Preset } from '../core/drift/types';
import { nearestName } from '../core/table/nearest';
import type { TableSource } from '../core/table/source';
import { distinctTexts, textAt, type Column } from '../core/table/table';
import { parseTarget, targetOf, type Target } from '../bundle/target';
import { datasetText } from '../report/driftWords';
import { driftCsv } from '../report/driftCsv';
import { driftHtml } from '../report/driftHtml';
import { driftJson } from '../report/driftJson';
import { driftRows } from '../report/driftSummary';
import { LOCALE, plural, say, sayProgress } from './console';
import { openTableFile, writeWhole } from './files';

const PRESETS = ['evidently', 'nannyml', 'psi'] as const;
/** NannyML's usual name of the decisions. */
const DECISIONS = 'y_pred';

interface Options {
  reference: string;
  current: string;
  preset: Preset;
  columns?: string[];
  id?: string;
  chunk?: Chunking;
  time?: string;
  prediction?: string;
  decision?: string;
  threshold: number;
  target?: string;
  cost: Costs;
  out: string;
}

export function driftCommand(): Command {
  return new Command('drift')
    .description('Compare two tables column by column; with scores and labels also estimate performance.')
    .requiredOption('--reference <file>', 'the table to compare with, such as the training rows')
    .requiredOption('--current <file>', 'the table to look at')
    .addOption(
      new Option('--preset <name>', 'whose tests and thresholds').choices(PRESETS).default('evidently'),
    )
    .option('--columns <a,b>', 'only these columns', namesOption)
    .option('--id <column>', 'the id: not compared, looked at for repeats')
    .option('--chunk <rows>', `rows a chunk; /N for N chunks; or ${PERIODS.join(', ')}`, chunkOption)
    .option('--time <column>', 'when a row was made: chunks follow it')
    .option('--prediction <column>', 'probability of default: performance is estimated from it')
    .option('--decision <column>', `1 where refused; ${DECISIONS} if there is one, else from the threshold`)
    .option('--threshold <p>', 'refused from this probability on', probabilityOption, 0.5)
    .option(
      '--target <column[=value]>',
      'the outcome, in the reference at least; 1 or the value that means default',
    )
    .option('--cost <fn=..,fp=..>', 'costs of a default accepted and of a repayer refused', costOption, {
      fn: 1,
      fp: 1,
    })
    .requiredOption('--out <file>', '.json, .html or .csv; - is JSON on stdout')
    .addHelpText(
      'after',
      `
Example:
  scoredesk drift --reference demo/german-credit/reference.csv --current demo/german-credit/current.csv \\
    --preset psi --id client_id --time applied_on --chunk month --out -`,
    )
    .action(run);
}

/** Names between commas; one with a comma stands in double quotes. */
function namesOption(text: string): string[] {
  const found = [...text.matchAll(/\s*(?:"([^"]*)"|([^,]+))\s*(?:,|$)/g)].map(
    ([, quoted, bare]) => quoted ?? bare.trim(),
  );
  if (found.length === 0) throw new InvalidArgumentError('Names of columns are wanted, as in a,b.');
  return found;
}

function chunkOption(text: string): Chunking {
  if (/^[1-9]\d*$/.test(text)) return { size: Number(text) };
  if (/^\/[1-9]\d*$/.test(text)) return { number: Number(text.slice(1)) };
  if (PERIODS.includes(text as Period)) return { period: text as Period };
  throw new InvalidArgumentError(`Rows (500), a number of chunks (/10) or ${PERIODS.join(', ')} is wanted.`);
}

function probabilityOption(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < 1)) throw new InvalidArgumentError('A probability between 0 and 1 is wanted.');
  return value;
}

function costOption(text: string): Costs {
  const found = /^fn=(\d+(?:\.\d+)?),fp=(\d+(?:\.\d+)?)$/.exec(text);
  if (!found) throw new InvalidArgumentError('Two costs are wanted, as in fn=5,fp=1.');
  return { fn: Number(found[1]), fp: Number(found[2]) };
}

async function run(options: Options): Promise<void> {
  const asText = [options.id, options.time].filter((name) => name !== undefined);
  const reference = await openTableFile(options.reference, asText);
  const current = await openTableFile(options.current, asText);
  for (const name of asText) await columnIn(current, name);
  await refuseNoTimes(current, options.time);
  const comparison = await compareAll(reference, current, await optionsFor(reference, current, options));
  await sayRepeats(options.id, reference, current);
  say(datasetText(LOCALE, comparison));
  const text = reportOf(comparison, options.out);
  if (options.out === '-') process.stdout.write(text);
  else await writeWhole(options.out, [text]);
}

/** By the file's ending: a page to read, a table, else JSON. */
function reportOf(comparison: Comparison, out: string): string {
  if (/\.csv$/i.test(out)) return driftCsv(comparison);
  if (!/\.html?$/i.test(out)) return driftJson(comparison);
  return driftHtml({
    locale: LOCALE,
    title: comparison.current.name,
    subtitle: `${comparison.reference.name} → ${comparison.current.name}`,
    at: new Date(),
    comparison,
    result: null,
    rows: driftRows(LOCALE, comparison.columns, null, []),
    columns: [],
  });
}

async function optionsFor(
  reference: TableSource,
  current: TableSource,
  options: Options,
): Promise<CompareOptions> {
  const { preset, time, chunk, prediction, id } = options;
  const target = options.target === undefined ? undefined : parseTarget(options.target).column;
  for (const name of [options.decision, target])
    if (name !== undefined && !reference.names.includes(name)) await columnIn(current, name);
  const decision =
    prediction === undefined ? options.decision : await decisionColumn(reference, current, options);
  const names = new Set([...reference.names, ...current.names]);
  for (const name of [id, time]) if (name !== undefined) names.delete(name);
  // Without labels in the current rows there is nothing to compare the outcome with.
  if (target !== undefined && !current.names.includes(target)) names.delete(target);
  return {
    preset,
    time,
    columns: options.columns ?? [...names],
    chunking: chunk ?? null,
    outside: [prediction, decision, target].filter((name) => name !== undefined),
    ...(prediction === undefined
      ? {}
      : {
          scores: async () => ({
            reference: await scoredOf(reference, prediction, decision, options),
            current: await scoredOf(current, prediction, decision, options),
            costs: options.cost,
          }),
        }),
  };
}

/** The column of decisions: the one that was named, else NannyML's usual one where both sides have it as 0 and 1. */
async function decisionColumn(
  reference: TableSource,
  current: TableSource,
  { decision, threshold }: Options,
): Promise<string | undefined> {
  if (decision !== undefined) return decision;
  for (const table of [reference, current]) {
    const column = await table.read(DECISIONS);
    const binary = column?.kind === 'number' && column.values.every((value) => value === 0 || value === 1);
    if (!binary) {
      say(`Refused from ${threshold} on: no column of decisions on both sides.`);
      return undefined;
    }
  }
  say(`The column ${DECISIONS} holds the decisions.`);
  return DECISIONS;
}

async function scoredOf(
  table: TableSource,
  prediction: string,
  decision: string | undefined,
  { threshold, target }: Options,
): Promise<Scored> {
  const probability = await numbersOf(table, prediction);
  const decisions =
    decision !== undefined && table.names.includes(decision) ? await numbersOf(table, decision) : null;
  const outcome = target === undefined ? undefined : parseTarget(target);
  const labels = outcome && table.names.includes(outcome.column) ? await labelsOf(table, outcome) : null;
  return {
    probability,
    refused: Uint8Array.from(probability, (p, row) =>
      (decisions ? decisions[row] === 1 : p >= threshold) ? 1 : 0,
    ),
    target: labels && Int8Array.from(labels, (label) => (Number.isNaN(label) ? -1 : label)),
  };
}

/** Outcomes that have not come yet, or of one kind only, are no mistake: one side has them later. */
async function labelsOf(table: TableSource, target: Target): Promise<Float64Array | null> {
  const column = await columnIn(table, target.column);
  const found = distinctTexts(column);
  if (found.length === 0) return null;
  const positive = target.value ?? '1';
  const named = target.value !== undefined && !found.some((value) => value === '0' || value === '1');
  if (named && !found.includes(positive))
    return Float64Array.from({ length: table.rows }, (_, row) => (textAt(column, row) === '' ? NaN : 0));
  const known = { ...target, value: found.includes(positive) ? positive : undefined };
  const rows = { name: table.name, rows: table.rows, columns: new Map([[target.column, column]]) };
  return targetOf(rows, known);
}

/** @throws column-unknown */
async function columnIn(table: TableSource, name: string): Promise<Column> {
  const column = await table.read(name);
  if (column) return column;
  const nearest = nearestName(name, table.names);
  throw new ScoredeskError('column-unknown', { column: name, nearest, file: table.name });
}

async function numbersOf(table: TableSource, name: string): Promise<Float64Array> {
  const column = await columnIn(table, name);
  if (column.kind === 'number') return Float64Array.from(column.values);
  const row = column.codes.findIndex((code) => code >= 0);
  throw new ScoredeskError('column-not-number', {
    column: name,
    file: table.name,
    row: row + 1,
    value: row < 0 ? '' : textAt(column, row).slice(0, 60),
  });
}

async function compareAll(
  reference: TableSource,
  current: TableSource,
  options: CompareOptions,
): Promise<Comparison> {
  const steps = compareTables(reference, current, options);
  const total = options.columns?.length ?? 0;
  for (let done = 0; ; done++) {
    const step = await steps.next();
    if (step.done) return step.value;
    sayProgress({ done: done + 1, total, unit: 'columns' });
  }
}

/** @throws drift-time where a time column holds something else */
async function refuseNoTimes(table: TableSource, time: string | undefined): Promise<void> {
  if (time === undefined) return;
  const column = await columnIn(table, time);
  const times = timesOf(column);
  const row = times.findIndex((value, i) => Number.isNaN(value) && textAt(column, i) !== '');
  if (row >= 0)
    throw new ScoredeskError('drift-time', { column: time, value: textAt(column, row).slice(0, 60) });
}

async function sayRepeats(id: string | undefined, ...tables: TableSource[]): Promise<void> {
  for (const table of tables) {
    const column = id === undefined ? null : await table.read(id);
    if (!column) continue;
    const ids = Array.from({ length: table.rows }, (_, row) => textAt(column, row));
    const repeated = ids.length - new Set(ids).size;
    if (repeated) say(`${table.name}: ${plural(repeated, 'row')} with an id that is there already.`);
  }
}
