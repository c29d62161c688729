import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Command, Option } from 'commander';
import { version } from '../../package.json';
import { ScoredeskError } from '../core/errors';
import { readFileStore, type StoreFile } from '../core/mlflow/read';
import { latest, modelOf, type LoggedRun } from '../core/mlflow/run';
import { fileStore, type WrittenRun } from '../core/mlflow/write';
import { parseRunFile, RUN_FILE } from '../engine/lab/runFile';
import { loggedRun } from '../report/loggedRun';
import { recipeJson } from '../report/recipeText';
import { plural, print, say, sayProgress } from './console';
import { openSource, readBytes, writeNewFolder, writeWhole } from './files';

/** Runs go to MLflow and come from it: its file store, a folder called mlruns. */
export function runsCommand(): Command {
  const runs = new Command('runs').description('Take runs to MLflow and from it.');
  runs.addCommand(
    new Command('export')
      .description('Write what `train` and the Lab made as runs of MLflow.')
      .argument('<bundles...>', 'folders that `train` wrote, or zips that the Lab saved')
      .addOption(new Option('--format <name>', 'whose runs').choices(['mlflow']).default('mlflow'))
      .option('--experiment <name>', 'the experiment they belong to', 'scoredesk')
      .requiredOption('--out <folder>', 'a new folder: what `mlflow ui --backend-store-uri` opens')
      .action(exportRuns),
  );
  runs.addCommand(
    new Command('import')
      .description('List the runs of an mlruns folder: parameters, metrics, tags, files, models.')
      .argument('<folder>', 'mlruns, an experiment in it, or a run')
      .option('--out <file>', 'writes all of it as JSON')
      .option('--models <folder>', 'a new folder for the runs’ ONNX models, ready for `pack --model`')
      .action(importRuns),
  );
  return runs;
}

interface ExportOptions {
  experiment: string;
  out: string;
}

async function exportRuns(bundles: string[], { experiment, out }: ExportOptions): Promise<void> {
  const runs: WrittenRun[] = [];
  for (const bundle of bundles) runs.push(await runOfBundle(bundle, experiment));
  await writeNewFolder(out, fileStore(runs, pathToFileURL(resolve(out)).href));
  say(`${out}: ${plural(runs.length, 'run')} of the experiment ${experiment}`);
}

/** @throws run-file-lacking */
async function runOfBundle(path: string, experiment: string): Promise<WrittenRun> {
  const source = await openSource(path);
  const bytes = await source.read(RUN_FILE).catch(() => null);
  const found = bytes && parseRunFile(bytes);
  if (!found) throw new ScoredeskError('run-file-lacking', { path });
  const { data, timings, scoredesk, ...result } = found;
  const at = timings?.at === undefined ? (await stat(path)).mtimeMs : Date.parse(timings.at);
  const run = {
    // The same bundle is the same run, whenever it is exported.
    id: createHash('sha256').update(bytes).digest('hex').slice(0, 32),
    ...{ experiment, name: basename(path).replace(/\.zip$/i, ''), note: '', tags: {}, isDeleted: false },
    startedAt: Math.round(at),
    seconds: timings?.seconds ?? 0,
    recipe: result.recipe,
    result,
    data: { name: data?.file ?? '', sha256: data?.sha256 ?? '' },
    recipeJson: recipeJson(result.recipe),
    model: await source.read('model.onnx'),
  };
  return loggedRun(run, scoredesk ?? version);
}

interface ImportOptions {
  out?: string;
  models?: string;
}

async function importRuns(folder: string, { out, models }: ImportOptions): Promise<void> {
  const files = await filesOf(folder);
  const runs = await readFileStore(files, (done, total) => sayProgress({ done, total, unit: 'runs' }));
  for (const line of listed(runs)) print(line);
  if (out !== undefined) await writeWhole(out, [`${JSON.stringify(runs, null, 2)}\n`]);
  if (models !== undefined) await writeNewFolder(models, await modelsOf(runs, folder, files));
}

async function filesOf(folder: string): Promise<StoreFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => {
    throw new ScoredeskError('folder-missing', { path: folder });
  });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(
    paths.map(async (path) => ({
      path: `/${relative(folder, path).split(sep).join('/')}`,
      bytes: (await stat(path)).size,
      text: async () => new TextDecoder().decode(await readBytes(path)),
    })),
  );
}

/** What somebody called something, on one line. */
const cell = (text: string): string => text.replace(/[\t\r\n]+/g, ' ');

/** A line a run, columns by tabs: its experiment, name, status, and metrics. */
function* listed(runs: readonly LoggedRun[]): Generator<string> {
  const metrics = [...new Set(runs.flatMap((run) => Object.keys(run.metrics)))].sort();
  yield ['experiment', 'run', 'name', 'status', 'params', 'files', ...metrics.map(cell)].join('\t');
  for (const run of runs) {
    const values = metrics.map((name) => (run.metrics[name] ? String(latest(run.metrics[name])) : ''));
    const counts = [Object.keys(run.params).length, run.artifacts.length];
    const status = run.isDeleted ? 'deleted' : run.status;
    yield [cell(run.experiment), run.id, cell(run.name), status, ...counts, ...values].join('\t');
  }
}

/** Models by file: the run's id, which is unique. */
async function modelsOf(
  runs: readonly LoggedRun[],
  folder: string,
  files: readonly StoreFile[],
): Promise<Map<string, Uint8Array>> {
  const found = new Map<string, Uint8Array>();
  for (const run of runs) {
    const model = modelOf(run);
    if (!model) continue;
    const file = files.find(({ path }) => path === model.file);
    if (file) found.set(`${run.id}.onnx`, await readBytes(join(folder, file.path)));
  }
  return found;
}
