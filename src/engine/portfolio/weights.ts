import { toPoints } from '../../core/explain/points';
import type { Engine } from '../engine';
import { visitContributions, type ContributionsTask } from './contributions';

/** How much each input moves the scores of some clients. */
export interface Weights {
  clients: number;
  /** Mean of the contributions' sizes, in points; of each input of the model, in its order. */
  points: Float64Array;
}

/**
 * Mean |SHAP| of some clients by the bundle's own method; the same numbers however many hands there are.
 *
 * @param positions of the clients
 * @throws stopped; method-unsupported where only the runtime reads the model
 */
export async function weightsOf(
  engine: Engine,
  positions: Int32Array,
  task: ContributionsTask = {},
): Promise<Weights> {
  const width = engine.columns.length;
  const sums = new Map<number, Float64Array>();
  await visitContributions(engine, positions, task, (part, values, rows) => {
    sums.set(part, sizesOf(values, rows, width));
  });
  const total = new Float64Array(width);
  for (const [, own] of [...sums].sort(([a], [b]) => a - b)) own.forEach((sum, j) => (total[j] += sum));
  const points = total.map((sum) => toPoints(sum / Math.max(1, positions.length), engine.unit));
  return { clients: positions.length, points };
}

/** Sum of the sizes of each column's values over these rows. */
function sizesOf(values: Float32Array, rows: Int32Array, width: number): Float64Array {
  const sums = new Float64Array(width);
  for (const row of rows)
    for (let j = 0, at = row * width; j < width; j++) sums[j] += Math.abs(values[at + j]);
  return sums;
}
