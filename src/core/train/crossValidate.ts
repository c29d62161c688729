import type { Model } from '../model/model';
import { sigmoid } from '../numeric/functions';
import { takeTrainRows, type TrainRows } from './data';
import { fit, predictRaw, type FitSpec } from './fit';
import { stratifiedFolds } from './split';

/** Of each row what a model says that never saw it. */
export interface CrossValidated {
  /** Raw outputs, float64 [rows]. */
  raw: Float64Array;
  /** P(default) of each row, by the learner's own link. */
  scores: Float64Array;
  fold: Uint8Array;
}

/**
 * Stratified cross-validation: preparation and learner are fitted anew without each fold (Stone 1974).
 *
 * @throws as `fit`; train-few-rows where a fold would have one outcome only
 */
export function* crossValidate(
  rows: TrainRows,
  spec: FitSpec,
  { folds, seed }: { folds: number; seed: number },
): Generator<{ done: number; total: number }, CrossValidated> {
  const fold = stratifiedFolds(rows.target, folds, seed);
  const raw = new Float64Array(rows.rows);
  const link = new Map<number, Model['link']>();
  const all = Int32Array.from(fold.keys());
  for (let k = 0; k < folds; k++) {
    yield { done: k, total: folds };
    const own = all.filter((row) => fold[row] === k);
    const { model } = fit(
      takeTrainRows(
        rows,
        all.filter((row) => fold[row] !== k),
      ),
      spec,
    );
    const scores = predictRaw(model, takeTrainRows(rows, own));
    own.forEach((row, i) => (raw[row] = scores[i]));
    link.set(k, model.link);
  }
  const scores = raw.map((own, row) => (link.get(fold[row]) === 'logistic' ? sigmoid(own) : own));
  return { raw, scores, fold };
}
