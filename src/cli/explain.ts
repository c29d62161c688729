import { Command, Option } from 'commander';
import { textColumn, type Column } from '../core/table/table';
import { openBundle, type Method } from '../engine/engine';
import { sayProgress } from './console';
import { openSource, writeTableFile } from './files';
import { backgroundOf, chooseRows, freeName, type RowOptions } from './rows';

export function explainCommand(): Command {
  return new Command('explain')
    .description('Contributions of each feature to each score: base + sum is the model’s raw output.')
    .argument('<bundle>', 'directory or zip')
    .option('--data <file>', 'rows to explain instead of the clients')
    .option('--ids <a,b>', 'only these ids')
    .addOption(
      new Option('--method <name>', 'default: path for trees with covers, else interventional').choices([
        'path',
        'interventional',
      ]),
    )
    .option('--background <N or file>', 'rows that interventional values compare with', '100')
    .requiredOption('--out <file>', '.csv, .parquet or .json; - is CSV on stdout')
    .addHelpText(
      'after',
      '\nExample:\n  scoredesk explain public/bundles/german-credit --method path --out contributions.csv',
    )
    .action(
      async (path: string, options: RowOptions & { method?: Method; background: string; out: string }) => {
        const engine = await openBundle(await openSource(path), { runtime: 'core' });
        const { table, ids } = await chooseRows(engine, options);
        const { base, rows, width, values } = await engine.explain(table, options.method, {
          progress: sayProgress,
          background: await backgroundOf(engine, options.background),
        });
        const columns = new Map<string, Column>([[engine.idColumn, textColumn(ids)]]);
        columns.set(freeName(columns, 'base'), { kind: 'number', values: new Float64Array(rows).fill(base) });
        engine.columns.forEach(({ name }, j) => {
          columns.set(freeName(columns, name), {
            kind: 'number',
            values: Float64Array.from({ length: rows }, (_, i) => values[i * width + j]),
          });
        });
        await writeTableFile(options.out, { name: options.out, rows, columns });
      },
    );
}
