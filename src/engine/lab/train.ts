import { ScoredeskError } from '../../core/errors';
import { EVEN_COSTS, type Costs } from '../../core/decision/cost';
import type { Objective } from '../../core/decision/thresholds';
import { sigmoid } from '../../core/numeric/functions';
import { writeOnnx } from '../../core/onnx/write/model';
import { columnOf, type Table } from '../../core/table/table';
import { calibrated, fitPlatt, type Platt } from '../../core/train/calibrate';
import { validate, type Validation } from '../../core/metrics/validation';
import { crossValidate } from '../../core/train/crossValidate';
import { runFigures, type RunFigures } from '../../core/train/figures';
import { fit, predict, type FitSpec, type Fitted } from '../../core/train/fit';
import type { LearnerSpec } from '../../core/train/learners/learner';
import { bestOf, isLoss, search, withParams, type Tried } from '../../core/train/search/search';
import { splitByTime, stratifiedSplit } from '../../core/train/split';
import type { WoeBin } from '../../core/train/prepare/woe';
import type { StepNote } from '../../core/train/prepare/prepared';
import type { PackInput } from '../../bundle/packPlan';
import type { Dictionary, ManifestColumn } from '../../bundle/schema';
import type { Target } from '../../bundle/target';
import { pausing, type Progress } from '../runtime';
import type { Recipe } from './recipe';
import { labPart, labTable, ROW_NUMBER, takePart, type LabPart } from './rows';
import { chooseThreshold, objectiveOf, type ChosenThreshold } from './threshold';
import { doubtful, type LabWarning } from './warnings';

