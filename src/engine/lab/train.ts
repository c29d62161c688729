import { ScoredeskError } from '../../core/errors';
import { EVEN_COSTS, type Costs } from '../../core/decision/cost';
import type { Objective } from '../../core/decision/thresholds';
import { columnOf, texts, type Table } from '../../core/table/table';
import { calibrated, crossCalibrated, fitCalibration, type Calibration } from '../../core/train/calibrate';
import { validate, type Validation } from '../../core/metrics/validation';
import { crossValidate } from '../../core/train/crossValidate';
import { runFigures, type RunFigures } from '../../core/train/figures';
import type { TrainRows } from '../../core/train/data';
import { fit, predict, type FitSpec, type Fitted } from '../../core/train/fit';
import { divided, localFitter, type Fitter } from '../../core/train/fitter';
import type { LearnerSpec } from '../../core/train/learners/learner';
import { bestOf, isLoss, search, withParams, type Tried } from '../../core/train/search/search';
import { splitByTime, splitByValue, stratifiedSplit, type Split } from '../../core/train/split';
import type { WoeBin } from '../../core/train/prepare/woe';
import type { StepNote } from '../../core/train/prepare/prepared';
import type { Dictionary, ManifestColumn } from '../../bundle/schema';
import type { Target } from '../../bundle/target';
import { pausing, type Progress } from '../runtime';
import type { Recipe } from './recipe';
import { labelledRows, labPart, labTable, numberColumn, shownRows, takePart, type LabPart } from './rows';
import { chooseThreshold, objectiveOf, type ChosenThreshold } from './threshold';
import { bundleOf, usedColumns, type LabData, type TrainedBundle } from './bundle';
import { doubtful, type LabWarning } from './warnings';

export interface TrainInput {
  table: Table;
  /** Rows without an outcome are clients of the bundle, and nothing is learned from them; else they are refused. */
  labelledOnly?: boolean | undefined;
  /** Rows kept aside; left out, some of the table's are. */
  test?: Table | undefined;
  target: Target;
  /** Whom the bundle shows; left out, the rows of the table, or of the test where there is one. */
  clients?: Table | undefined;
  /** Later rows, to compare with those learned from. */
  current?: Table | undefined;
  /** Column that names a row; null numbers them. */
  id: string | null;
  dictionary: Dictionary;
  recipe: Recipe;
  /** Who fits the models of these rows; this thread unless said. */
  fitter?: ((rows: TrainRows, local: Fitter) => Fitter) | undefined;
  /** Candidates that an earlier search tried. */
  resume?: readonly Tried[] | undefined;
  /** Called with all candidates tried so far, after each; the next one waits for it. */
  onTried?: ((tried: readonly Tried[]) => unknown) | undefined;
  /** Whether the search may end with what it has: asked after each candidate. */
  enough?: (() => boolean) | undefined;
  signal?: AbortSignal | undefined;
  progress?: ((state: Progress) => void) | undefined;
}

/** What a training found. */
export interface Run {
  recipe: Recipe;
  seed: number;
  /** Inputs of the model, in its order. */
  columns: string[];
  rows: { train: number; test: number };
  threshold: ChosenThreshold;
  metrics: { train: RunFigures; cv: RunFigures; test: RunFigures };
  /** Of each fold. */
  folds: RunFigures[];
  /** Of the test rows: figures with their intervals, and curves. */
  validation: Validation;
  /** On the test rows, of the share of defaults alone: what any model has to beat. */
  baseline: RunFigures;
  /** Every candidate that was tried, and the one that was taken; null where nothing was searched. */
  search: { tried: readonly Tried[]; best: Tried } | null;
  calibration: Calibration | null;
  /** What the steps took out, fitted on all training rows. */
  steps: readonly StepNote[];
  importances: Fitted['importances'];
  /** Trees grown, or steps of a regression. */
  rounds: number;
  /** Points of everybody and of each bin; null of other learners. */
  scorecard: { base: number; bins: ScorecardBin[] } | null;
  warnings: LabWarning[];
}

/** A bin of a scorecard: the text of a level, the upper bound of a range (none of the last one). */
type ScorecardBin = Pick<WoeBin, 'column' | 'rows' | 'defaults' | 'woe'> & {
  of: { level: string } | { upTo: number | null } | { missing: true };
  points: number;
};

/** Outcomes (1: default) and P(default), row by row. */
export interface ScoredRows {
  target: Uint8Array;
  scores: Float64Array;
}

export interface Trained {
  run: Run;
  /** The rows kept aside: their outcomes, and what the model says of them. */
  aside: ScoredRows;
  bundle: TrainedBundle;
}

/** Of the bootstrap behind the intervals. */
const SAMPLES = 200;
/** Fewer rows can't be split into training, folds and test; so few of one outcome neither. */
const LEAST_ROWS = 50;
const LEAST_OF_ONE = 10;

