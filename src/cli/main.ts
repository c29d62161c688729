import { Command, CommanderError } from 'commander';
import { checkCommand } from './check';
import { EXIT_REFUSED, EXIT_USAGE, LOCALE, say, sayError } from './console';
import { driftCommand } from './drift';
import { explainCommand } from './explain';
import { featuresCommand } from './features';
import { generateCommand } from './generate';
import { packCommand } from './pack';
import { replayCommand } from './replay';
import { scoreCommand } from './score';
import { trainCommand } from './train';
import { validateCommand } from './validate';
import { endWhereEndless } from './watch';
import { AREAS, loadMessages } from '../i18n/areas';
import { version } from '../../package.json';

const program = new Command('scoredesk')
  .description(
    'Make features and models of raw tables; make, check, score and explain credit-scoring bundles; compare their data; validate models; replay decisions.',
  )
  .version(version)
  .addHelpText('after', '\nEach command has its own help: scoredesk pack --help');

const commands = [
  packCommand,
  checkCommand,
  scoreCommand,
  explainCommand,
  driftCommand,
  generateCommand,
  featuresCommand,
  trainCommand,
  validateCommand,
  replayCommand,
];
for (const command of commands.map((make) => make())) program.addCommand(command);
for (const command of [program, ...program.commands]) command.exitOverride().showSuggestionAfterError();

// `| head` closes the pipe early: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

endWhereEndless();
try {
  await loadMessages(LOCALE, AREAS);
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : EXIT_USAGE;
    if (error.code === 'commander.help') say('');
  } else {
    sayError(error);
    process.exitCode = EXIT_REFUSED;
  }
}
