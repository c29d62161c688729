import { ScoredeskError } from '../errors';
import type { Covers } from '../explain/covers';
import type { Model } from '../model/model';
import { inputsOf, type TrainRows } from './data';
import { learn, type Learned, type LearnerSpec } from './learners/learner';
import { foldProjection } from './foldProjection';
import { widthAfter } from './joint/joint';
import { pipelineOutputs, pipelineProbabilities, type Pipeline } from './pipeline';
import type { PreparedColumn, StepNote } from './prepare/prepared';
import { prepare, type PrepareSpec } from './prepare/prepare';
import { toWoe } from './prepare/woe';
import { pointsOf, type Points } from './scorecard';
import { smote, type SmoteParams } from './prepare/smote';

/** How a model is made of rows. */
export interface FitSpec {
  steps: readonly PrepareSpec[];
  learner: LearnerSpec;
  /** `balanced`: both outcomes weigh the same in all, as scikit-learn's class_weight; else rows are added, see `smote`. */
  imbalance: 'none' | 'balanced' | ({ kind: 'smote' } & SmoteParams);
}

export interface Fitted {
  /** From the user's columns, all of them, to the probability. */
  pipeline: Pipeline;
  covers: Covers | null;
  /** What the steps took out. */
  notes: readonly StepNote[];
  /** Columns that the learner saw, with how much each counts. */
  importances: { column: string; value: number }[];
  rounds: number;
  /** Of a scorecard: what each bin is worth. */
  scorecard: Points | null;
}

/**
 * Prepares and learns; every step is fitted on these rows alone.
 *
 * @throws train-one-class, train-no-columns, learner-text, learner-missing, train-diverged
 */
export function fit(rows: TrainRows, spec: FitSpec, report?: (done: number) => void): Fitted {
  const defaults = rows.target.reduce((sum, y) => sum + y, 0);
  if (defaults === 0 || defaults === rows.rows)
    throw new ScoredeskError('train-one-class', { rows: rows.rows });
  const { stages, notes, columns: ready } = prepare(rows, spec.steps);
  let columns: readonly PreparedColumn[] = ready;
  if (columns.length === 0) throw new ScoredeskError('train-no-columns', {});
  const woe = spec.learner.kind === 'scorecard' ? toWoe(columns, rows.target) : null;
  columns = woe?.columns ?? columns;
  const prepared: TrainRows = {
    ...rows,
    columns: columns.map(({ column }) => column),
    weights: spec.imbalance === 'balanced' ? balanced(rows, defaults) : rows.weights,
  };
  const whole = typeof spec.imbalance === 'string' ? prepared : smote(prepared, spec.imbalance);
  const learned = learn(spec.learner, whole, report);
  const last = stages.at(-1);
  const inputs = last ? widthAfter(last.joint, last.features.length) : rows.columns.length;
  const model = modelOf(inputs, columns, learned);
  const pipeline = foldProjection({ width: rows.columns.length, stages, model, isotonic: null });
  const importances = columns.map(({ column }, j) => ({
    column: column.name,
    value: learned.importances[j],
  }));
  const scorecard = woe && pointsOf(woe.bins, columns, learned.predictor);
  return { pipeline, covers: learned.covers, notes, importances, rounds: learned.rounds, scorecard };
}

function modelOf(width: number, columns: readonly PreparedColumn[], { predictor, link }: Learned): Model {
  const isWhole =
    columns.length === width &&
    columns.every(({ source }, j) => source.input === j && source.steps.length === 0);
  return { width, features: isWhole ? null : columns.map(({ source }) => source), predictor, link };
}

function balanced({ target, weights, rows }: TrainRows, defaults: number): Float64Array {
  const of = [rows / (2 * (rows - defaults)), rows / (2 * defaults)];
  return Float64Array.from(target, (y, i) => of[y] * (weights ? weights[i] : 1));
}

/** Rows that are scored at once. */
const BLOCK = 4096;

/** P(default) of rows with the user's columns. @throws train-unscored where a value that they lack was there in all rows learned from */
export const predict = (pipeline: Pipeline, rows: Pick<TrainRows, 'rows' | 'columns'>): Float64Array =>
  pipelineProbabilities(pipeline, predictRaw(pipeline, rows));

/** Their raw output. */
export function predictRaw(pipeline: Pipeline, rows: Pick<TrainRows, 'rows' | 'columns'>): Float64Array {
  const raw = outputsOf(pipeline, rows);
  const unscored = raw.reduce((sum, value) => sum + (Number.isNaN(value) ? 1 : 0), 0);
  if (unscored > 0) throw new ScoredeskError('train-unscored', { rows: unscored });
  return raw;
}

/** P(default) of rows some of which may get none (NaN). */
export const predictSome = (pipeline: Pipeline, rows: Pick<TrainRows, 'rows' | 'columns'>): Float64Array =>
  pipelineProbabilities(pipeline, outputsOf(pipeline, rows));

function outputsOf(pipeline: Pipeline, rows: Pick<TrainRows, 'rows' | 'columns'>): Float64Array {
  const out = new Float64Array(rows.rows);
  for (let from = 0; from < rows.rows; from += BLOCK) {
    const to = Math.min(rows.rows, from + BLOCK);
    out.set(pipelineOutputs(pipeline, inputsOf(rows, from, to), to - from), from);
  }
  return out;
}
