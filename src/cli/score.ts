import { Command } from 'commander';
import { scoreTable } from '../engine/client/tables';
import { openBundle } from '../engine/engine';
import { say, sayProgress } from './console';
import { STRICT } from './findings';
import { openSource, writeTableFile } from './files';
import { outOption, TABLE_ENDINGS } from './options';
import { chooseRows, requireScores, type RowOptions } from './rows';

export function scoreCommand(): Command {
  return new Command('score')
    .description("Score a bundle's clients, or the rows of a table.")
    .argument('<bundle>', 'directory or zip')
    .option('--data <file>', 'rows to score instead of the clients')
    .option('--ids <a,b>', 'only these ids')
    .option(...STRICT)
    .requiredOption(
      '--out <file>',
      '.csv, .parquet or .json; - is CSV on stdout',
      outOption(...TABLE_ENDINGS),
    )
    .addHelpText('after', '\nExample:\n  scoredesk score public/bundles/german-credit --ids 1,2 --out -')
    .action(async (path: string, options: RowOptions & { out: string }) => {
      const engine = await openBundle(await openSource(path));
      const rows = await chooseRows(engine, options);
      const { table, target } = rows;
      const scores = await engine.score(table, { progress: sayProgress });
      if (options.data !== undefined) requireScores(engine, { table, scores, target }, options);
      if (engine.runtimeFailure)
        say(`Note: onnxruntime did not start (${engine.runtimeFailure}); scored by the app’s own evaluator.`);
      await writeTableFile(options.out, scoreTable(engine, rows, scores));
    });
}
