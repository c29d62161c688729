import { sampleRows, spreadRandom } from '../../numeric/random';
import { ScoredeskError } from '../../errors';
import { mostFrequent } from '../../stats/mode';
import { median } from '../../stats/quantile';
import type { TrainColumn, TrainRows } from '../data';

export interface SmoteParams {
  /** Neighbours that a new row may lie towards. */
  neighbours: number;
  seed: number;
}

/** Rows of the rarer outcome among which neighbours are looked for: all pairs of more would take minutes. */
const SEARCHED = 4000;

/**
 * Rows of the rarer outcome until there are as many as of the other: each lies between a row and one of its nearest of that
 * outcome (SMOTE, Chawla et al. 2002); of categories it has what most of the neighbours have, and two rows of another level are the
 * median of the numbers' standard deviations apart (SMOTE-NC), as imbalanced-learn has both. New rows stand behind the others.
 *
 * @throws learner-missing where a number is missing or infinite
 */
export function smote(rows: TrainRows, { neighbours, seed }: SmoteParams): TrainRows {
  const random = spreadRandom(seed);
  const of = [0, 1].map((outcome) =>
    Int32Array.from(rows.target.keys()).filter((row) => rows.target[row] === outcome),
  );
  const rare = of[1].length <= of[0].length ? 1 : 0;
  const wanted = of[1 - rare].length - of[rare].length;
  const own = of[rare];
  const searched = Int32Array.from(sampleRows(own.length, SEARCHED, seed), (at) => own[at]);
  const k = Math.min(neighbours, searched.length - 1);
  if (wanted <= 0 || k < 1) return rows;
  const distance = distanceOf(rows.columns, own);
  const near = new Map<number, Int32Array>();
  const from = new Int32Array(wanted);
  const towards = new Int32Array(wanted);
  const share = new Float64Array(wanted);
  const around: Int32Array[] = [];
  for (let i = 0; i < wanted; i++) {
    from[i] = own[Math.floor(random() * own.length)];
    const nearest = near.get(from[i]) ?? nearestOf(from[i], searched, k, distance);
    near.set(from[i], nearest);
    around.push(nearest);
    towards[i] = nearest[Math.floor(random() * nearest.length)];
    share[i] = random();
  }
  return {
    rows: rows.rows + wanted,
    columns: rows.columns.map((column) => grown(column, { from, towards, share, around })),
    target: Uint8Array.from([...rows.target, ...new Uint8Array(wanted).fill(rare)]),
    weights:
      rows.weights &&
      Float64Array.from([
        ...rows.weights,
        ...Float64Array.from(from, (row) => (rows.weights as Float64Array)[row]),
      ]),
  };
}

/** Where new rows lie. */
interface Places {
  from: Int32Array;
  towards: Int32Array;
  /** How far from the one to the other, in [0, 1). */
  share: Float64Array;
  /** Neighbours of `from`. */
  around: readonly Int32Array[];
}

function grown(column: TrainColumn, { from, towards, share, around }: Places): TrainColumn {
  if (column.kind === 'category') {
    const added = around.map((nearest) =>
      mostFrequent(Int32Array.from(nearest, (row) => column.codes[row]).sort()),
    );
    return { ...column, codes: Int32Array.from([...column.codes, ...added]) };
  }
  const { values } = column;
  const out = new Float64Array(values.length + from.length);
  out.set(values);
  for (let i = 0; i < from.length; i++)
    out[values.length + i] = values[from[i]] + share[i] * (values[towards[i]] - values[from[i]]);
  return { ...column, values: out };
}

type Distance = (a: number, b: number) => number;

/** Squared distance of two rows. @throws learner-missing */
function distanceOf(columns: readonly TrainColumn[], own: Int32Array): Distance {
  const numbers = columns.flatMap((column) => (column.kind === 'number' ? [column] : []));
  const codes = columns.flatMap((column) => (column.kind === 'category' ? [column.codes] : []));
  for (const { name, values } of numbers) {
    const bad = own.find((row) => !Number.isFinite(values[row]));
    if (bad !== undefined)
      throw new ScoredeskError('learner-missing', { column: name, value: String(values[bad]) });
  }
  const width = median(numbers.map(({ values }) => spreadOf(values, own)));
  const apart = numbers.length > 0 ? width * width : 1;
  const all = numbers.map(({ values }) => values);
  return (a, b) => {
    let sum = 0;
    for (const values of all) {
      const d = values[a] - values[b];
      sum += d * d;
    }
    for (const own of codes) if (own[a] !== own[b]) sum += apart;
    return sum;
  };
}

function spreadOf(values: ArrayLike<number>, rows: Int32Array): number {
  let [mean, squares] = [0, 0];
  rows.forEach((row, i) => {
    const d = values[row] - mean;
    mean += d / (i + 1);
    squares += d * (values[row] - mean);
  });
  return Math.sqrt(squares / rows.length);
}

/** The k nearest rows, itself left out; of equally near ones the first. */
function nearestOf(row: number, among: Int32Array, k: number, distance: Distance): Int32Array {
  const rows: number[] = [];
  const distances: number[] = [];
  for (const other of among) {
    if (other === row) continue;
    const d = distance(row, other);
    if (rows.length === k && d >= distances[k - 1]) continue;
    let at = rows.length;
    while (at > 0 && distances[at - 1] > d) at--;
    rows.splice(at, 0, other);
    distances.splice(at, 0, d);
    if (rows.length > k) {
      rows.pop();
      distances.pop();
    }
  }
  return Int32Array.from(rows);
}
