import { logit } from '../numeric/functions';
import { quantileSorted } from './quantile';

/** A log-odds axis for the probabilities of a portfolio, with how many clients fall where. */
export interface ScoreScale {
  /** Log-odds at the two ends. */
  domain: [number, number];
  /** Clients in equal intervals of the axis; those beyond an end count in its interval. */
  counts: number[];
  clients: number;
}

const BINS = 64;
const ROOM = 1.5;
/** Log-odds of the least and greatest probability an axis shows: 1e-7 and its complement. */
const FURTHEST = 16;

/**
 * The axis of the ruler: from the 0.5th to the 99.5th percentile of the probabilities, widened to
 * hold the threshold with 1.5 log-odds on both sides.
 */
export function scoreScale(probabilities: Float64Array, threshold: number): ScoreScale {
  const margins = probabilities
    .map((p) => Math.max(-FURTHEST, Math.min(FURTHEST, logit(p))))
    .filter((m) => !Number.isNaN(m))
    .sort();
  const at = Math.max(-FURTHEST, Math.min(FURTHEST, logit(threshold)));
  const low = Math.min(margins.length ? quantileSorted(margins, 0.005) : at, at - ROOM);
  const high = Math.max(margins.length ? quantileSorted(margins, 0.995) : at, at + ROOM);
  const counts = new Array<number>(BINS).fill(0);
  for (const margin of margins) {
    const bin = Math.floor(((margin - low) / (high - low)) * BINS);
    counts[Math.max(0, Math.min(BINS - 1, bin))]++;
  }
  return { domain: [low, high], counts, clients: margins.length };
}
