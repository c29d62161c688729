import { array, looseObject, nullish, number, safeParse, string, union } from 'valibot';
import { parse } from 'yaml';
import { reasonOf, ScoredeskError } from '../errors';
import { STATUSES, type Artifact, type LoggedPoint, type LoggedRun, type RunStatus } from './run';

/** Reads MLflow's file store, of its versions 1 to 3: a folder a run, its facts in meta.yaml, a file a value. */

/** A file of a folder that somebody gave. */
export interface StoreFile {
  /** From where the folder begins, with slashes. */
  path: string;
  bytes: number;
  text(): Promise<string>;
}

/** Larger than any that MLflow writes: params are 6,000 characters, tags 8,000, a metric a line a step. */
const MOST_META = 1_000_000;
const MOST_VALUE = 100_000;
const MOST_METRIC = 50_000_000;
/** Values of a metric that are kept: the last ones. */
const MOST_POINTS = 10_000;

const meta = looseObject({
  experiment_id: nullish(union([string(), number()])),
  run_id: nullish(string()),
  run_uuid: nullish(string()),
  run_name: nullish(string()),
  name: nullish(string()),
  status: nullish(union([number(), string()])),
  start_time: nullish(number()),
  end_time: nullish(number()),
  lifecycle_stage: nullish(string()),
  deleted_time: nullish(number()),
  model_id: nullish(string()),
  source_run_id: nullish(string()),
  tags: nullish(array(looseObject({}))),
});

/** As MLflow checks them (mlflow/utils/validation.py): ids become names of files, and of records. */
const RUN_ID = /^[a-zA-Z0-9][\w-]{0,255}$/;

/** What else lies in a store has a meta.yaml of its own. */
const BESIDE = /\/(artifacts|inputs|outputs|traces|datasets)\//;

interface Folder {
  path: string;
  facts: Meta;
}
type Meta = Exclude<ReturnType<typeof factsOf>, null>;

/**
 * @param progress of files read
 * @returns the runs, newest first, with what each logged model of MLflow 3 left counted to its run
 * @throws mlflow-none where there is no run; mlflow-unreadable naming the file
 */
export async function readFileStore(
  files: readonly StoreFile[],
  progress: (done: number, total: number) => void = () => undefined,
): Promise<LoggedRun[]> {
  const folders = await foldersOf(files);
  const byFolder = contents(files, folders);
  const experiments = new Map(
    folders
      .filter(({ facts }) => runId(facts) === '' && !facts.model_id)
      .map(({ facts }) => [String(facts.experiment_id), facts.name ?? '']),
  );
  const models = folders.filter(({ facts }) => facts.model_id);
  const found: LoggedRun[] = [];
  const runs = folders.filter(({ facts }) => runId(facts) !== '' && !facts.model_id);
  for (const [i, folder] of runs.entries()) {
    const own = models.filter(({ facts }) => facts.source_run_id === runId(folder.facts));
    const logged = own.flatMap(({ path, facts }) =>
      artifactsIn(byFolder.get(path) ?? []).map((one) => ({
        ...one,
        path: `${facts.name ?? facts.model_id}/${one.path}`,
      })),
    );
    found.push(await runOf(folder, byFolder.get(folder.path) ?? [], { experiments, logged }));
    progress(i + 1, runs.length);
  }
  if (found.length === 0) throw new ScoredeskError('mlflow-none', {});
  return found.sort((a, b) => b.startedAt - a.startedAt);
}

const runId = ({ run_id, run_uuid }: Meta): string => run_id ?? run_uuid ?? '';

async function foldersOf(files: readonly StoreFile[]): Promise<Folder[]> {
  const folders: Folder[] = [];
  for (const file of files) {
    if (!/(^|\/)meta\.yaml$/.test(file.path) || BESIDE.test(file.path)) continue;
    const facts = factsOf(await textOf(file, MOST_META));
    if (!facts || (runId(facts) !== '' && !RUN_ID.test(runId(facts))))
      throw new ScoredeskError('mlflow-unreadable', { path: file.path, reason: 'meta.yaml' });
    folders.push({ path: file.path.slice(0, -'meta.yaml'.length), facts });
  }
  return folders;
}

