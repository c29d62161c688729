import { stringify } from 'yaml';
import { STATUSES, type LoggedRun } from './run';

/** MLflow's file store, as its own `FileStore` writes it (mlflow/store/tracking/file_store.py; read by 1.x to 3.x). */

/** A run with the bytes of what it left. */
export interface WrittenRun extends Omit<LoggedRun, 'artifacts'> {
  artifacts: ReadonlyMap<string, Uint8Array>;
}

/** Names may hold these characters alone, and are paths in the store (mlflow/utils/validation.py). */
export const logName = (name: string): string =>
  name
    .replace(/[^\p{L}\p{N}_\-. :/]/gu, '_')
    .split('/')
    .map((part) => (/^\.*$/.test(part) ? '_' : part))
    .join('/');

/** A number as Python writes and reads it. */
function pythonNumber(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  return String(value);
}

const encoder = new TextEncoder();

/** An experiment's id: as many digits as MLflow's own have, the same for the same name. */
export function experimentId(name: string): string {
  // FNV-1a, 64 bits; not 0, which is MLflow's default experiment.
  let hash = 0xcbf29ce484222325n;
  for (const byte of encoder.encode(name)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return String(100_000_000_000_000_000n + (hash % 900_000_000_000_000_000n));
}

/**
 * The files of a store, by path.
 *
 * @param root address of the store's folder, without a slash at its end; MLflow finds artefacts by it
 */
export function fileStore(runs: readonly WrittenRun[], root: string): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const put = (path: string, content: string | Uint8Array) =>
    files.set(path, typeof content === 'string' ? encoder.encode(content) : content);
  for (const run of runs) {
    const experiment = experimentId(run.experiment);
    if (!files.has(`${experiment}/meta.yaml`))
      put(`${experiment}/meta.yaml`, experimentMeta(run.experiment, experiment, root, run.startedAt));
    const folder = `${experiment}/${run.id}`;
    put(`${folder}/meta.yaml`, runMeta(run, experiment, `${root}/${folder}/artifacts`));
    for (const [name, value] of Object.entries(run.params)) put(`${folder}/params/${logName(name)}`, value);
    const tags = { ...run.tags, 'mlflow.runName': run.name };
    for (const [name, value] of Object.entries(tags)) put(`${folder}/tags/${logName(name)}`, value);
    for (const [name, points] of Object.entries(run.metrics)) {
      const lines = points.map(({ value, step, at }) => `${at} ${pythonNumber(value)} ${step}\n`);
      put(`${folder}/metrics/${logName(name)}`, lines.join(''));
    }
    for (const [path, bytes] of run.artifacts) put(`${folder}/artifacts/${path}`, bytes);
  }
  return files;
}

const experimentMeta = (name: string, id: string, root: string, at: number): string =>
  stringify({
    artifact_location: `${root}/${id}`,
    creation_time: at,
    experiment_id: id,
    last_update_time: at,
    lifecycle_stage: 'active',
    name,
  });

const runMeta = (run: WrittenRun, experiment: string, artifacts: string): string =>
  stringify({
    artifact_uri: artifacts,
    ...(run.isDeleted ? { deleted_time: run.endedAt ?? run.startedAt } : {}),
    end_time: run.endedAt,
    entry_point_name: '',
    experiment_id: experiment,
    lifecycle_stage: run.isDeleted ? 'deleted' : 'active',
    run_id: run.id,
    run_name: run.name,
    // Versions before 2 know it by this name alone.
    run_uuid: run.id,
    source_name: '',
    source_type: 4,
    source_version: '',
    start_time: run.startedAt,
    status: STATUSES.indexOf(run.status) + 1,
    tags: [],
    user_id: run.tags['mlflow.user'] ?? '',
  });
