import { fit } from '../../core/train/fit';
import { takeTrainRows } from '../../core/train/data';
import { stratifiedSplit } from '../../core/train/split';
import { gridCandidates } from '../../core/train/search/space';
import type { Recipe } from './recipe';
import type { LabWarning } from './warnings';
import { dataOf, seeded, type TrainInput } from './train';

/** What a recipe would do with these rows. */
export interface LabPlan {
  rows: { train: number; test: number };
  /** Share of defaults of the training rows. */
  defaults: number;
  /** Columns that could be inputs, and those left by the steps. */
  columns: number;
  inputs: number;
  /** Columns taken out, by the step that does it. */
  dropped: { step: string; columns: string[] }[];
  /** Columns to look at before any figure is believed. */
  doubtful: LabWarning[];
  /** Models to fit, and the seconds that they will take about. */
  fits: number;
  seconds: number;
}

/** Rows on which one model is timed. */
const TIMED_ROWS = 4000;

/**
 * What a recipe would do: the rows it divides, the columns that its steps take out on all training rows, and how long its
 * models will take, by the time that one of them takes on some of the rows.
 *
 * @throws as `train` before anything is learned
 */
export function planOf(input: TrainInput): LabPlan {
  const { recipe } = input;
  const { train, test, warnings } = dataOf(input);
  const { rows } = train;
  const prepared = fit(rows, { steps: recipe.steps, learner: { kind: 'dummy' }, imbalance: 'none' });
  const taken = prepared.notes.filter(({ column, step }) => step.startsWith('drop') && column !== '');
  const steps = [...new Set(taken.map(({ step }) => step))];
  const defaults = rows.target.reduce((sum, y) => sum + y, 0);
  const fits = fitsOf(recipe);
  return {
    rows: { train: rows.rows, test: test.rows.rows },
    defaults: defaults / rows.rows,
    columns: rows.columns.length,
    inputs: rows.columns.length - new Set(taken.map(({ column }) => column)).size,
    dropped: steps.map((step) => ({
      step,
      columns: taken.filter((note) => note.step === step).map(({ column }) => column),
    })),
    doubtful: warnings,
    fits: Math.round(fits.count),
    seconds: fits.work * secondsOfOne(input, rows),
  };
}

/** Models, and their work in models of all training rows. */
function fitsOf({ search, folds }: Recipe): { count: number; work: number } {
  const own = folds + 1;
  const share = (folds - 1) / folds;
  if (!search) return { count: own, work: folds * share + 1 };
  const candidates =
    search.kind === 'grid' ? Math.min(search.trials, gridCandidates(search.params).length) : search.trials;
  return {
    count: candidates * folds + own,
    work: candidates * folds * share * search.rowShare + folds * share + 1,
  };
}

function secondsOfOne({ recipe }: TrainInput, rows: Parameters<typeof fit>[0]): number {
  const { steps, learner, seed } = recipe;
  const imbalance = typeof recipe.imbalance === 'string' ? recipe.imbalance : { ...recipe.imbalance, seed };
  const share = Math.min(1, TIMED_ROWS / rows.rows);
  const some = share < 1 ? takeTrainRows(rows, stratifiedSplit(rows.target, share, seed).test) : rows;
  const began = performance.now();
  fit(some, { steps, learner: seeded(learner, seed), imbalance });
  return (performance.now() - began) / 1000 / share;
}