/** What a meta.yaml says; null where it is none. */
function factsOf(text: string) {
  try {
    const read = safeParse(meta, parse(text, { maxAliasCount: 0 }));
    return read.success ? read.output : null;
  } catch {
    return null;
  }
}

/** A file, by its path from its folder. */
type Inside = [string, StoreFile];

const folderOf = (parts: readonly string[], depth: number): string =>
  parts
    .slice(0, depth)
    .map((part) => `${part}/`)
    .join('');

/** The files of each folder: of the innermost one that holds them. */
function contents(files: readonly StoreFile[], folders: readonly Folder[]): Map<string, Inside[]> {
  const inside = new Map<string, Inside[]>(folders.map(({ path }) => [path, []]));
  for (const file of files) {
    const parts = file.path.split('/');
    const depth = parts.findLastIndex((_, end) => inside.has(folderOf(parts, end)));
    if (depth >= 0) inside.get(folderOf(parts, depth))?.push([parts.slice(depth).join('/'), file]);
  }
  return inside;
}

const artifactsIn = (files: readonly Inside[]): Artifact[] =>
  files
    .filter(([path]) => path.startsWith('artifacts/'))
    .map(([path, file]) => ({ path: path.slice('artifacts/'.length), file: file.path, bytes: file.bytes }));

async function runOf(
  { facts }: Folder,
  files: readonly Inside[],
  { experiments, logged }: { experiments: ReadonlyMap<string, string>; logged: readonly Artifact[] },
): Promise<LoggedRun> {
  const params = await valuesIn(files, 'params/');
  const tags = await valuesIn(files, 'tags/');
  const metrics: [string, LoggedPoint[]][] = [];
  for (const [path, file] of files)
    if (path.startsWith('metrics/'))
      metrics.push([path.slice('metrics/'.length), pointsOf(await textOf(file, MOST_METRIC), file.path)]);
  const experiment = String(facts.experiment_id ?? '');
  return {
    id: runId(facts),
    experiment: experiments.get(experiment) ?? experiment,
    name: tags['mlflow.runName'] ?? facts.run_name ?? facts.name ?? runId(facts),
    status: statusOf(facts.status),
    startedAt: facts.start_time ?? 0,
    endedAt: facts.end_time ?? null,
    isDeleted: facts.lifecycle_stage === 'deleted',
    ...{ params, metrics: Object.fromEntries(metrics), tags },
    artifacts: [...artifactsIn(files), ...logged],
  };
}

/** A number in a file store; its name in some versions. */
function statusOf(status: number | string | null | undefined): RunStatus {
  if (typeof status === 'number') return STATUSES[status - 1] ?? 'finished';
  return STATUSES.find((known) => known === status?.toLowerCase()) ?? 'finished';
}

async function valuesIn(files: readonly Inside[], folder: string): Promise<Record<string, string>> {
  const found: [string, string][] = [];
  for (const [path, file] of files)
    if (path.startsWith(folder)) found.push([path.slice(folder.length), await textOf(file, MOST_VALUE)]);
  return Object.fromEntries(found);
}

/** Lines of time, value and step; the first versions wrote no step. */
function pointsOf(text: string, path: string): LoggedPoint[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-MOST_POINTS).map((line) => {
    const [at, value, step = '0'] = line.trim().split(/\s+/);
    const point = { at: Number(at), value: numberOf(value ?? ''), step: Number(step) };
    if (value === undefined || !Number.isFinite(point.at) || !Number.isFinite(point.step))
      throw new ScoredeskError('mlflow-unreadable', { path, reason: line.slice(0, 80) });
    return point;
  });
}

/** As Python writes them. */
function numberOf(text: string): number {
  const sign = text.startsWith('-') ? -1 : 1;
  return /^[-+]?inf(inity)?$/i.test(text) ? sign * Infinity : Number(text);
}

/** @throws mlflow-unreadable where it can't be read, or is larger than any of its kind */
async function textOf(file: StoreFile, most: number): Promise<string> {
  if (file.bytes > most)
    throw new ScoredeskError('mlflow-unreadable', { path: file.path, reason: `${file.bytes} bytes` });
  try {
    return await file.text();
  } catch (error) {
    throw new ScoredeskError('mlflow-unreadable', { path: file.path, reason: reasonOf(error) });
  }
}
