import type { WrittenRun } from '../core/mlflow/write';
import { logName } from '../core/mlflow/write';
import type { LoggedPoint } from '../core/mlflow/run';
import type { Recipe } from '../engine/lab/recipe';
import type { Run } from '../engine/lab/train';
import { parametersOf } from './recipeText';

/** A training as MLflow logs it: parameters, metrics of training, folds and test, tags; its recipe, facts and model as files. */

export interface TrainedRun {
  /** 32 hexadecimal digits. */
  id: string;
  experiment: string;
  name: string;
  /** Milliseconds. */
  startedAt: number;
  seconds: number;
  recipe: Recipe;
  /** Null of a run that failed. */
  result: Run | null;
  isDeleted: boolean;
  /** What the rows were called, and their hash. */
  data: { name: string; sha256: string };
  note: string;
  /** Further tags. */
  tags: Readonly<Record<string, string>>;
  /** As `recipe.json` has it. */
  recipeJson: string;
  /** Null where there is none. */
  model: Uint8Array | null;
}

const encoder = new TextEncoder();

/** @param version of Scoredesk */
export function loggedRun(run: TrainedRun, version: string): WrittenRun {
  const { result, startedAt } = run;
  const endedAt = Math.round(startedAt + 1000 * run.seconds);
  const artifacts = new Map<string, Uint8Array>([['recipe.json', encoder.encode(run.recipeJson)]]);
  if (result) artifacts.set('run.json', encoder.encode(`${JSON.stringify(result, null, 2)}\n`));
  if (run.model) {
    artifacts.set('model/model.onnx', run.model);
    artifacts.set('model/MLmodel', encoder.encode(mlModel(run)));
  }
  return {
    ...{ id: run.id, experiment: run.experiment, name: run.name, startedAt, endedAt },
    ...{ status: result ? 'finished' : 'failed', isDeleted: run.isDeleted, artifacts },
    params: paramsOf(run),
    metrics: result ? metricsOf(result, run.seconds, endedAt) : {},
    tags: {
      ...run.tags,
      ...(run.note === '' ? {} : { 'mlflow.note.content': run.note }),
      ...{ 'mlflow.source.name': `scoredesk ${version}`, 'mlflow.source.type': 'LOCAL' },
      ...{ 'data.name': run.data.name, 'data.sha256': run.data.sha256 },
    },
  };
}

function paramsOf({ recipe, result }: TrainedRun): Record<string, string> {
  const found = [...parametersOf(recipe)].map(([name, value]): [string, string] => [logName(name), value]);
  const best = Object.entries(result?.search?.best.params ?? {});
  const chosen = best.map(([name, value]): [string, string] => [logName(name), String(value)]);
  return Object.fromEntries([...found, ...chosen]);
}

function metricsOf(result: Run, seconds: number, at: number): Record<string, LoggedPoint[]> {
  // A figure that is not known is null in run.json.
  const steps = (values: readonly (number | null)[]) =>
    values.map((value, step): LoggedPoint => ({ value: value ?? NaN, step, at }));
  const one = (value: number | null): LoggedPoint[] => steps([value]);
  const found: [string, LoggedPoint[]][] = [];
  const names = Object.keys(result.metrics.test) as (keyof typeof result.metrics.test)[];
  for (const part of ['train', 'cv', 'test'] as const)
    for (const name of names) found.push([`${part}_${name}`, one(result.metrics[part][name])]);
  for (const name of names) found.push([`fold_${name}`, steps(result.folds.map((fold) => fold[name]))]);
  if (result.search) found.push(['search_value', steps(result.search.tried.map(({ value }) => value))]);
  found.push(['threshold', one(result.threshold.threshold)], ['inputs', one(result.columns.length)]);
  found.push(
    ['rows_train', one(result.rows.train)],
    ['rows_test', one(result.rows.test)],
    ['seconds', one(seconds)],
  );
  return Object.fromEntries(found.filter(([, points]) => points.length > 0));
}

/** Beside a model, so that `mlflow.onnx.load_model` reads it (MLflow's "MLmodel" file). */
const mlModel = ({ id, startedAt }: TrainedRun): string =>
  [
    'artifact_path: model',
    'flavors:',
    '  onnx:',
    '    data: model.onnx',
    '    providers:',
    '    - CPUExecutionProvider',
    '  python_function:',
    '    data: model.onnx',
    '    loader_module: mlflow.onnx',
    `run_id: ${id}`,
    `model_uuid: ${id}`,
    `utc_time_created: '${new Date(startedAt).toISOString().replace('T', ' ').replace('Z', '')}'`,
    '',
  ].join('\n');