export interface TrainInput {
  table: Table;
  /** Rows kept aside; left out, some of the table's are. */
  test?: Table | undefined;
  target: Target;
  /** Column that names a row; null numbers them. */
  id: string | null;
  dictionary: Dictionary;
  recipe: Recipe;
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
  calibration: Platt | null;
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

export interface Trained {
  run: Run;
  /** All that a bundle is made of but its name. */
  bundle: Pick<
    PackInput,
    'model' | 'clients' | 'idColumn' | 'reference' | 'test' | 'target' | 'dictionary' | 'features'
  >;
}

/** The rows, apart: what is learned from, and what no step sees. */
interface Data {
  train: LabPart;
  test: LabPart;
  /** Whom the bundle shows. */
  clients: Table;
  declared: ManifestColumn[];
  warnings: LabWarning[];
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
  const task: LabTask = {
    recipe,
    costs,
    objective: objectiveOf(recipe.threshold, costs),
    pause: pausing(input.signal),
    progress: input.progress ?? (() => undefined),
  };
  const { spec, searched } = await chosenSpec(data.train, task);
  const model = await validatedModel(data.train, spec, task);
  const run = await measured(data, { ...model, searched }, task);
  const { threshold, reviewFrom } = run.threshold;
  return { run, bundle: bundleOf(input, data, usedColumns(model.fitted), { threshold, reviewFrom, costs }) };
}

/** What all parts of a training know. */
interface LabTask {
  recipe: Recipe;
  costs: Costs;
  objective: Objective;
  pause: () => Promise<void>;
  progress: (state: Progress) => void;
}

/** Walks through long work, and lets others in between its parts. */
async function stepped<T>(
  work: Generator<{ done: number; total: number }, T>,
  { pause, progress }: LabTask,
): Promise<T> {
  let next = work.next();
  while (!next.done) {
    progress({ ...next.value, unit: 'models' });
    await pause();
    next = work.next();
  }
  return next.value;
}

/** The recipe's learner, with the parameters that a search found where it asks for one. */
async function chosenSpec(
  { rows, table }: LabPart,
  task: LabTask,
): Promise<{ spec: FitSpec; searched: Run['search'] }> {
  const { recipe, costs, objective } = task;
  const { steps, folds, seed } = recipe;
  const imbalance = typeof recipe.imbalance === 'string' ? recipe.imbalance : { ...recipe.imbalance, seed };
  const spec: FitSpec = { steps, imbalance, learner: seeded(recipe.learner, seed) };
  if (!recipe.search) return { spec, searched: null };
  const how = { ...recipe.search, folds, seed, objective, amounts: amountsOf(table, costs) };
  const tried = await stepped(search(rows, spec, how), task);
  const best = bestOf(tried, isLoss(how.metric, objective));
  return { spec: { ...spec, learner: withParams(spec.learner, best.params) }, searched: { tried, best } };
}

const seeded = (learner: LearnerSpec, seed: number): LearnerSpec =>
  learner.kind === 'boosting' || learner.kind === 'forest'
    ? { ...learner, params: { ...learner.params, seed } }
    : learner;

/** A model of all training rows, and what models that never saw a row say of it. */
interface ValidatedModel {
  fitted: Fitted;
  platt: Platt | null;
  /** P(default) of each row. */
  cvScores: Float64Array;
  fold: Uint8Array;
}

async function validatedModel({ rows }: LabPart, spec: FitSpec, task: LabTask): Promise<ValidatedModel> {
  const { folds, seed, calibration } = task.recipe;
  const { raw, scores, fold } = await stepped(crossValidate(rows, spec, { folds, seed }), task);
  const fitted = fit(rows, spec);
  task.progress({ done: folds, total: folds, unit: 'models' });
  const platt = calibration === 'platt' ? fitPlatt(raw, rows.target) : null;
  const model = platt ? calibrated(fitted.model, platt) : fitted.model;
  const cvScores = platt ? raw.map((own) => sigmoid(platt.slope * own + platt.shift)) : scores;
  return { fitted: { ...fitted, model }, platt, cvScores, fold };
}

/** Chooses the threshold, and measures on training rows, folds and test. */
async function measured(
  { train: learned, test: unseen, declared, warnings }: Data,
  { fitted, platt, cvScores, fold, searched }: ValidatedModel & { searched: Run['search'] },
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
  const { model } = fitted;
  const unseenScores = predict(model, unseen.rows);
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
      train: figures(learned, predict(model, learned.rows)),
      cv: figures(learned, cvScores),
      test: figures(unseen, unseenScores),
    },
    folds: Array.from({ length: recipe.folds }, (_, k) => ofFold(k)),
    validation,
    baseline: figures(unseen, predict(dummy.model, unseen.rows)),
    search: searched,
    calibration: platt,
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

/** Fitted on the columns that it uses, in their order. */
interface Used {
  inputs: number[];
  fitted: Fitted;
}

/** Columns that the steps took out are no inputs of the model. */
function usedColumns(fitted: Fitted): Used {
  const { model } = fitted;
  if (!model.features) return { inputs: Array.from({ length: model.width }, (_, j) => j), fitted };
  const inputs = [...new Set(model.features.map(({ input }) => input))].sort((a, b) => a - b);
  const place = new Map(inputs.map((input, at) => [input, at]));
  const features = model.features.map((source) => ({ ...source, input: place.get(source.input) as number }));
  const isWhole =
    features.length === inputs.length &&
    features.every(({ input, steps }, j) => input === j && steps.length === 0);
  return {
    inputs,
    fitted: { ...fitted, model: { ...model, width: inputs.length, features: isWhole ? null : features } },
  };
}

function bundleOf(
  { target, id, dictionary }: TrainInput,
  { train: learned, test, clients, declared }: Data,
  { inputs, fitted }: Used,
  decision: NonNullable<Dictionary['decision']>,
): Trained['bundle'] {
  const names = inputs.map((j) => learned.rows.columns[j].name);
  const levels = new Map(declared.map((column) => [column.name, column.levels?.map(({ value }) => value)]));
  const columns = names.map((name) => ({ name, levels: levels.get(name) ?? null }));
  const isInput = new Set(names);
  return {
    model: writeOnnx(fitted.model, columns, fitted.covers),
    clients,
    idColumn: id ?? ROW_NUMBER,
    reference: learned.table,
    test: test.table,
    target: { column: target.column },
    features: names,
    dictionary: {
      ...dictionary,
      decision: { ...dictionary.decision, ...decision },
      columns: declared.map((column) =>
        column.role === 'feature' && !isInput.has(column.name) ? { ...column, role: 'extra' } : column,
      ),
    },
  };
}

/** @throws train-few-rows, train-one-class */
function dataOf(input: TrainInput): Data {
  const { recipe, table, test } = input;
  const lab = labTable(table, { ...input, leaveOut: recipe.leaveOut });
  const unused = lab.unused.map((column): LabWarning => ({ kind: 'unused', column, found: NaN }));
  const parts = test ? { train: lab, test: labPart(test, lab.declared, input) } : splitParts(lab, recipe);
  const clients = test ? parts.test.table : lab.table;
  for (const part of [parts.train, parts.test]) refuseFew(part.rows.target);
  return { ...parts, clients, declared: lab.declared, warnings: [...doubtful(parts.train.rows), ...unused] };
}

function splitParts(lab: LabPart, { split, seed }: Recipe): { train: LabPart; test: LabPart } {
  const { target } = lab.rows;
  const { train, test } =
    split.time === undefined
      ? stratifiedSplit(target, split.test, seed)
      : splitByTime(timesOf(lab.table, split.time), split.test);
  return { train: takePart(lab, train, 'reference'), test: takePart(lab, test, 'test') };
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

/** What costs are shares of. @throws column-unknown */
function amountsOf(table: Table, costs: Costs): Float64Array | undefined {
  if (costs.kind === 'count') return undefined;
  const column = columnOf(table, costs.column);
  if (column.kind !== 'number')
    throw new ScoredeskError('column-not-number', {
      column: costs.column,
      file: table.name,
      row: 1,
      value: '',
    });
  return Float64Array.from(column.values);
}
