import { Command, InvalidArgumentError, Option } from 'commander';
import { textColumn, type Column } from '../core/table/table';
import { openBundle } from '../engine/engine';
import { METHODS, type Method } from '../engine/explanations';
import { sayProgress } from './console';
import { openSource, writeTableFile } from './files';
import { backgroundOf, chooseRows, freeName, type RowOptions } from './rows';

interface Options extends RowOptions {
  method?: Method;
  background?: string;
  samples?: number;
  kernelWidth?: number;
  seed: number;
  out: string;
}

function wholeOption(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('A whole number above 0 is wanted.');
  return Number(text);
}

export function explainCommand(): Command {
  return new Command('explain')
    .description('Contributions of each feature to each score: base + sum is the model’s raw output.')
    .argument('<bundle>', 'directory or zip')
    .option('--data <file>', 'rows to explain instead of the clients')
    .option('--ids <a,b>', 'only these ids')
    .addOption(
      new Option(
        '--method <name>',
        'default: path for trees with covers, else interventional, else kernel',
      ).choices(METHODS),
    )
    .option(
      '--background <N or file>',
      'rows that interventional and kernel compare with (100), lime draws from (5000)',
    )
    .option('--samples <N>', 'coalitions of kernel (2 features + 2048), rows of lime (5000)', wholeOption)
    .option('--kernel-width <X>', 'of lime, in units of the root of the number of features (0.75)', Number)
    .option('--seed <N>', 'of kernel and lime', wholeOption, 1)
    .requiredOption('--out <file>', '.csv, .parquet or .json; - is CSV on stdout')
    .addHelpText(
      'after',
      '\nExample:\n  scoredesk explain public/bundles/german-credit --method path --out contributions.csv',
    )
    .action(async (path: string, options: Options) => {
      const engine = await openBundle(await openSource(path), { runtime: 'core' });
      const { table, ids } = await chooseRows(engine, options);
      const { base, bases, rows, width, values } = await engine.explain(table, options.method, {
        progress: sayProgress,
        background:
          options.background === undefined ? undefined : await backgroundOf(engine, options.background),
        samples: options.samples,
        kernelWidth: options.kernelWidth,
        seed: options.seed,
      });
      const columns = new Map<string, Column>([[engine.idColumn, textColumn(ids)]]);
      columns.set(freeName(columns, 'base'), {
        kind: 'number',
        values: bases ?? new Float64Array(rows).fill(base),
      });
      engine.columns.forEach(({ name }, j) => {
        columns.set(freeName(columns, name), {
          kind: 'number',
          values: Float64Array.from({ length: rows }, (_, i) => values[i * width + j]),
        });
      });
      await writeTableFile(options.out, { name: options.out, rows, columns });
    });
}
