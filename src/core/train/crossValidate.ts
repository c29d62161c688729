import type { Divided, Division, Fitter } from './fitter';
import type { FitSpec } from './fit';

/** Of each row what a model says that never saw it. */
export interface CrossValidated {
  /** Raw outputs, float64 [rows]. */
  raw: Float64Array;
  /** P(default) of each row, by the learner's own link. */
  scores: Float64Array;
}

/**
 * Stratified cross-validation: preparation and learner are fitted anew without each fold (Stone 1974).
 *
 * @param division that `divided` was made by
 * @param done called after each fold
 * @throws as `fit`
 */
export async function crossValidate(
  fitter: Fitter,
  spec: FitSpec,
  division: Division,
  { fold }: Divided,
  done: () => void = () => undefined,
): Promise<CrossValidated> {
  const out = { raw: new Float64Array(fold.length), scores: new Float64Array(fold.length) };
  const one = async (k: number): Promise<void> => {
    const own = Int32Array.from(fold.keys()).filter((row) => fold[row] === k);
    const { raw, scores } = await fitter.score({ ...division, spec, fold: k });
    own.forEach((row, i) => {
      out.raw[row] = raw[i];
      out.scores[row] = scores[i];
    });
    done();
  };
  await Promise.all(Array.from({ length: division.folds }, (_, k) => one(k)));
  return out;
}
