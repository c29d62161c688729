import { Command } from 'commander';
import { scoreTable } from '../engine/tables';
import { openBundle } from '../engine/engine';
import type { Progress } from '../engine/runtime';
import { say } from './console';
import { STRICT } from './findings';
import { openSource, writeTableParts } from './files';
import { outOption, TABLE_ENDINGS } from './options';
import { chooseParts, partTables, PROBLEMS, type RowOptions } from './rows';

export function scoreCommand(): Command {
  return new Command('score')
    .description("Score a bundle's clients, or the rows of a table.")
    .argument('<bundle>', 'directory or zip')
    .option('--data <file>', 'rows to score instead of the clients')
    .option('--ids <a,b>', 'only these ids')
    .option(...STRICT)
    .option(...PROBLEMS)
    .requiredOption(
      '--out <file>',
      '.csv, .parquet or .json; - is CSV on stdout',
      outOption(...TABLE_ENDINGS),
    )
    .addHelpText('after', '\nExample:\n  scoredesk score public/bundles/german-credit --ids 1,2 --out -')
    .action(async (path: string, options: RowOptions & { out: string }) => {
      const engine = await openBundle(await openSource(path));
      const chosen = await chooseParts(engine, options);
      if (engine.runtimeFailure)
        say(`Note: onnxruntime did not start (${engine.runtimeFailure}); scored by the app’s own evaluator.`);
      const scored = partTables(chosen, options, async ({ rows }, tell) => {
        const progress = ({ done }: Progress) => tell(done);
        return scoreTable(engine, rows, chosen.scores ?? (await engine.score(rows.table, { progress })));
      });
      await writeTableParts(options.out, scored);
    });
}
