import { Command, Option } from 'commander';
import { EVEN_COSTS, type Costs } from '../core/decision/cost';
import { PERIODS, type Chunking } from '../core/drift/chunks';
import type { Comparison } from '../core/drift/compare';
import { readColumn } from '../core/table/source';
import type { Preset } from '../core/drift/types';
import { parseTarget } from '../bundle/target';
import { comparePlainTables, declaredAs, USUAL_DECISIONS, type DeclaredTypes } from '../engine/drift/tables';
import { translate } from '../i18n/translate';
import { datasetText, noteText, otherwiseText } from '../report/driftWords';
import { driftCsv } from '../report/driftCsv';
import { driftHtml } from '../report/driftHtml';
import { driftJson } from '../report/driftJson';
import { driftRows } from '../report/driftSummary';
import { LOCALE, plural, say, sayProgress } from './console';
import { openTableFile, writeWhole } from './files';
import { chunkOption, costOption, namesOption, outOption, probabilityOption, typesOption } from './options';

const PRESETS = ['evidently', 'nannyml', 'psi'] as const;

interface Options {
  reference: string;
  current: string;
  preset: Preset;
  columns?: string[];
  types?: DeclaredTypes;
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
    .addOption(new Option('--preset <name>', 'whose tests and thresholds').choices(PRESETS).default('psi'))
    .option('--columns <a,b>', 'only these columns', namesOption)
    .option(
      '--types <a=category,b=number>',
      'what these columns are, whatever their values look like',
      typesOption,
    )
    .option('--id <column>', 'the id: not compared, looked at for repeats')
    .option('--chunk <rows>', `rows a chunk; /N for N chunks; or ${PERIODS.join(', ')}`, chunkOption)
    .option('--time <column>', 'when a row was made: chunks follow it')
    .option('--prediction <column>', 'probability of default: performance is estimated from it')
    .option(
      '--decision <column>',
      `1 where refused; ${USUAL_DECISIONS} if there is one, else from the threshold`,
    )
    .option('--threshold <p>', 'refused from this probability on', probabilityOption, 0.5)
    .option(
      '--target <column[=value]>',
      'the outcome, in the reference at least; 1 or the value that means default',
    )
    .option(
      '--cost <fn=..,fp=..>',
      'costs of a default accepted and of a repayer refused',
      costOption,
      EVEN_COSTS,
    )
    .requiredOption(
      '--out <file>',
      '.json, .html or .csv; - is JSON on stdout',
      outOption('.json', '.html', '.htm', '.csv'),
    )
    .addHelpText(
      'after',
      `
Example:
  scoredesk drift --reference demo/german-credit/reference.csv --current demo/german-credit/current.csv \\
    --preset psi --id client_id --time applied_on --chunk month --out -`,
    )
    .action(run);
}

async function run(options: Options): Promise<void> {
  const { threshold, prediction, chunk, cost, target } = options;
  const asText = [options.id, options.time].filter((name) => name !== undefined);
  const types: DeclaredTypes = options.types ?? new Map<string, never>();
  const [reference, current] = await Promise.all(
    [options.reference, options.current].map(async (path) =>
      declaredAs(await openTableFile(path, asText), types),
    ),
  );
  for (const name of types.keys()) if (!current.names.includes(name)) await readColumn(reference, name);
  const request = {
    ...options,
    chunking: chunk,
    costs: cost,
    target: target === undefined ? undefined : parseTarget(target),
  };
  const found = await comparePlainTables(reference, current, request, { progress: sayProgress });
  if (prediction !== undefined && options.decision === undefined)
    say(
      found.decisions === null
        ? `Refused from ${threshold} on: no column of decisions on both sides.`
        : `The column ${found.decisions} holds the decisions.`,
    );
  for (const [table, repeated] of [
    [reference, found.repeated.reference],
    [current, found.repeated.current],
  ] as const)
    if (repeated) say(`${table.name}: ${plural(repeated, 'row')} with an id that is there already.`);
  const { comparison } = found;
  for (const { name, notes } of comparison.columns)
    for (const note of notes)
      if (note.code === 'absent-current' || note.code === 'absent-reference')
        say(`${name}: ${noteText(LOCALE, note)}`);
  const rule = translate(LOCALE, `drift.preset.${comparison.preset}`);
  say(`${rule}: ${datasetText(LOCALE, comparison)} ${otherwiseText(LOCALE, comparison)}`.trim());
  const text = reportOf(found.comparison, options.out);
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
