import { Command, Option } from 'commander';
import { contributionTable } from '../engine/tables';
import { openBundle } from '../engine/engine';
import type { Progress } from '../engine/runtime';
import { METHODS, type Method } from '../engine/explanations';
import { STRICT } from './findings';
import { openSource, writeTableParts } from './files';
import { outOption, TABLE_ENDINGS, wholeOption } from './options';
import { backgroundOf, chooseParts, partTables, PROBLEMS, type RowOptions } from './rows';

interface Options extends RowOptions {
  method?: Method;
  background?: string;
  samples?: number;
  kernelWidth?: number;
  seed: number;
  out: string;
}

export function explainCommand(): Command {
  return new Command('explain')
    .description('Contributions of each feature to each score: base + sum is the model’s raw output.')
    .argument('<bundle>', 'directory or zip')
    .option('--data <file>', 'rows to explain instead of the clients')
    .option('--ids <a,b>', 'only these ids')
    .option(...STRICT)
    .option(...PROBLEMS)
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
    .requiredOption(
      '--out <file>',
      '.csv, .parquet or .json; - is CSV on stdout',
      outOption(...TABLE_ENDINGS),
    )
    .addHelpText(
      'after',
      '\nExample:\n  scoredesk explain public/bundles/german-credit --method path --out contributions.csv',
    )
    .action(async (path: string, options: Options) => {
      const engine = await openBundle(await openSource(path), { runtime: 'core' });
      const chosen = await chooseParts(engine, options, false);
      const task = {
        background:
          options.background === undefined ? undefined : await backgroundOf(engine, options.background),
        samples: options.samples,
        kernelWidth: options.kernelWidth,
        seed: options.seed,
      };
      const explained = partTables(chosen, options, async ({ rows }, tell) => {
        const progress = ({ done }: Progress) => tell(done);
        return contributionTable(
          engine,
          rows,
          await engine.explain(rows.table, options.method, { ...task, progress }),
        );
      });
      await writeTableParts(options.out, explained);
    });
}
