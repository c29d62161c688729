import { ScoredeskError } from '../../errors';
import { sampleRows } from '../../numeric/random';
import type { PreparedColumn } from '../prepare/prepared';
import { isNumber } from '../prepare/prepared';

/** Gaps of numbers filled by the mean of the nearest rows that have a value: scikit-learn's KNNImputer. */
export interface Neighbours {
  kind: 'neighbours';
  /** Which columns are numbers, ascending: all others pass unchanged. */
  columns: Int32Array;
  /** Rows that gaps are filled from, row-major float64 [donors, columns]; NaN is a gap of their own. */
  donors: Float64Array;
  neighbours: number;
  /** Of each column: what fills a gap where no donor can be compared. */
  means: Float64Array;
  /** Mean square of a value: distances are told apart down to 6e-8 of it, so that equal ones are equal in whatever order they were summed. */
  scale: number;
}

/** Farther than any row is: a donor that can't be compared, or has no value itself. */
export const FAR = 1e38;

/** Rows that gaps are filled from at most: each row that has a gap is compared with all of them. */
const MOST_DONORS = 2000;

/** @throws learner-missing where a number is infinite */
export function fitNeighbours(
  columns: readonly PreparedColumn[],
  neighbours: number,
  seed: number,
): Neighbours {
  const numbers = columns.flatMap((prepared, at) => (isNumber(prepared) ? [{ at, ...prepared.column }] : []));
  for (const { name, values } of numbers) {
    const row = values.findIndex((x) => !Number.isFinite(x) && !Number.isNaN(x));
    if (row >= 0) throw new ScoredeskError('learner-missing', { column: name, value: String(values[row]) });
  }
  const width = numbers.length;
  const rows = sampleRows(numbers[0]?.values.length ?? 0, MOST_DONORS, seed);
  const donors = new Float64Array(rows.length * width);
  numbers.forEach(({ values }, j) => rows.forEach((row, i) => (donors[i * width + j] = values[row])));
  const means = Float64Array.from(numbers, (_, j) => meanOf(donors, width, j));
  const known = donors.filter((x) => !Number.isNaN(x));
  const scale = known.length > 0 ? known.reduce((sum, x) => sum + x * x, 0) / known.length : 1;
  const at = Int32Array.from(numbers, (column) => column.at);
  return { kind: 'neighbours', columns: at, donors, neighbours, means, scale };
}

function meanOf(donors: Float64Array, width: number, column: number): number {
  let [sum, count] = [0, 0];
  for (let i = column; i < donors.length; i += width) {
    if (Number.isNaN(donors[i])) continue;
    sum += donors[i];
    count++;
  }
  return sum / count;
}

/**
 * Distance of two rows: the mean squared difference of the columns that both have (Dixon 1979; nan_euclidean_distances has the
 * root of as many times that as there are columns, which orders alike).
 *
 * @param values row-major [rows, width]; they are left as they are
 */
export function impute(
  { columns, donors, neighbours, means, scale }: Neighbours,
  values: Float64Array,
  rows: number,
  width: number,
): Float64Array {
  const out = values.slice();
  const wide = columns.length;
  const count = wide > 0 ? donors.length / wide : 0;
  const own = new Float64Array(wide);
  const distance = new Float64Array(count);
  const nearest = new NearestList(neighbours);
  for (let i = 0; i < rows; i++) {
    let gaps = 0;
    for (let j = 0; j < wide; j++) if (Number.isNaN((own[j] = values[i * width + columns[j]]))) gaps++;
    if (gaps === 0) continue;
    for (let d = 0; d < count; d++) distance[d] = Math.fround(apart(own, donors, d * wide) + scale);
    for (let j = 0; j < wide; j++) {
      if (!Number.isNaN(own[j])) continue;
      nearest.clear();
      for (let d = 0; d < count; d++) {
        const value = donors[d * wide + j];
        if (!Number.isNaN(value) && distance[d] < FAR) nearest.offer(distance[d], value);
      }
      out[i * width + columns[j]] = nearest.mean() ?? means[j];
    }
  }
  return out;
}

/** `FAR` of rows that have no column in common. */
function apart(own: Float64Array, donors: Float64Array, from: number): number {
  let [sum, both] = [0, 0];
  for (let j = 0; j < own.length; j++) {
    const d = own[j] - donors[from + j];
    if (Number.isNaN(d)) continue;
    sum += d * d;
    both++;
  }
  return both > 0 ? sum / both : FAR;
}

/** Values of the least distances, the first of equals. */
class NearestList {
  readonly #distances: Float64Array;
  readonly #values: Float64Array;
  #held = 0;

  constructor(most: number) {
    this.#distances = new Float64Array(most);
    this.#values = new Float64Array(most);
  }

  clear(): void {
    this.#held = 0;
  }

  offer(distance: number, value: number): void {
    const most = this.#distances.length;
    if (this.#held === most && distance >= this.#distances[most - 1]) return;
    let at = this.#held < most ? this.#held++ : most - 1;
    for (; at > 0 && this.#distances[at - 1] > distance; at--) {
      this.#distances[at] = this.#distances[at - 1];
      this.#values[at] = this.#values[at - 1];
    }
    this.#distances[at] = distance;
    this.#values[at] = value;
  }

  /** Null of none. */
  mean(): number | null {
    let sum = 0;
    for (let i = 0; i < this.#held; i++) sum += this.#values[i];
    return this.#held > 0 ? sum / this.#held : null;
  }
}
