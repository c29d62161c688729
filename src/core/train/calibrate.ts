import type { Model } from '../model/model';
import { fitLogistic } from './learners/logistic';

/** p = sigmoid(slope * raw + shift). */
export interface Platt {
  slope: number;
  shift: number;
}

/** Platt (1999): a logistic regression of the outcome on the raw output, with his targets, which no row reaches. */
export function fitPlatt(raw: Float64Array, target: Uint8Array): Platt {
  const bad = target.reduce((sum, y) => sum + y, 0);
  const good = target.length - bad;
  // Each row counts for both outcomes, by how much of either its target is.
  const [high, low] = [(bad + 1) / (bad + 2), 1 / (good + 2)];
  const share = Float64Array.from(target, (y) => (y === 1 ? high : low));
  const twice = new Float64Array(2 * raw.length);
  twice.set(raw);
  twice.set(raw, raw.length);
  const rows = {
    columns: [twice],
    target: Uint8Array.from(twice, (_, i) => Number(i < raw.length)),
    weights: Float64Array.from(twice, (_, i) => (i < raw.length ? share[i] : 1 - share[i - raw.length])),
  };
  const { weights, base } = fitLogistic(rows, { c: FREE });
  return { slope: weights[0], shift: base };
}

/** As good as no penalty. */
const FREE = 1e12;

/** The model with its raw output moved: what it is made of carries the calibration. */
export function calibrated(model: Model, { slope, shift }: Platt): Model {
  const { predictor } = model;
  const base = predictor.base * slope + shift;
  const scaled = (values: Float64Array): Float64Array => values.map((value) => value * slope);
  const moved =
    predictor.kind === 'linear'
      ? { ...predictor, base, weights: scaled(predictor.weights) }
      : { ...predictor, base, value: scaled(predictor.value) };
  return { ...model, predictor: moved, link: 'logistic' };
}
