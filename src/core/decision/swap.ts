/** Who is decided otherwise by another model: the swap set of scorecard practice (Siddiqi, Intelligent Credit Scoring, 2017). */

export interface Decided {
  /** 1: default. */
  target: Uint8Array;
  /** P(default), by row. */
  scores: Float64Array;
  /** Refused from here on. */
  threshold: number;
}

/** Rows of a kind, and how many of them default. */
export interface SwapCell {
  rows: number;
  defaults: number;
}

export interface SwapSet {
  bothAccept: SwapCell;
  bothRefuse: SwapCell;
  /** The second accepts whom the first refuses. */
  swapIn: SwapCell;
  /** The second refuses whom the first accepts. */
  swapOut: SwapCell;
}

/** @returns null where the outcomes show that these are not the same rows */
export function swapSet(first: Decided, second: Decided): SwapSet | null {
  const rows = first.target.length;
  if (second.target.length !== rows) return null;
  const cells = Array.from({ length: 4 }, (): SwapCell => ({ rows: 0, defaults: 0 }));
  for (let row = 0; row < rows; row++) {
    if (first.target[row] !== second.target[row]) return null;
    const refused = Number(first.scores[row] >= first.threshold);
    const cell = cells[2 * refused + Number(second.scores[row] >= second.threshold)];
    cell.rows++;
    cell.defaults += first.target[row];
  }
  const [bothAccept, swapOut, swapIn, bothRefuse] = cells;
  return { bothAccept, bothRefuse, swapIn, swapOut };
}