/**
 * Prepares, searches, validates, learns and chooses a threshold; the same rows, recipe and seed give the same bytes.
 *
 * @throws train-few-rows, train-one-class, target-missing, learner-missing, learner-text, train-diverged …; stopped
 */
export async function train(input: TrainInput): Promise<Trained> {
  const { recipe } = input;
  const data = dataOf(input);
  const costs = recipe.threshold.costs ?? input.dictionary.decision?.costs ?? EVEN_COSTS;
  const pause = pausing(input.signal);
  const local = localFitter(data.train.rows, pause);
  const task: LabTask = {
    recipe,
    costs,
    objective: objectiveOf(recipe.threshold, costs),
    fitter: input.fitter?.(data.train.rows, local) ?? local,
    pause,
    progress: input.progress ?? (() => undefined),
  };
  const { spec, searched } = await chosenSpec(data.train, task, input);
  const model = await validatedModel(data.train, spec, task);
  const aside = { target: data.test.rows.target, scores: predict(model.fitted.pipeline, data.test.rows) };
  const run = await measured(data, { ...model, searched, unseenScores: aside.scores }, task);
  const { threshold, reviewFrom } = run.threshold;
  return {
    run,
    aside,
    bundle: bundleOf(input, data, usedColumns(model.fitted), { threshold, reviewFrom, costs }),
  };
}

/** What all parts of a training know. */
interface LabTask {
  recipe: Recipe;
  costs: Costs;
  objective: Objective;
  fitter: Fitter;
  pause: () => Promise<void>;
  progress: (state: Progress) => void;
}

/** The recipe's learner, with the parameters that a search found where it asks for one. */
async function chosenSpec(
  { rows, table }: LabPart,
  { recipe, costs, objective, fitter, progress }: LabTask,
  { resume, enough, onTried }: Pick<TrainInput, 'resume' | 'enough' | 'onTried'>,
): Promise<{ spec: FitSpec; searched: Run['search'] }> {
  const { steps, folds, seed } = recipe;
  const imbalance = typeof recipe.imbalance === 'string' ? recipe.imbalance : { ...recipe.imbalance, seed };
  const spec: FitSpec = { steps, imbalance, learner: seeded(recipe.learner, seed) };
  if (!recipe.search) return { spec, searched: null };
  const how = { ...recipe.search, folds, seed };
  const tried = await search(rows, spec, how, {
    fitter,
    objective,
    amounts: amountsOf(table, costs),
    resume,
    enough,
    progress: (done, total) => progress({ done, total, unit: 'models' }),
    onTried,
  });
  const best = bestOf(tried, isLoss(how.metric, objective));
  return { spec: withParams(spec, best.params), searched: { tried, best } };
}

export const seeded = (learner: LearnerSpec, seed: number): LearnerSpec =>
  learner.kind === 'boosting' || learner.kind === 'forest'
    ? { ...learner, params: { ...learner.params, seed } }
    : learner;

/** A model of all training rows, and what models that never saw a row say of it. */
interface ValidatedModel {
  fitted: Fitted;
  calibration: Calibration | null;
  /** P(default) of each row. */
  cvScores: Float64Array;
  fold: Uint8Array;
}

async function validatedModel({ rows }: LabPart, spec: FitSpec, task: LabTask): Promise<ValidatedModel> {
  const { folds, seed, calibration: kind } = task.recipe;
  const { fitter, progress } = task;
  const division = { folds, seed, rowShare: 1 };
  const whole = divided(rows, division);
  let models = 0;
  const done = (): void => progress({ done: ++models, total: folds + 1, unit: 'models' });
  const [{ raw, scores }, fitted] = await Promise.all([
    crossValidate(fitter, spec, division, whole, done),
    fitter.fit(spec).then((model) => {
      done();
      return model;
    }),
  ]);
  const { fold } = whole;
  if (kind === 'none') return { fitted, calibration: null, cvScores: scores, fold };
  const calibration = fitCalibration(kind, raw, rows.target);
  const cvScores = crossCalibrated(kind, { raw, fold, target: rows.target });
  return {
    fitted: { ...fitted, pipeline: calibrated(fitted.pipeline, calibration) },
    calibration,
    cvScores,
    fold,
  };
}

