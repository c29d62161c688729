import { legacyRandom, type LegacyRandom } from '../numeric/numpyRandom';
import { auc } from './binary';
import { fitIsotonic, isotonicAt, type Isotonic } from './isotonic';

const SPLITS = 10;
const TEST_SHARE = 0.1;
const SEED = 42;
const BINS = 10;

/**
 * Whether isotonic calibration lowers the expected calibration error of scores, on the pooled test parts of ten
 * stratified splits (NannyML 0.13 needs_calibration). The splits are scikit-learn's StratifiedShuffleSplit with
 * random_state 42. Scores that tie keep their order here; numpy's sort leaves them in any, so that where both errors
 * are all but equal the verdict may be the other one.
 *
 * @param target 0 or 1 a row, none missing
 */
function needsCalibration(target: Int8Array, score: Float64Array): boolean {
  const area = auc(target, score);
  if (Number.isNaN(area) || area > 0.999 || target.length < 2 * BINS) return false;
  const truth: number[] = [];
  const raw: number[] = [];
  const calibrated: number[] = [];
  for (const { train, test } of stratifiedSplits(target)) {
    const fit = fitIsotonic(take(score, train), take(target, train));
    const scores = take(score, test);
    raw.push(...scores);
    calibrated.push(...isotonicAt(fit, scores));
    truth.push(...take(target, test));
  }
  return calibrationError(truth, raw) > calibrationError(truth, calibrated);
}

/** The calibration of scores, fitted on all rows; null where it would not help. */
export function calibrationOf(target: Int8Array, score: Float64Array): Isotonic | null {
  return needsCalibration(target, score) ? fitIsotonic(score, target) : null;
}

const take = (values: ArrayLike<number>, rows: ArrayLike<number>): Float64Array =>
  Float64Array.from(rows, (row) => values[row]);

/** Expected calibration error: bins of equal count by score, |mean score - share of defaults| weighed by count. */
function calibrationError(target: readonly number[], score: readonly number[]): number {
  const order = Uint32Array.from({ length: score.length }, (_, i) => i).sort((a, b) => score[a] - score[b]);
  const bins = order.length <= 2 * BINS ? Math.floor(order.length / 2) : BINS;
  const width = Math.floor(order.length / bins);
  let error = 0;
  for (let bin = 0, from = 0; from < order.length && bin < bins; bin++) {
    const to = bin === bins - 1 ? order.length : from + width;
    let gap = 0;
    for (let i = from; i < to; i++) gap += score[order[i]] - target[order[i]];
    error += Math.abs(gap) / order.length;
    from = to;
  }
  return error;
}

interface Split {
  train: Int32Array;
  test: Int32Array;
}

/** scikit-learn's StratifiedShuffleSplit(10, test_size=0.1, random_state=42) for two classes. */
function stratifiedSplits(target: Int8Array): Split[] {
  const random = legacyRandom(SEED);
  const byClass = [0, 1].map((label) => rowsOf(target, label));
  const counts = byClass.map((rows) => rows.length);
  const testRows = Math.ceil(TEST_SHARE * target.length);
  return Array.from({ length: SPLITS }, () => {
    const trainCounts = proportional(counts, target.length - testRows, random);
    const rest = counts.map((count, i) => count - trainCounts[i]);
    const testCounts = proportional(rest, testRows, random);
    const picked = byClass.map((rows) => {
      const order = random.permutation(rows.length);
      return order.map((position) => rows[position]);
    });
    const train = picked.flatMap((rows, i) => [...rows.subarray(0, trainCounts[i])]);
    const test = picked.flatMap((rows, i) => [
      ...rows.subarray(trainCounts[i], trainCounts[i] + testCounts[i]),
    ]);
    return { train: random.shuffled(train), test: random.shuffled(test) };
  });
}

function rowsOf(target: Int8Array, label: number): Int32Array {
  return Int32Array.from({ length: target.length }, (_, row) => row).filter((row) => target[row] === label);
}

/** How many of each class make `draws` in the classes' shares (scikit-learn _approximate_mode). */
function proportional(counts: readonly number[], draws: number, random: LegacyRandom): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const exact = counts.map((count) => (count / total) * draws);
  const out = exact.map(Math.floor);
  let missing = draws - out.reduce((sum, count) => sum + count, 0);
  const remainders = exact.map((value, i) => value - out[i]);
  for (const value of [...new Set(remainders)].sort((a, b) => b - a)) {
    if (missing <= 0) break;
    const tied = remainders.flatMap((remainder, i) => (remainder === value ? [i] : []));
    const chosen = random.permutation(tied.length).subarray(0, Math.min(tied.length, missing));
    for (const position of chosen) out[tied[position]]++;
    missing -= chosen.length;
  }
  return out;
}
