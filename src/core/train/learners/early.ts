import { logLoss } from '../../metrics/binary';
import { sigmoid } from '../../numeric/functions';
import { rawOutputs } from '../../model/evaluate';
import { Boosting, BOOSTING_DEFAULTS, type BoostingParams } from '../boosting/boost';
import { inputsOf, takeTrainRows, type TrainRows } from '../data';
import { stratifiedSplit } from '../split';

/** Share of the rows that tell when more trees no longer help. */
const WATCHED = 0.1;

/**
 * Trees after which the log loss of rows kept aside falls no more, for `patience` trees (Prechelt 1998): a model of all rows
 * takes as many.
 */
export function treesThatHelp(rows: TrainRows, params: Partial<BoostingParams>, patience: number): number {
  const { seed, trees } = { ...BOOSTING_DEFAULTS, ...params };
  const { train, test } = stratifiedSplit(rows.target, WATCHED, seed);
  if (test.length === 0) return trees;
  const watched = takeTrainRows(rows, test);
  const inputs = inputsOf(watched);
  const boosting = new Boosting(takeTrainRows(rows, train), params);
  const margins = new Float64Array(watched.rows);
  let [best, least] = [0, Infinity];
  for (let t = 1; t <= trees && t - best <= patience; t++) {
    boosting.next();
    const { trees: predictor } = boosting.ensemble(t, t - 1);
    const added = rawOutputs(
      { width: rows.columns.length, features: null, predictor, link: 'logistic' },
      inputs,
      watched.rows,
    );
    added.forEach((m, i) => (margins[i] += m - (t > 1 ? predictor.base : 0)));
    const loss = logLoss(watched.target, margins.map(sigmoid));
    if (loss < least) [best, least] = [t, loss];
  }
  return Math.max(1, best);
}
