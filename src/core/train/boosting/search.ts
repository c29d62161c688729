import { MISSING } from './kernel/loops';
import type { Binning } from './bins';
import { unpacked } from './gradients';
import type { TreeParams } from './params';

/** A leaf as its splits are looked for: sums are whole numbers, see `packGradients`. */
export interface SearchedLeaf {
  rows: number;
  /** Packed sum of its rows. */
  sum: number;
  /** Bounds of its output, in the unit of `outputOf`. */
  lower: number;
  upper: number;
}

/** The parameters in the unit of the whole numbers. */
export interface SearchUnits {
  l1: number;
  l2: number;
  /** Hessian of 1. */
  hessian: number;
  params: TreeParams;
}

export interface Split {
  /** Twice the loss that the two children take away, in whole numbers' unit. */
  score: number;
  column: number;
  /** Rows up to this bin go left; -1 of a set. */
  bin: number;
  missingLeft: boolean;
  /** Bins that go left, of a category. */
  set: readonly number[] | null;
  /** Penalty of the children's outputs. */
  l2: number;
}

/** Least hessian of a child: its rows are told by their share of the hessian, as LightGBM has it. */
export function leastHessian({ rows, sum }: SearchedLeaf, { hessian, params }: SearchUnits): number {
  const ofRows = ((params.minChildRows - 0.5) / rows) * unpacked(sum).second;
  return Math.max(1, params.minChildWeight * hessian, ofRows);
}

const beyond = (gradient: number, l1: number): number => Math.max(Math.abs(gradient) - l1, 0);

/** Output of a leaf, without the learning rate. */
export const outputOf = (first: number, second: number, l1: number, l2: number): number =>
  (-Math.sign(first) * beyond(first, l1)) / (second + l2);

/** What a leaf takes away from twice the loss at its best output. */
export function scoreOf(sum: number, l1: number, l2: number): number {
  const { first, second } = unpacked(sum);
  const t = beyond(first, l1);
  return second + l2 > 0 ? (t * t) / (second + l2) : 0;
}

/** The same at a given output. */
function scoreAt(first: number, second: number, output: number, { l1, l2 }: SearchUnits): number {
  const t = Math.sign(first) * beyond(first, l1);
  return -(2 * t * output + (second + l2) * output * output);
}

/**
 * The best split of a number where outputs are bounded or must rise or fall with it (LightGBM's `basic` method); null where none
 * beats the score.
 *
 * @param sums of the column's bins
 */
export function bestBounded(
  sums: Float64Array,
  { bins, hasMissing }: Binning,
  direction: number,
  leaf: SearchedLeaf,
  units: SearchUnits,
  toBeat: number,
): Omit<Split, 'column'> | null {
  const least = leastHessian(leaf, units);
  const missing = hasMissing ? sums[MISSING] : 0;
  let found: Omit<Split, 'column'> | null = null;
  const clamped = (first: number, second: number): number =>
    Math.min(leaf.upper, Math.max(leaf.lower, outputOf(first, second, units.l1, units.l2)));
  const look = (bin: number, left: number, missingLeft: boolean): void => {
    const l = unpacked(left);
    const r = unpacked(leaf.sum - left);
    if (Math.min(l.second, r.second) < least) return;
    const outs = [clamped(l.first, l.second), clamped(r.first, r.second)];
    if (direction * (outs[0] - outs[1]) > 0) return;
    const score = scoreAt(l.first, l.second, outs[0], units) + scoreAt(r.first, r.second, outs[1], units);
    if (score > (found?.score ?? toBeat)) found = { score, bin, missingLeft, set: null, l2: units.l2 };
  };
  for (let bin = 0, sum = 0; bin < (hasMissing ? bins : bins - 1); bin++) {
    sum += sums[bin];
    look(bin, sum, false);
    if (hasMissing) look(bin, sum + missing, true);
  }
  return found;
}

/**
 * The best set of a category's levels (LightGBM's `FindBestThresholdCategorical`, after Fisher 1958: sets by the order of the
 * levels' mean gradients); missing and rare levels are never in it.
 */
export function bestSet(
  sums: Float64Array,
  { bins }: Binning,
  leaf: SearchedLeaf,
  units: SearchUnits,
  toBeat: number,
): Omit<Split, 'column'> | null {
  return bins <= units.params.maxOneHot
    ? bestOne(sums, bins, leaf, units, toBeat)
    : bestOrdered(sums, bins, leaf, units, toBeat);
}

function bestOne(
  sums: Float64Array,
  bins: number,
  leaf: SearchedLeaf,
  units: SearchUnits,
  toBeat: number,
): Omit<Split, 'column'> | null {
  const least = leastHessian(leaf, units);
  let found: Omit<Split, 'column'> | null = null;
  for (let bin = 0; bin < bins; bin++) {
    const score = scoreOfTwo(sums[bin], leaf, least, units.l1, units.l2);
    if (score > (found?.score ?? toBeat))
      found = { score, bin: -1, missingLeft: false, set: [bin], l2: units.l2 };
  }
  return found;
}

/** NaN where a child would be too small. */
function scoreOfTwo(left: number, leaf: SearchedLeaf, least: number, l1: number, l2: number): number {
  const right = leaf.sum - left;
  const smaller = Math.min(unpacked(left).second, unpacked(right).second);
  return smaller < least ? NaN : scoreOf(left, l1, l2) + scoreOf(right, l1, l2);
}

function bestOrdered(
  sums: Float64Array,
  bins: number,
  leaf: SearchedLeaf,
  units: SearchUnits,
  toBeat: number,
): Omit<Split, 'column'> | null {
  const { params, hessian, l1 } = units;
  const l2 = units.l2 + params.categoryL2 * hessian;
  const least = leastHessian(leaf, units);
  const rowsPer = leaf.rows / unpacked(leaf.sum).second;
  const ordered = levelsInOrder(sums, bins, rowsPer, units);
  const most = Math.min(params.maxCategories, (ordered.length + 1) >> 1);
  let found: Omit<Split, 'column'> | null = null;
  for (const order of [ordered, [...ordered].reverse()]) {
    let [sum, group] = [0, 0];
    for (let k = 0; k < Math.min(most, order.length); k++) {
      const own = sums[order[k]];
      sum += own;
      group += unpacked(own).second * rowsPer;
      const others = unpacked(leaf.sum - sum).second;
      if (others < least || others * rowsPer < params.minCategoryRows) break;
      if (unpacked(sum).second < least || group < params.minCategoryRows) continue;
      group = 0;
      const score = scoreOfTwo(sum, leaf, least, l1, l2);
      if (score > (found?.score ?? toBeat))
        found = { score, bin: -1, missingLeft: false, set: order.slice(0, k + 1), l2 };
    }
  }
  return found;
}

/** Levels of enough rows, by their mean gradient; few rows draw it to 0. */
function levelsInOrder(
  sums: Float64Array,
  bins: number,
  rowsPer: number,
  { params, hessian }: SearchUnits,
): number[] {
  const kept: { bin: number; mean: number }[] = [];
  for (let bin = 0; bin < bins; bin++) {
    const { first, second } = unpacked(sums[bin]);
    if (Math.round(second * rowsPer) >= params.categorySmoothing)
      kept.push({ bin, mean: first / (second + params.categorySmoothing * hessian) });
  }
  return kept.sort((a, b) => a.mean - b.mean || a.bin - b.bin).map(({ bin }) => bin);
}
