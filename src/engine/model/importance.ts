import { checkStopped, ScoredeskError } from '../../core/errors';
import { decodeCovers, type Covers } from '../../core/explain/covers';
import { gridOf, partialDependence } from '../../core/explain/dependence';
import { meanAbsolute, permutationImportance, splitImportance } from '../../core/explain/importance';
import { auc } from '../../core/metrics/binary';
import { sampleRows } from '../../core/numeric/random';
import { presentRows } from '../../core/stats/present';
import { columnOf, takeRows, type Table } from '../../core/table/table';
import { encodeInputs } from '../../bundle/encode';
import { readFile } from '../../bundle/read';
import type { Engine } from '../engine';
import type { Method } from '../explanations';
import { breathe, type Task } from '../runtime';

/** Rows explained for what the model relies on; fewer where each takes thousands of scores. */
const EXPLAINED_ROWS = 1000;
const EXPLAINED_ROWS_AGNOSTIC = 60;
const AGNOSTIC = { background: 10, samples: 500 };
const PERMUTED_ROWS = 1000;
const REPEATS = 5;
const DEPENDENCE_ROWS = 300;
const GRID_POINTS = 24;
const SEED = 1;

/** What the model relies on, over a seeded sample of rows. All by input column. */
export interface ModelImportance {
  /** The rows explained: those the model never saw where the bundle has some. */
  part: Part;
  rows: number;
  /** Rows of the sample that have no score, and so no explanation. */
  unscored: number;
  method: Method;
  /** Mean |contribution|. */
  meanAbsolute: Float64Array;
  /** Splits on the column, and the variance they take away; null for a model without trees (without covers). */
  splits: Float64Array | null;
  gain: Float64Array | null;
  /** [rows, columns] row-major: what went in, and the contributions. */
  inputs: Float64Array;
  contributions: Float32Array;
}

export interface Permutation {
  part: Part;
  rows: number;
  repeats: number;
  /** Area under the ROC curve as it is, and how much of it each shuffled column costs. */
  base: number;
  mean: Float64Array;
  spread: Float64Array;
}

export interface Dependence {
  /** Values tried and the mean P(default) with them; level codes for categories. */
  grid: Float64Array;
  mean: Float64Array;
  rows: number;
}

type Part = 'test' | 'reference' | 'clients';

/** @returns null when not one row of the sample has a score. @throws stopped; what `explain` throws */
export async function importanceOf(engine: Engine, task: Task = {}): Promise<ModelImportance | null> {
  const { part, table } = await rowsToExplain(engine);
  const method = engine.defaultMethod;
  const agnostic = method === 'kernel';
  const wanted = agnostic ? EXPLAINED_ROWS_AGNOSTIC : EXPLAINED_ROWS;
  const sample = takeRows(table, sampleRows(table.rows, wanted, SEED));
  const rows = await scoredRows(engine, sample);
  if (rows.rows === 0) return null;
  const explained = await engine.explain(rows, method, { ...task, ...(agnostic ? AGNOSTIC : {}) });
  const { model } = engine.onnx;
  const splits = model && splitImportance(model, await coversOf(engine));
  return {
    part,
    rows: rows.rows,
    unscored: sample.rows - rows.rows,
    method,
    meanAbsolute: meanAbsolute(explained),
    splits: splits?.counts ?? null,
    gain: splits?.gain ?? null,
    inputs: encodeInputs(engine.columns, rows),
    contributions: Float32Array.from(explained.values),
  };
}

/** @returns null when no labelled rows of both outcomes are there */
export async function permutationOf(
  engine: Engine,
  { signal, progress }: Task = {},
): Promise<Permutation | null> {
  for (const part of ['test', 'reference'] as const) {
    const labelled = await labelledRows(engine, part);
    if (!labelled) continue;
    const { rows, target } = labelled;
    const inputs = encodeInputs(engine.columns, rows);
    const found = await permutationImportance(scorerOf(engine, signal), inputs, target, {
      metric: auc,
      repeats: REPEATS,
      seed: SEED,
      progress: (done) => progress?.({ done, total: engine.columns.length, unit: 'columns' }),
    });
    return { part, rows: rows.rows, repeats: REPEATS, ...found };
  }
  return null;
}

/** @throws column-unknown */
export async function dependenceOf(
  engine: Engine,
  column: string,
  { signal }: Task = {},
): Promise<Dependence> {
  const { table } = await rowsToExplain(engine);
  const position = engine.columns.findIndex(({ name }) => name === column);
  if (position < 0) throw new ScoredeskError('column-unknown', { column, nearest: '', file: 'model' });
  const rows = await scoredRows(engine, takeRows(table, sampleRows(table.rows, DEPENDENCE_ROWS, SEED)));
  const inputs = encodeInputs(engine.columns, rows);
  const all = encodeInputs([engine.columns[position]], table);
  const { type, levels } = engine.columns[position];
  const grid = type === 'category' && levels ? Float64Array.from(levels.keys()) : gridOf(all, GRID_POINTS);
  const mean = await partialDependence(scorerOf(engine, signal), inputs, rows.rows, position, grid);
  return { grid, mean, rows: rows.rows };
}

function scorerOf({ runtime }: Engine, signal: AbortSignal | undefined) {
  return async (inputs: Float64Array, rows: number): Promise<Float64Array> => {
    checkStopped(signal);
    await breathe();
    return runtime.score(inputs, rows);
  };
}

export async function rowsToExplain(engine: Engine): Promise<{ part: Part; table: Table }> {
  const test = await engine.test();
  if (test?.rows) return { part: 'test', table: test };
  const reference = await engine.reference();
  return reference?.rows
    ? { part: 'reference', table: reference }
    : { part: 'clients', table: await engine.clients.table() };
}

/** The rows that the model gives a number for. */
export async function scoredRows(engine: Engine, table: Table): Promise<Table> {
  const scores = await engine.score(table);
  return takeRows(table, presentRows(scores));
}

/** A sample of a part's rows with a known outcome and a score; null without both outcomes among them. */
async function labelledRows(engine: Engine, part: 'test' | 'reference') {
  const named = engine.manifest.data[part]?.target;
  const table = named ? await (part === 'test' ? engine.test() : engine.reference()) : null;
  if (!table || !named) return null;
  const column = columnOf(table, named);
  if (column.kind !== 'number') return null;
  const known = presentRows(column.values);
  const picked = sampleRows(known.length, PERMUTED_ROWS, SEED).map((k) => known[k]);
  const rows = await scoredRows(engine, takeRows(table, picked));
  const outcomes = columnOf(rows, named);
  const target = Float64Array.from(outcomes.kind === 'number' ? outcomes.values : []);
  if (new Set(target).size < 2) return null;
  return { rows, target };
}

export async function coversOf(engine: Engine): Promise<Covers | null> {
  const { covers } = engine.manifest.model;
  const { model } = engine.onnx;
  if (!covers || model?.predictor.kind !== 'trees') return null;
  return decodeCovers(await readFile(engine.files, covers.file), model.predictor);
}
