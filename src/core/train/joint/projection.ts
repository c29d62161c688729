import { ScoredeskError } from '../../errors';
import { principalOf } from '../../stats/principal';
import { isNumber, type PreparedColumn } from '../prepare/prepared';

/** Numbers as their principal components; categories stay, behind them. */
export interface Projection {
  kind: 'projection';
  /** Which columns are numbers, ascending. */
  columns: Int32Array;
  others: Int32Array;
  /** Of each component: the weight of each number. */
  weights: Float64Array[];
  /** Of each component: what is added to its sum. */
  offsets: Float64Array;
  /** Share of the variance that the components keep. */
  kept: number;
}

/**
 * Principal components that keep a share of the variance, the fewest that do (Pearson 1901), of the covariance of the columns as
 * they are: scale them first. The largest weight of each is positive, as scikit-learn's.
 *
 * @throws learner-missing where a number is missing or infinite
 */
export function fitProjection(columns: readonly PreparedColumn[], share: number): Projection {
  const numbers = columns.flatMap((prepared, at) => (isNumber(prepared) ? [{ at, ...prepared.column }] : []));
  const centred = numbers.map(({ name, values }) => {
    const bad = values.findIndex((x) => !Number.isFinite(x));
    if (bad >= 0) throw new ScoredeskError('learner-missing', { column: name, value: String(values[bad]) });
    const own = Float64Array.from(values);
    const mean = own.reduce((sum, x) => sum + x, 0) / own.length;
    return { mean, values: own.map((x) => x - mean) };
  });
  const { values, vectors } = principalOf(
    covarianceOf(centred.map((column) => column.values)),
    centred.length,
  );
  const total = values.reduce((sum, value) => sum + value, 0);
  let [count, kept] = [0, 0];
  while (count < values.length && kept < share * total) kept += values[count++];
  const weights = vectors.slice(0, Math.max(1, count)).map(pointedUp);
  const others = columns.flatMap((prepared, at) => (isNumber(prepared) ? [] : [at]));
  return {
    kind: 'projection',
    columns: Int32Array.from(numbers, ({ at }) => at),
    others: Int32Array.from(others),
    weights,
    offsets: Float64Array.from(weights, (own) => -own.reduce((sum, w, j) => sum + w * centred[j].mean, 0)),
    kept: total > 0 ? kept / total : 1,
  };
}

/** Of centred columns, row-major. */
function covarianceOf(columns: readonly Float64Array[]): Float64Array {
  const width = columns.length;
  const out = new Float64Array(width * width);
  for (let a = 0; a < width; a++)
    for (let b = 0; b <= a; b++) {
      let sum = 0;
      for (let i = 0; i < columns[a].length; i++) sum += columns[a][i] * columns[b][i];
      out[a * width + b] = out[b * width + a] = sum / (columns[a].length - 1);
    }
  return out;
}

/** The direction of a component is anybody's choice: its largest weight is positive. */
function pointedUp(vector: Float64Array): Float64Array {
  const largest = vector.reduce((most, x) => (Math.abs(x) > Math.abs(most) ? x : most), 0);
  return largest < 0 ? vector.map((x) => -x) : vector;
}

export function project(
  { columns, others, weights, offsets }: Projection,
  values: Float64Array,
  rows: number,
  width: number,
): Float64Array {
  const wide = weights.length + others.length;
  const out = new Float64Array(rows * wide);
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < weights.length; k++) {
      let sum = offsets[k];
      for (let j = 0; j < columns.length; j++) sum += weights[k][j] * values[i * width + columns[j]];
      out[i * wide + k] = sum;
    }
    for (let k = 0; k < others.length; k++)
      out[i * wide + weights.length + k] = values[i * width + others[k]];
  }
  return out;
}
