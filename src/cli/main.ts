import { Command, CommanderError } from 'commander';
import { EXIT_REFUSED, EXIT_USAGE, LOCALE, say, sayError } from './console';
import { endWhereEndless } from './watch';
import { AREAS, loadMessages } from '../i18n/areas';
import { version } from '../../package.json';

const program = new Command('scoredesk')
  .description(
    'Make features and models of raw tables; make, check, score and explain credit-scoring bundles; compare their data; validate models; replay decisions; exchange runs with MLflow.',
  )
  .version(version)
  .addHelpText('after', '\nEach command has its own help: scoredesk pack --help');

/** Each command by its name, in the order of the help; the one that is asked for is loaded alone. */
const commands: Record<string, () => Promise<() => Command>> = {
  pack: async () => (await import('./pack')).packCommand,
  check: async () => (await import('./check')).checkCommand,
  score: async () => (await import('./score')).scoreCommand,
  explain: async () => (await import('./explain')).explainCommand,
  drift: async () => (await import('./drift')).driftCommand,
  generate: async () => (await import('./generate')).generateCommand,
  features: async () => (await import('./features')).featuresCommand,
  train: async () => (await import('./train')).trainCommand,
  runs: async () => (await import('./runs')).runsCommand,
  validate: async () => (await import('./validate')).validateCommand,
  replay: async () => (await import('./replay')).replayCommand,
};
const asked = commands[process.argv[2] ?? ''];
const loaded = await Promise.all(
  (asked === undefined ? Object.values(commands) : [asked]).map((load) => load()),
);
for (const make of loaded) program.addCommand(make());
const all = [program, ...program.commands, ...program.commands.flatMap(({ commands: inner }) => inner)];
for (const command of all) command.exitOverride().showSuggestionAfterError();

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
