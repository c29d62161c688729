import { isotonicAt, type Isotonic } from '../metrics/isotonic';
import type { Model } from '../model/model';
import { sigmoid } from '../numeric/functions';
import { isotonicOf } from './isotonic';
import { fitLogistic } from './learners/logistic';
import type { Pipeline } from './pipeline';

/** What makes probabilities of raw outputs of rows that the model never saw. */
export type Calibration = ({ kind: 'platt' } & Platt) | ({ kind: 'isotonic' } & Isotonic);

/**
 * @param raw outputs of models that never saw the rows: of cross-validation, as scikit-learn's CalibratedClassifierCV without
 * an ensemble
 */
export const fitCalibration = (
  kind: Calibration['kind'],
  raw: Float64Array,
  target: Uint8Array,
): Calibration =>
  kind === 'platt' ? { kind, ...fitPlatt(raw, target) } : { kind, ...isotonicOf(raw, target) };

/** The pipeline with its raw output calibrated. */
export const calibrated = (pipeline: Pipeline, calibration: Calibration): Pipeline =>
  calibration.kind === 'platt'
    ? { ...pipeline, model: byPlatt(pipeline.model, calibration) }
    : { ...pipeline, isotonic: calibration };

/**
 * P(default) of cross-validated raw outputs, each calibrated by those of the other folds: figures of these are of rows that neither
 * model nor calibration saw.
 */
export function crossCalibrated(
  kind: Calibration['kind'],
  { raw, fold, target }: { raw: Float64Array; fold: Uint8Array; target: Uint8Array },
): Float64Array {
  const out = new Float64Array(raw.length);
  const rows = Int32Array.from(raw.keys());
  for (const k of new Set(fold)) {
    const [own, others] = [rows.filter((row) => fold[row] === k), rows.filter((row) => fold[row] !== k)];
    const of = (from: Float64Array, which: Int32Array) => Float64Array.from(which, (row) => from[row]);
    const fitted = fitCalibration(
      kind,
      of(raw, others),
      Uint8Array.from(others, (row) => target[row]),
    );
    const p = probabilitiesBy(fitted, of(raw, own));
    own.forEach((row, i) => (out[row] = p[i]));
  }
  return out;
}

const probabilitiesBy = (calibration: Calibration, raw: Float64Array): Float64Array =>
  calibration.kind === 'platt'
    ? raw.map((own) => sigmoid(calibration.slope * own + calibration.shift))
    : isotonicAt(calibration, raw);

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
function byPlatt(model: Model, { slope, shift }: Platt): Model {
  const { predictor } = model;
  const base = predictor.base * slope + shift;
  const scaled = (values: Float64Array): Float64Array => values.map((value) => value * slope);
  const moved =
    predictor.kind === 'linear'
      ? { ...predictor, base, weights: scaled(predictor.weights) }
      : { ...predictor, base, value: scaled(predictor.value) };
  return { ...model, predictor: moved, link: 'logistic' };
}
