import { takeTrainRows, type TrainRows } from './data';
import { fit, predictRaw, type FitSpec, type Fitted } from './fit';
import { pipelineProbabilities } from './pipeline';
import { stratifiedFolds, stratifiedSplit } from './split';

/** How rows are divided into folds: of all of them, or of a share drawn by the same seed. */
export interface Division {
  folds: number;
  seed: number;
  rowShare: number;
}

/** A model without one fold, to be asked about it. */
export interface FoldJob extends Division {
  spec: FitSpec;
  fold: number;
}

/** What a model says of the rows of a fold that it never saw, in their order. */
export interface FoldScores {
  raw: Float64Array;
  /** P(default), by the learner's own link. */
  scores: Float64Array;
}

/** Who fits: this thread, or several workers that hold the same rows. The answers are the same bits whoever gives them. */
export interface Fitter {
  /** @throws as `fit` */
  score(job: FoldJob): Promise<FoldScores>;
  /** A model of all rows. @throws as `fit` */
  fit(spec: FitSpec): Promise<Fitted>;
}

/** Rows divided into folds. */
export interface Divided {
  rows: TrainRows;
  /** Positions of these rows among those that were divided. */
  positions: Int32Array;
  /** The fold of each row, 0 .. folds - 1. */
  fold: Uint8Array;
}

export function divided(all: TrainRows, { folds, seed, rowShare }: Division): Divided {
  const positions =
    rowShare < 1 ? stratifiedSplit(all.target, rowShare, seed).test : Int32Array.from(all.target.keys());
  const rows = rowShare < 1 ? takeTrainRows(all, positions) : all;
  return { rows, positions, fold: stratifiedFolds(rows.target, folds, seed) };
}

/** Fits on rows that it holds. */
export class RowFitter {
  readonly #all: TrainRows;
  /** The last division: all folds of all candidates have the same one. */
  #last: { key: string; divided: Divided } | null = null;

  constructor(all: TrainRows) {
    this.#all = all;
  }

  fit(spec: FitSpec): Fitted {
    return fit(this.#all, spec);
  }

  score(job: FoldJob): FoldScores {
    const { rows, fold } = this.#divided(job);
    const all = Int32Array.from(fold.keys());
    const { pipeline } = fit(
      takeTrainRows(
        rows,
        all.filter((row) => fold[row] !== job.fold),
      ),
      job.spec,
    );
    const raw = predictRaw(
      pipeline,
      takeTrainRows(
        rows,
        all.filter((row) => fold[row] === job.fold),
      ),
    );
    return { raw, scores: pipelineProbabilities(pipeline, raw.slice()) };
  }

  #divided({ folds, seed, rowShare }: Division): Divided {
    const key = `${folds} ${seed} ${rowShare}`;
    if (this.#last?.key !== key) this.#last = { key, divided: divided(this.#all, { folds, seed, rowShare }) };
    return this.#last.divided;
  }
}

/** This thread, with a breath before each model. */
export function localFitter(rows: TrainRows, pause: () => Promise<void>): Fitter {
  const fitter = new RowFitter(rows);
  return {
    async score(job) {
      await pause();
      return fitter.score(job);
    },
    async fit(spec) {
      await pause();
      return fitter.fit(spec);
    },
  };
}
