import type { Ranked } from './ranked';

/** How well scores rank, as curves over all thresholds. */

export interface RocCurve {
  /** Share of the repaid that are refused, from none to all. */
  fpr: Float64Array;
  /** Share of the defaults that are refused. */
  tpr: Float64Array;
  /** Refused from this score on; Infinity at first. */
  at: Float64Array;
}

/** One point for each distinct score and one for refusing nobody (scikit-learn roc_curve, drop_intermediate=False). */
export function rocCurve(of: Ranked): RocCurve {
  const ends = distinctFromTop(of);
  const [defaults, repaid] = totals(of);
  return {
    fpr: Float64Array.from([of.scores.length, ...ends], (kept) => (repaid - of.repaid[kept]) / repaid),
    tpr: Float64Array.from([of.scores.length, ...ends], (kept) => (defaults - of.defaults[kept]) / defaults),
    at: Float64Array.from([Infinity, ...ends.map((kept) => of.scores[kept])]),
  };
}

export interface PrecisionRecall {
  /** Share of the refused that default. */
  precision: Float64Array;
  recall: Float64Array;
}

/** From refusing everybody to refusing nobody (scikit-learn precision_recall_curve). */
export function precisionRecall(of: Ranked): PrecisionRecall {
  const ends = distinctFromTop(of).reverse();
  const [defaults, repaid] = totals(of);
  const caught = ends.map((kept) => defaults - of.defaults[kept]);
  const refused = ends.map((kept, i) => caught[i] + repaid - of.repaid[kept]);
  return {
    precision: Float64Array.from([...caught.map((count, i) => count / refused[i]), 1]),
    recall: Float64Array.from([...caught.map((count) => count / defaults), 0]),
  };
}

/** Area below precision over recall, in steps (scikit-learn average_precision_score). */
export function averagePrecision({ precision, recall }: PrecisionRecall): number {
  let sum = 0;
  for (let i = 0; i + 1 < recall.length; i++) sum += (recall[i] - recall[i + 1]) * precision[i];
  return sum;
}

/**
 * The greatest distance between the shares of defaults and of repaid below a score (Kolmogorov and Smirnov's, scipy
 * ks_2samp), and the score at which it is reached: refused from there on.
 */
export function ksOf({ fpr, tpr, at }: RocCurve): { value: number; at: number } {
  let best = { value: 0, at: Infinity };
  tpr.forEach((caught, i) => {
    const value = Math.abs(caught - fpr[i]);
    if (value > best.value) best = { value, at: at[i] };
  });
  return best;
}

export interface Gain {
  /** Share of all that is refused, the riskiest first. */
  refused: number;
  /** Share of the defaults that is caught by it. */
  caught: number;
  /** Times as many as by chance. */
  lift: number;
}

/** What refusing the riskiest tenth catches, the riskiest two tenths, and so on. Of equal scores a part is taken in proportion. */
export function gains(of: Ranked, steps = 10): Gain[] {
  const rows = of.scores.length;
  const [defaults] = totals(of);
  return Array.from({ length: steps }, (_, i) => {
    const refused = (i + 1) / steps;
    const caught = 1 - defaultsBelow(of, rows * (1 - refused)) / defaults;
    return { refused, caught, lift: caught / refused };
  });
}

/** Defaults among so many of the safest; equal scores share theirs evenly. */
function defaultsBelow({ scores, defaults }: Ranked, count: number): number {
  const at = Math.min(scores.length, Math.floor(count));
  if (at >= scores.length) return defaults[scores.length];
  let [from, to] = [at, at];
  while (from > 0 && scores[from - 1] === scores[at]) from--;
  while (to < scores.length && scores[to] === scores[at]) to++;
  return defaults[from] + ((count - from) * (defaults[to] - defaults[from])) / (to - from);
}

const totals = ({ scores, defaults, repaid }: Ranked): [number, number] => [
  defaults[scores.length],
  repaid[scores.length],
];

/** Rows that are not refused at each distinct score, the highest score first. */
function distinctFromTop({ scores }: Ranked): number[] {
  const ends: number[] = [];
  for (let kept = scores.length - 1; kept >= 0; kept--)
    if (kept === 0 || scores[kept - 1] !== scores[kept]) ends.push(kept);
  return ends;
}
