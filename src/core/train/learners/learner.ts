import type { Covers } from '../../explain/covers';
import type { Model, Predictor } from '../../model/model';
import { constantTrees } from '../../model/trees';
import { treesThatHelp } from './early';
import { Boosting, type BoostingParams } from '../boosting/boost';
import type { TrainColumn, TrainRows } from '../data';
import { Forest, type ForestParams } from './forest';
import { fitLogistic, type LogisticParams } from './logistic';
import { logit } from '../../numeric/functions';
import { ScoredeskError } from '../../errors';

/** A learner and its parameters; those left out are the defaults. */
export type LearnerSpec =
  | { kind: 'dummy' }
  | { kind: 'logistic'; params: Partial<LogisticParams> }
  /** A regression on weights of evidence: see `fit`. */
  | { kind: 'scorecard'; params: Partial<LogisticParams> }
  | { kind: 'forest'; params: Partial<ForestParams> }
  | { kind: 'boosting'; params: Partial<BoostingParams> & { patience?: number | undefined } };

/** What a learner made of prepared rows. */
export interface Learned {
  predictor: Predictor;
  link: Model['link'];
  covers: Covers | null;
  /** How much each column counts: sums of gains, or sizes of weights times spreads. */
  importances: Float64Array;
  /** Trees, or Newton steps. */
  rounds: number;
}

/** @param report trees or steps done @throws learner-missing, learner-text, train-diverged */
export function learn(
  spec: LearnerSpec,
  rows: TrainRows,
  report: (done: number) => void = () => undefined,
): Learned {
  switch (spec.kind) {
    case 'dummy':
      return dummy(rows);
    case 'logistic':
    case 'scorecard':
      return logistic(rows, spec.params);
    case 'forest':
      return forest(rows, spec.params, report);
    case 'boosting':
      return boosting(rows, spec.params, report);
  }
}

/** The share of defaults for everybody: what any model has to beat. */
function dummy({ columns, target, weights }: TrainRows): Learned {
  let [bad, all] = [0, 0];
  target.forEach((y, i) => {
    all += weights ? weights[i] : 1;
    bad += (weights ? weights[i] : 1) * y;
  });
  return {
    predictor: constantTrees(logit(bad / all)),
    link: 'logistic',
    covers: null,
    importances: new Float64Array(columns.length),
    rounds: 0,
  };
}

function logistic({ columns, target, weights }: TrainRows, params: Partial<LogisticParams>): Learned {
  const numbers = columns.map(finiteNumbers);
  const {
    weights: found,
    base,
    steps,
  } = fitLogistic({ columns: numbers, target, weights: weights ?? null }, params);
  return {
    predictor: { kind: 'linear', weights: found, base },
    link: 'logistic',
    covers: null,
    importances: found.map((w, j) => Math.abs(w) * spreadOf(numbers[j])),
    rounds: steps,
  };
}

/** @throws learner-text of a category, learner-missing of a gap or an infinity: a step has to deal with it first */
function finiteNumbers(column: TrainColumn): Float64Array {
  if (column.kind === 'category') throw new ScoredeskError('learner-text', { column: column.name });
  const values = Float64Array.from(column.values);
  const row = values.findIndex((x) => !Number.isFinite(x));
  if (row >= 0)
    throw new ScoredeskError('learner-missing', { column: column.name, value: String(values[row]) });
  return values;
}

function spreadOf(values: Float64Array): number {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  return Math.sqrt(values.reduce((sum, x) => sum + (x - mean) * (x - mean), 0) / values.length);
}

function boosting(
  rows: TrainRows,
  { patience = 0, ...params }: Partial<BoostingParams> & { patience?: number | undefined },
  report: (done: number) => void,
): Learned {
  const trees = patience > 0 ? treesThatHelp(rows, params, patience) : undefined;
  const made = new Boosting(rows, trees === undefined ? params : { ...params, trees });
  for (let t = 0; t < made.wanted; t++) {
    made.next();
    report(t + 1);
  }
  const { trees: predictor, covers, gains } = made.ensemble();
  return { predictor, link: 'logistic', covers, importances: gains, rounds: made.wanted };
}

function forest(rows: TrainRows, params: Partial<ForestParams>, report: (done: number) => void): Learned {
  const made = new Forest(rows, params);
  for (let t = 0; t < made.wanted; t++) {
    made.next();
    report(t + 1);
  }
  const { trees: predictor, covers, gains } = made.ensemble();
  return { predictor, link: 'identity', covers, importances: gains, rounds: made.wanted };
}
