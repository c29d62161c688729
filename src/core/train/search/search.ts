import { hasCode } from '../../errors';
import { brier, logLoss, auc } from '../../metrics/binary';
import { bestThreshold, type Objective } from '../../decision/thresholds';
import { ranked } from '../../metrics/ranked';
import { spreadRandom } from '../../numeric/random';
import { crossValidate, type CrossValidated } from '../crossValidate';
import type { TrainRows } from '../data';
import type { FitSpec } from '../fit';
import { divided, type Divided, type Fitter } from '../fitter';
import type { LearnerSpec } from '../learners/learner';
import { gridCandidates, randomCandidate, type Candidate, type Space } from './space';
import { tpeCandidate, type Trial } from './tpe';

/** How parameters are searched. */
export interface SearchSpec {
  kind: 'grid' | 'random' | 'tpe';
  /** Candidates at most. */
  trials: number;
  /** What is made best: ranking, loss, or the objective with its threshold chosen anew in each fold. */
  metric: 'auc' | 'logLoss' | 'brier' | 'objective';
  /** Share of the rows that candidates are tried on. */
  rowShare: number;
  params: Space;
}

/** A candidate with what it reached. */
export interface Tried {
  params: Candidate;
  /** Mean over the folds, and its standard error; NaN where it could not be fitted. */
  value: number;
  error: number;
}

/** Whether less of a metric is better. */
export const isLoss = (metric: SearchSpec['metric'], objective: Objective): boolean =>
  metric === 'objective' ? objective.kind === 'cost' : metric !== 'auc';

/** What a search works with. */
export interface SearchTask {
  fitter: Fitter;
  objective: Objective;
  /** Of all rows, where the objective needs them. */
  amounts?: Float64Array | undefined;
  /** What was tried before: it is not tried again. */
  resume?: readonly Tried[] | undefined;
  /** Whether what was tried is enough: asked before each candidate but the first. */
  enough?: (() => boolean) | undefined;
  /** Called after each fold: how many candidates are done (with their part), of how many. */
  progress?: ((done: number, total: number) => void) | undefined;
  /** Called with all that were tried after each candidate; the next one waits for it. */
  onTried?: ((tried: readonly Tried[]) => unknown) | undefined;
}

/**
 * Tries candidates one after the other by cross-validation, the same folds for all of them.
 *
 * @returns all that were tried; the best is `bestOf`
 * @throws as `fit` where every candidate fails
 */
export async function search(
  rows: TrainRows,
  spec: FitSpec,
  how: SearchSpec & { folds: number; seed: number },
  task: SearchTask,
): Promise<readonly Tried[]> {
  const { seed, folds, rowShare } = how;
  const { fitter, objective, resume = [], enough = () => false, progress = () => undefined, onTried } = task;
  const division = { folds, seed, rowShare };
  const sample = divided(rows, division);
  const { amounts: all } = task;
  const amounts = all && Float64Array.from(sample.positions, (row) => all[row]);
  const next = candidates(how);
  const total = how.kind === 'grid' ? Math.min(how.trials, gridCandidates(how.params).length) : how.trials;
  const tried: Tried[] = [];
  const sign = isLoss(how.metric, objective) ? 1 : -1;
  const attempt = async (params: Candidate): Promise<Tried> => {
    let scored = 0;
    const step = (): void => progress(tried.length + ++scored / folds, total);
    const found = await crossValidate(fitter, withParams(spec, params), division, sample, step);
    return { params, ...reached(sample, found, { metric: how.metric, folds, objective, amounts }) };
  };
  let failure: unknown = null;
  while (tried.length < total && !(tried.length > 0 && enough())) {
    const params = next(
      tried.map(({ params: candidate, value }) => ({
        candidate,
        loss: Number.isNaN(value) ? Infinity : sign * value,
      })),
    );
    const known = resume[tried.length];
    try {
      tried.push(known && same(known.params, params) ? known : await attempt(params));
    } catch (error) {
      if (hasCode(error, 'stopped')) throw error;
      failure = error;
      tried.push({ params, value: NaN, error: NaN });
    }
    progress(tried.length, total);
    await onTried?.(tried);
  }
  if (tried.every(({ value }) => Number.isNaN(value)) && failure) throw failure as Error;
  return tried;
}

/** The best of what was tried, the first of equals. */
export function bestOf(tried: readonly Tried[], isLower: boolean): Tried {
  const sign = isLower ? 1 : -1;
  const usable = tried.filter(({ value }) => !Number.isNaN(value));
  return usable.reduce((best, own) => (sign * own.value < sign * best.value ? own : best));
}

/** The parameter of SMOTE that is searched beside those of the learner. */
export const SMOTE_NEIGHBOURS = 'smoteNeighbours';

/** The spec with a candidate's values. */
export function withParams(spec: FitSpec, candidate: Candidate): FitSpec {
  const { [SMOTE_NEIGHBOURS]: neighbours, ...params } = candidate;
  const { learner, imbalance } = spec;
  return {
    ...spec,
    imbalance:
      typeof imbalance === 'string' || neighbours === undefined
        ? imbalance
        : { ...imbalance, neighbours: Number(neighbours) },
    learner:
      learner.kind === 'dummy'
        ? learner
        : ({ ...learner, params: { ...learner.params, ...params } } as LearnerSpec),
  };
}

const same = (a: Candidate, b: Candidate): boolean => JSON.stringify(a) === JSON.stringify(b);

function candidates({
  kind,
  params,
  seed,
}: SearchSpec & { seed: number }): (trials: readonly Trial[]) => Candidate {
  const random = spreadRandom(seed);
  if (kind === 'random') return () => randomCandidate(params, random);
  if (kind === 'tpe') return (trials) => tpeCandidate(params, trials, random);
  const all = gridCandidates(params);
  return (trials) => all[trials.length];
}

/** Mean of the folds' figures: each of rows that its model never saw. */
function reached(
  { rows, fold }: Divided,
  { scores: all }: CrossValidated,
  {
    metric,
    objective,
    folds,
    amounts,
  }: Pick<SearchSpec, 'metric'> & { objective: Objective; folds: number; amounts?: Float64Array | undefined },
): { value: number; error: number } {
  const values = Array.from({ length: folds }, (_, k) => {
    const own = Int32Array.from(fold.keys()).filter((row) => fold[row] === k);
    const target = Uint8Array.from(own, (row) => rows.target[row]);
    const scores = Float64Array.from(own, (row) => all[row]);
    if (metric === 'auc') return auc(target, scores);
    if (metric === 'logLoss') return logLoss(target, scores);
    if (metric === 'brier') return brier(target, scores);
    return bestThreshold(
      ranked(scores, target, amounts && Float64Array.from(own, (row) => amounts[row])),
      objective,
    ).value;
  });
  const value = values.reduce((sum, own) => sum + own, 0) / folds;
  const spread = values.reduce((sum, own) => sum + (own - value) * (own - value), 0) / Math.max(1, folds - 1);
  return { value, error: Math.sqrt(spread / folds) };
}
