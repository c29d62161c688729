import { logit, sigmoid } from '../numeric/functions';
import { wilsonInterval } from '../stats/interval';
import { quantileSorted } from '../stats/quantile';
import { lowerBound } from '../stats/search';

/** Rows of like scores: what was expected of them, and what came. */
export interface Band {
  /** Scores from here up to there, both in. */
  from: number;
  to: number;
  rows: number;
  defaults: number;
  /** Mean score. */
  expected: number;
  observed: number;
  /** Of what is observed (Wilson, 95 %). */
  interval: [number, number];
}

/**
 * Bands of about equal count between quantiles of the scores (scikit-learn calibration_curve, strategy="quantile"); an empty
 * one is left out.
 *
 * @param target 0 or 1 a row
 */
export function scoreBands(target: ArrayLike<number>, score: Float64Array, bands: number): Band[] {
  const sorted = Float64Array.from(score).sort();
  const edges = Float64Array.from({ length: bands - 1 }, (_, i) => quantileSorted(sorted, (i + 1) / bands));
  const found = Array.from({ length: bands }, () => ({
    from: Infinity,
    to: -Infinity,
    rows: 0,
    defaults: 0,
    sum: 0,
  }));
  for (let row = 0; row < score.length; row++) {
    const band = found[lowerBound(edges, score[row])];
    band.from = Math.min(band.from, score[row]);
    band.to = Math.max(band.to, score[row]);
    band.rows++;
    band.defaults += target[row];
    band.sum += score[row];
  }
  return found
    .filter(({ rows }) => rows > 0)
    .map(({ sum, ...band }) => ({
      ...band,
      expected: sum / band.rows,
      observed: band.defaults / band.rows,
      interval: wilsonInterval(band.defaults, band.rows),
    }));
}

/** Log-odds of the outcomes as a line over those of the scores: 0 and 1 of a score that is calibrated. */
export interface CalibrationLine {
  intercept: number;
  slope: number;
}

/** Scores are kept so far from 0 and 1. */
const CLIP = 1e-6;
const STEPS = 100;
const CLOSE = 1e-12;

/**
 * Cox's calibration line (1958): logistic regression of the outcome on the score's log-odds, without penalty, by Newton's
 * method (statsmodels Logit).
 *
 * @returns null where scores or outcomes are all the same, or the scores divide the classes without a mistake
 */
export function calibrationLine(target: ArrayLike<number>, score: ArrayLike<number>): CalibrationLine | null {
  const x = Float64Array.from(score, (p) => logit(Math.max(CLIP, Math.min(1 - CLIP, p))));
  if (areApart(target, x)) return null;
  let [intercept, slope] = [0, 0];
  for (let step = 0; step < STEPS; step++) {
    const [a, b] = newtonStep(target, x, intercept, slope);
    intercept += a;
    slope += b;
    if (!Number.isFinite(intercept + slope)) return null;
    if (Math.abs(a) + Math.abs(b) < CLOSE) return { intercept, slope };
  }
  return null;
}

/** No score of one class lies beyond one of the other: any line could be steeper. */
function areApart(target: ArrayLike<number>, x: Float64Array): boolean {
  const [least, most] = [
    [Infinity, Infinity],
    [-Infinity, -Infinity],
  ];
  for (let i = 0; i < x.length; i++) {
    const outcome = target[i];
    least[outcome] = Math.min(least[outcome], x[i]);
    most[outcome] = Math.max(most[outcome], x[i]);
  }
  return most[0] <= least[1] || most[1] <= least[0];
}

function newtonStep(
  target: ArrayLike<number>,
  x: Float64Array,
  intercept: number,
  slope: number,
): [number, number] {
  let [g0, g1, h00, h01, h11] = [0, 0, 0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const p = sigmoid(intercept + slope * x[i]);
    const apart = target[i] - p;
    const weight = p * (1 - p);
    g0 += apart;
    g1 += apart * x[i];
    h00 += weight;
    h01 += weight * x[i];
    h11 += weight * x[i] * x[i];
  }
  const determinant = h00 * h11 - h01 * h01;
  return [(h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant];
}
