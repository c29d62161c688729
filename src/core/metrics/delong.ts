/** Two-sided 95 % of the normal distribution. */
const Z = 1.959963984540054;

/** An area under the ROC curve with each row's part in it: what its error, and a difference of two, are made of. */
export interface AucParts {
  auc: number;
  /** Of each default, in the order of the rows: share of the repaid that score less, ties half. */
  defaults: Float64Array;
  /** Of each repaid: share of the defaults that score more. */
  repaid: Float64Array;
}

/**
 * The structural components of DeLong, DeLong and Clarke-Pearson (1988), by mid-ranks (Sun and Xu 2014).
 *
 * @param target 0 or 1 a row
 * @returns null where either class has fewer than two rows
 */
export function aucParts(target: ArrayLike<number>, score: ArrayLike<number>): AucParts | null {
  const rows = Array.from({ length: score.length }, (_, row) => row);
  const [bad, good] = [rows.filter((row) => target[row] === 1), rows.filter((row) => target[row] === 0)];
  if (bad.length < 2 || good.length < 2) return null;
  const all = midRanks(Float64Array.from([...bad, ...good], (row) => score[row]));
  const own = { bad: midRanks(scoresOf(bad, score)), good: midRanks(scoresOf(good, score)) };
  const defaults = own.bad.map((rank, i) => (all[i] - rank) / good.length);
  const repaid = own.good.map((rank, i) => 1 - (all[bad.length + i] - rank) / bad.length);
  return { auc: mean(defaults), defaults, repaid };
}

const scoresOf = (rows: readonly number[], score: ArrayLike<number>) =>
  Float64Array.from(rows, (row) => score[row]);

/** Standard error of an area. */
export const aucError = ({ defaults, repaid }: AucParts): number =>
  Math.sqrt(variance(defaults) / defaults.length + variance(repaid) / repaid.length);

/** The 95 % interval, normal around the area, within 0 and 1. */
export function aucInterval(parts: AucParts): [number, number] {
  const half = Z * aucError(parts);
  return [Math.max(0, parts.auc - half), Math.min(1, parts.auc + half)];
}

/** The difference of two areas over the same rows, with its 95 % interval. */
export function aucDifference(
  a: AucParts,
  b: AucParts,
): { value: number; error: number; interval: [number, number] } {
  const value = a.auc - b.auc;
  const apart = (x: Float64Array, y: Float64Array) => x.map((part, i) => part - y[i]);
  const [defaults, repaid] = [apart(a.defaults, b.defaults), apart(a.repaid, b.repaid)];
  const error = aucError({ auc: value, defaults, repaid });
  return { value, error, interval: [value - Z * error, value + Z * error] };
}

/** Ranks from 1; equal values share the mean of theirs (scipy rankdata). */
function midRanks(values: Float64Array): Float64Array {
  const order = Uint32Array.from(values.keys()).sort((a, b) => values[a] - values[b]);
  const ranks = new Float64Array(values.length);
  for (let i = 0; i < order.length;) {
    let j = i;
    while (j < order.length && values[order[j]] === values[order[i]]) j++;
    const rank = (i + j + 1) / 2;
    for (; i < j; i++) ranks[order[i]] = rank;
  }
  return ranks;
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** With n - 1. */
function variance(values: Float64Array): number {
  const middle = mean(values);
  return values.reduce((sum, value) => sum + (value - middle) * (value - middle), 0) / (values.length - 1);
}
