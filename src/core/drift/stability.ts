import { quantileSorted } from '../stats/quantile';
import { upperBound } from '../stats/search';
import { stabilityParts } from '../stats/distances';
import {
  asLevels,
  countDistinctBoth,
  type LevelPair,
  type NumberPair,
  type NumberSample,
  type Pair,
} from './sample';

/** Population stability index of a column, and where it comes from. */
export interface Stability {
  value: number;
  /** Upper edges of the number bins (lo, hi]; the last one is open. Empty for levels. */
  edges: Float64Array;
  /** Levels, where bins are levels; empty for bins of numbers. */
  levels: readonly string[];
  /** A bin for missing values, last, because a side has some. */
  missingBin: boolean;
  /** By bin: shares of all rows, before the floor, and what the bin adds. */
  reference: Float64Array;
  current: Float64Array;
  parts: Float64Array;
}

/** A share of 0 counts as this, so that its logarithm exists; shares are not made to add up again. */
const LEAST_SHARE = 1e-4;
const BINS = 10;

/**
 * Population stability index with deciles of the reference (numbers) or by level, natural logarithm.
 *
 * Edges are numpy's linear quantiles 0, 0.1 … 1 of the reference, equal ones merged; bins are (lo, hi], the outer
 * ones open, so that infinities have a place. Numbers of so few values that one bin is left go by value. Missing
 * values are a bin of their own when either side has any. Shares are of all rows; below 1e-4 they count as 1e-4.
 */
export function stabilityOf(pair: Pair): Stability {
  if (pair.kind === 'level') return levelStability(pair);
  const edges = pair.reference.sorted.length ? decileEdges(pair.reference.sorted) : new Float64Array(0);
  const few =
    edges.length === 0 && countDistinctBoth(pair.reference.sorted, pair.current.sorted, BINS) <= BINS;
  return few ? levelStability(asLevels(pair)) : numberStability(pair, edges);
}

/** Inner edges of the bins: the reference's deciles, equal ones merged, the two outer ones left open. */
function decileEdges(sorted: ArrayLike<number>): Float64Array {
  const edges = new Set<number>();
  for (let i = 0; i <= BINS; i++) edges.add(quantileSorted(sorted, i / BINS));
  return Float64Array.from(edges).slice(1, -1);
}

function numberStability({ reference, current }: NumberPair, edges: Float64Array): Stability {
  const missingBin = reference.missing + current.missing > 0;
  const sides = [reference, current].map((side) => binShares(side, edges, missingBin));
  return { edges, levels: [], missingBin, ...indexOf(sides[0], sides[1]) };
}

function binShares(side: NumberSample, edges: Float64Array, missingBin: boolean): Float64Array {
  const shares = new Float64Array(edges.length + 1 + (missingBin ? 1 : 0));
  let from = 0;
  edges.forEach((edge, bin) => {
    const to = upperBound(side.sorted, edge, from);
    shares[bin] = to - from;
    from = to;
  });
  shares[edges.length] = side.sorted.length - from + side.highest;
  shares[0] += side.lowest;
  if (missingBin) shares[edges.length + 1] = side.missing;
  return shares.map((count) => count / side.rows);
}

function levelStability({ reference, current, keys }: LevelPair): Stability {
  const missingBin = reference.missing + current.missing > 0;
  const sides = [reference, current].map(({ counts, missing, rows }) => {
    const shares = new Float64Array(keys.length + (missingBin ? 1 : 0));
    shares.set(counts);
    if (missingBin) shares[keys.length] = missing;
    return shares.map((count) => count / rows);
  });
  return { edges: new Float64Array(0), levels: keys, missingBin, ...indexOf(sides[0], sides[1]) };
}

function indexOf(reference: Float64Array, current: Float64Array) {
  const floored = (shares: Float64Array) => shares.map((share) => Math.max(share, LEAST_SHARE));
  const parts = stabilityParts(floored(reference), floored(current));
  return { value: parts.reduce((sum, part) => sum + part, 0), reference, current, parts };
}

const KEPT = 40;

/** The index with the bins that add most, where levels are very many: what is shown and kept. */
export function shortened(stability: Stability): Stability {
  const { parts, levels, missingBin } = stability;
  if (parts.length <= KEPT) return stability;
  const order = Array.from(parts, (_, i) => i).sort((a, b) => parts[b] - parts[a] || a - b);
  const kept = order.slice(0, KEPT).sort((a, b) => a - b);
  const take = (values: Float64Array) => Float64Array.from(kept, (i) => values[i]);
  return {
    ...stability,
    levels: kept.filter((i) => i < levels.length).map((i) => levels[i]),
    missingBin: missingBin && kept.includes(levels.length),
    reference: take(stability.reference),
    current: take(stability.current),
    parts: take(parts),
  };
}
