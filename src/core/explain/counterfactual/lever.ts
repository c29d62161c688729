import { midRank } from '../../stats/rank';

/** A column of one client that may change, and what to. */
export interface Lever {
  /** Position among the model's input columns. */
  input: number;
  /** Numbers have an order, and a further one may be as good; codes have none. */
  ordered: boolean;
  current: number;
  /** What may be proposed, without the current value: ascending where ordered. */
  values: Float64Array;
  /** Effort of each. */
  efforts: Float64Array;
  /** Where the reference ends: nothing is said of values beyond. */
  least: number;
  most: number;
}

export type Direction = 'any' | 'increase' | 'decrease';

/** A change costs this, however small: fewer changes come first. */
export const EFFORT_OF_A_CHANGE = 0.05;
/** A category has no distance: as much as a quarter of all people in a number. */
const EFFORT_OF_A_LEVEL = 0.25;
/** Codes without order that a search holds in one word of bits, the current one among them. */
export const MOST_LEVELS = 31;

/** What occurs of a number: every value, and the ones that may be proposed, both ascending. */
export interface OccurringNumbers {
  sorted: Float64Array;
  rounded: Float64Array;
  /** Mid-ranks of the rounded ones. */
  ranks: Float64Array;
}

/** Looked at once for all clients. @param values missing ones and infinities are passed over */
export function occurringNumbers(values: ArrayLike<number>): OccurringNumbers {
  const sorted = Float64Array.from(values).filter(Number.isFinite).sort();
  const rounded = roundedOnes(sorted);
  return { sorted, rounded, ranks: rounded.map((value) => midRank(sorted, value)) };
}

/**
 * A number that may change to values that occur, rounded to two significant digits (a path that is rounded afterwards
 * may not hold). Effort: the share of the reference between the two values, by mid-ranks.
 *
 * @param range narrower bounds that are declared
 */
export function numberLever(
  input: number,
  current: number,
  { sorted, rounded, ranks }: OccurringNumbers,
  direction: Direction,
  range: readonly [number, number] = [-Infinity, Infinity],
): Lever {
  const least = Math.max(range[0], sorted.length ? sorted[0] : current);
  const most = Math.min(range[1], sorted.length ? sorted[sorted.length - 1] : current);
  const allowed = (value: number): boolean =>
    value >= least &&
    value <= most &&
    (value < current ? direction !== 'increase' : value > current && direction !== 'decrease');
  const kept = rounded.map((value, i) => (allowed(value) ? i : -1)).filter((i) => i >= 0);
  const values = kept.map((i) => rounded[i]);
  const here = midRank(sorted, current);
  const efforts = kept.map((i) => Math.abs(ranks[i] - here));
  return { input, ordered: true, current, values, efforts, least, most };
}

/** A code that may change to others that occur. @param counts of each code in the reference */
export function levelLever(input: number, current: number, counts: ArrayLike<number>): Lever {
  const codes = Array.from({ length: counts.length }, (_, code) => code)
    .filter((code) => counts[code] > 0 && code !== current)
    .sort((a, b) => counts[b] - counts[a] || a - b)
    .slice(0, MOST_LEVELS - 1);
  const values = Float64Array.from(codes);
  const efforts = new Float64Array(codes.length).fill(EFFORT_OF_A_LEVEL);
  return { input, ordered: false, current, values, efforts, least: -Infinity, most: Infinity };
}

const SIGNIFICANT = 2;

/** Distinct values that somebody would say, of those that occur; ascending. */
function roundedOnes(sorted: Float64Array): Float64Array {
  const distinct = new Set<number>();
  let before = NaN;
  for (let i = 0; i < sorted.length; i++) {
    if (sorted[i] === before) continue;
    before = sorted[i];
    // + 0 makes one of the two zeros.
    distinct.add(Number(before.toPrecision(SIGNIFICANT)) + 0);
  }
  return Float64Array.from(distinct).sort();
}

/** The same lever as codes without order, for a model that does not go one way along it. */
export function unordered(lever: Lever): Lever {
  const kept = Array.from(lever.values, (_, i) => i)
    .sort((a, b) => lever.efforts[a] - lever.efforts[b])
    .filter((_, i, all) => i % Math.ceil(all.length / (MOST_LEVELS - 1)) === 0);
  return {
    ...lever,
    ordered: false,
    values: Float64Array.from(kept, (i) => lever.values[i]),
    efforts: Float64Array.from(kept, (i) => lever.efforts[i]),
  };
}
