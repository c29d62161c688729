import { previousDouble } from '../../numeric/functions';

/** LightGBM's zero: values this near to 0 share its bin. */
const ZERO = Math.fround(1e-35);

const nextDouble = (x: number): number => -previousDouble(-x);

/** More than the next double after `y`. */
const isBeyond = (x: number, y: number): boolean =>
  x !== y && (x - y > 1e-15 * Math.abs(y) || x > nextDouble(y));

/** Distinct values, ascending, and how often each occurs. */
export interface Counted {
  values: Float64Array;
  counts: Uint32Array;
}

/** Neighbouring doubles count as one value, the larger one, as LightGBM has it. @param sorted ascending, none missing */
export function countedValues(sorted: ArrayLike<number>): Counted {
  const values = new Float64Array(sorted.length);
  const counts = new Uint32Array(sorted.length);
  let last = -1;
  for (let i = 0; i < sorted.length; i++) {
    const x = sorted[i];
    if (last < 0 || isBeyond(x, values[last])) last++;
    values[last] = x;
    counts[last]++;
  }
  return { values: values.subarray(0, last + 1), counts: counts.subarray(0, last + 1) };
}

/**
 * Upper bounds of a number's bins, ascending, the last one infinite: bins of about as many rows, values of many rows alone, zero
 * in a bin of its own. LightGBM's `FindBinWithZeroAsOneBin`, on the same values the same bounds.
 *
 * @param most bins
 * @param leastRows of a bin
 */
export function binBounds({ values, counts }: Counted, most: number, leastRows: number): Float64Array {
  const before = firstAbove(values, (x) => x > -ZERO);
  const after = firstAbove(values, (x) => x > ZERO);
  const rows = (from: number, to: number): number =>
    counts.subarray(from, to).reduce((sum, count) => sum + count, 0);
  const part = (from: number, to: number, bins: number): number[] =>
    greedyBounds({ values: values.subarray(from, to), counts: counts.subarray(from, to) }, bins, leastRows);
  const bounds: number[] = [];
  if (before > 0 && most > 1) {
    const below = rows(0, before);
    const others = below + rows(after, values.length);
    bounds.push(...part(0, before, Math.max(1, Math.trunc((below / others) * (most - 1)))));
    bounds[bounds.length - 1] = -ZERO;
  }
  const left = most - 1 - bounds.length;
  if (after < values.length && left > 0) bounds.push(ZERO, ...part(after, values.length, left));
  else bounds.push(Infinity);
  return Float64Array.from(bounds);
}

function firstAbove(values: Float64Array, isAbove: (x: number) => boolean): number {
  const at = values.findIndex(isAbove);
  return at < 0 ? values.length : at;
}

/** LightGBM's `GreedyFindBin`. */
function greedyBounds(counted: Counted, most: number, leastRows: number): number[] {
  const ends =
    counted.values.length <= most ? eachEnds(counted, leastRows) : evenEnds(counted, most, leastRows);
  const bounds: number[] = [];
  for (const end of ends) {
    const bound = nextDouble((counted.values[end] + counted.values[end + 1]) / 2);
    if (bounds.length === 0 || isBeyond(bound, bounds[bounds.length - 1])) bounds.push(bound);
  }
  return [...bounds, Infinity];
}

/** Last value of each bin but the last, where every value may have one. */
function eachEnds({ values, counts }: Counted, leastRows: number): number[] {
  const ends: number[] = [];
  let rows = 0;
  for (let i = 0; i + 1 < values.length; i++) {
    rows += counts[i];
    if (rows < leastRows) continue;
    ends.push(i);
    rows = 0;
  }
  return ends;
}

/** The same where values share bins. */
function evenEnds({ values, counts }: Counted, most: number, leastRows: number): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const bins = Math.max(1, leastRows > 0 ? Math.min(most, Math.trunc(total / leastRows)) : most);
  const large = counts.map((count) => Number(count >= total / bins));
  let restBins = bins - large.reduce((sum, is) => sum + is, 0);
  let restRows = counts.reduce((sum, count, i) => sum + (large[i] ? 0 : count), 0);
  let mean = restRows / restBins;
  const ends: number[] = [];
  let rows = 0;
  for (let i = 0; i + 1 < values.length && ends.length < bins - 1; i++) {
    if (!large[i]) restRows -= counts[i];
    rows += counts[i];
    if (!(large[i] || rows >= mean || (large[i + 1] && rows >= Math.max(1, mean / 2)))) continue;
    ends.push(i);
    rows = 0;
    if (large[i]) continue;
    restBins--;
    mean = restRows / restBins;
  }
  return ends;
}