/** Chooses the threshold, and measures on training rows, folds and test. */
async function measured(
  { train: learned, test: unseen, declared, warnings }: LabData,
  {
    fitted,
    calibration,
    cvScores,
    fold,
    searched,
    unseenScores,
  }: ValidatedModel & { searched: Run['search']; unseenScores: Float64Array },
  { recipe, costs, objective, pause }: LabTask,
): Promise<Run> {
  const threshold = await chooseThreshold(learned.rows.target, cvScores, {
    objective,
    reviewMargin: recipe.threshold.reviewMargin,
    amounts: amountsOf(learned.table, costs),
    seed: recipe.seed,
    pause,
  });
  const figures = ({ rows, table }: LabPart, scores: Float64Array): RunFigures =>
    runFigures(rows.target, scores, {
      threshold: threshold.threshold,
      costs,
      amounts: amountsOf(table, costs),
    });
  const ofFold = (k: number): RunFigures => {
    const own = Int32Array.from(fold.keys()).filter((row) => fold[row] === k);
    const scores = Float64Array.from(own, (row) => cvScores[row]);
    return figures(takePart(learned, own, ''), scores);
  };
  const { pipeline } = fitted;
  const validation = await validate(unseen.rows.target, unseenScores, {
    threshold: threshold.threshold,
    costs,
    beta: recipe.threshold.fBeta ?? 1,
    amounts: amountsOf(unseen.table, costs),
    samples: SAMPLES,
    seed: recipe.seed,
    pause,
  });
  const dummy = fit(learned.rows, { steps: [], learner: { kind: 'dummy' }, imbalance: 'none' });
  const { notes, importances, rounds, scorecard } = fitted;
  return {
    recipe,
    seed: recipe.seed,
    columns: usedColumns(fitted).inputs.map((j) => learned.rows.columns[j].name),
    rows: { train: learned.rows.rows, test: unseen.rows.rows },
    threshold,
    metrics: {
      train: figures(learned, predict(pipeline, learned.rows)),
      cv: figures(learned, cvScores),
      test: figures(unseen, unseenScores),
    },
    folds: Array.from({ length: recipe.folds }, (_, k) => ofFold(k)),
    validation,
    baseline: figures(unseen, predict(dummy.pipeline, unseen.rows)),
    search: searched,
    calibration,
    steps: notes,
    importances: [...importances].sort((a, b) => b.value - a.value),
    rounds,
    scorecard: scorecard && { ...scorecard, bins: scorecard.bins.map((bin) => named(bin, declared)) },
    warnings,
  };
}

function named(
  { of, ...bin }: WoeBin & { points: number },
  declared: readonly ManifestColumn[],
): ScorecardBin {
  if (of.kind === 'missing') return { ...bin, of: { missing: true } };
  if (of.kind === 'range') return { ...bin, of: { upTo: of.upTo } };
  const levels = declared.find(({ name }) => name === bin.column)?.levels;
  return { ...bin, of: { level: levels?.[of.code]?.value ?? String(of.code) } };
}

/** The rows divided into those learned from and those that no step sees. @throws train-few-rows, train-one-class */
export function dataOf(input: TrainInput): LabData {
  const { recipe, test } = input;
  const table = input.labelledOnly ? labelledRows(input.table, input.target) : input.table;
  const all = table === input.table ? undefined : input.table;
  const { leaveOut, weights, split } = recipe;
  const aside = split.given && !test ? [split.given.column] : [];
  const lab = labTable(table, { ...input, leaveOut: [...leaveOut, ...aside], weights });
  const unused = lab.unused.map((column): LabWarning => ({ kind: 'unused', column, found: NaN }));
  const parts = test ? { train: lab, test: labPart(test, lab.declared, input) } : splitParts(lab, recipe);
  const shown = (rows: Table | undefined) => rows && shownRows(rows, lab.declared, input);
  const clients = shown(input.clients ?? all) ?? (test ? parts.test.table : lab.table);
  for (const part of [parts.train, parts.test]) refuseFew(part.rows.target);
  const current = shown(input.current);
  return {
    ...parts,
    clients,
    current,
    declared: lab.declared,
    warnings: [...doubtful(parts.train.rows), ...unused],
  };
}

function splitParts(lab: LabPart, recipe: Recipe): { train: LabPart; test: LabPart } {
  const { train, test } = splitOf(lab, recipe);
  return { train: takePart(lab, train, 'reference'), test: takePart(lab, test, 'test') };
}

function splitOf({ rows, table }: LabPart, { split: { test, time, given }, seed }: Recipe): Split {
  if (given) return splitByValue(texts(columnOf(table, given.column)), String(given.value));
  if (time !== undefined) return splitByTime(timesOf(table, time), test);
  return stratifiedSplit(rows.target, test, seed);
}

/** Numbers as they are, dates by their day. @throws column-unknown */
function timesOf(table: Table, name: string): Float64Array {
  const column = columnOf(table, name);
  if (column.kind === 'number') return Float64Array.from(column.values);
  const times = column.dictionary.map((text) => Date.parse(text));
  return Float64Array.from(column.codes, (code) => (code < 0 ? NaN : times[code]));
}

function refuseFew(target: Uint8Array): void {
  const defaults = target.reduce((sum, y) => sum + y, 0);
  if (defaults === 0 || defaults === target.length)
    throw new ScoredeskError('train-one-class', { rows: target.length });
  if (target.length < LEAST_OF_ONE)
    throw new ScoredeskError('train-few-rows', { rows: target.length, least: LEAST_ROWS });
}

/** What costs are shares of. @throws column-unknown, column-not-number */
function amountsOf(table: Table, costs: Costs): Float64Array | undefined {
  return costs.kind === 'count' ? undefined : Float64Array.from(numberColumn(table, costs.column));
}
