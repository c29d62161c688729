/**
 * Scores in ascending order with what each weighs, added up from the least: any threshold's figures are two lookups, so that a
 * threshold can be dragged over 300,000 clients.
 */
export interface Ranked {
  /** P(default), ascending, [rows]. */
  scores: Float64Array;
  /** Weight of the defaults among the first i, [rows + 1]; expected ones where outcomes are not known. */
  defaults: Float64Array;
  /** Of those repaid. */
  repaid: Float64Array;
}

/**
 * @param scores NaN is left out
 * @param defaults 1 or 0 as it came, or P(default), a row; NaN is left out
 * @param weights of a row, such as its amount; 1 by default, NaN is left out
 */
export function ranked(
  scores: ArrayLike<number>,
  defaults: ArrayLike<number>,
  weights?: ArrayLike<number>,
): Ranked {
  const rows = Uint32Array.from({ length: scores.length }, (_, row) => row)
    .filter((row) => !Number.isNaN(scores[row] + defaults[row] + (weights ? weights[row] : 0)))
    .sort((a, b) => scores[a] - scores[b]);
  const out: Ranked = {
    scores: new Float64Array(rows.length),
    defaults: new Float64Array(rows.length + 1),
    repaid: new Float64Array(rows.length + 1),
  };
  rows.forEach((row, i) => {
    const weight = weights ? weights[row] : 1;
    out.scores[i] = scores[row];
    out.defaults[i + 1] = out.defaults[i] + weight * defaults[row];
    out.repaid[i + 1] = out.repaid[i] + weight * (1 - defaults[row]);
  });
  return out;
}
