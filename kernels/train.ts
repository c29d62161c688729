/**
 * The inner loops of histogram boosting, in AssemblyScript: counting rows into histograms, eight columns at a time; the best
 * split of two leaves, one a lane; and the partition of a leaf's rows. `plainLoops` of src/core/train/boosting/kernel/plain gives
 * the same bits. Addresses are in bytes. A sum is gradient * 2^26 + hessian, both whole: exact in any order.
 */

/** Bytes of a column's histogram: 256 sums, and what keeps the next one off the same lines of the cache. */
const STRIDE: usize = 2112;
/** Slot of missing values. */
const MISSING: usize = 255;
/** Rows that are gathered at once, and bytes of eight columns of them. */
const BLOCK: usize = 2048;
const GROUP: usize = 8 * BLOCK + 64;

/** @returns sum of the rows' packed gradients; `scratch` holds a block: its gradients, then the groups */
export function count(
  rows: usize,
  many: usize,
  bins: usize,
  groups: usize,
  packed: usize,
  scratch: usize,
  histograms: usize,
): f64 {
  memory.fill(histograms, 0, 8 * groups * STRIDE);
  let total: f64 = 0;
  for (let from: usize = 0; from < many; from += BLOCK) {
    const size = min(BLOCK, many - from);
    total += gather(rows + 4 * from, size, bins, groups, packed, scratch);
    for (let group: usize = 0; group < groups; group++)
      add(scratch + 8 * BLOCK + GROUP * group, scratch, size, histograms + 8 * STRIDE * group);
  }
  return total;
}

function gather(rows: usize, size: usize, bins: usize, groups: usize, packed: usize, scratch: usize): f64 {
  let total: f64 = 0;
  for (let i: usize = 0; i < size; i++) {
    const row = <usize>load<u32>(rows + 4 * i);
    const weight = load<f64>(packed + 8 * row);
    total += weight;
    store<f64>(scratch + 8 * i, weight);
    const from = bins + 8 * groups * row;
    let to = scratch + 8 * BLOCK + 8 * i;
    for (let group: usize = 0; group < groups; group++) {
      store<u64>(to, load<u64>(from + 8 * group));
      to += GROUP;
    }
  }
  return total;
}

function add(group: usize, weights: usize, size: usize, histograms: usize): void {
  for (let i: usize = 0; i < size; i++) {
    const weight = load<f64>(weights + 8 * i);
    const at = group + 8 * i;
    let slot = histograms + 8 * <usize>load<u8>(at);
    store<f64>(slot, load<f64>(slot) + weight);
    slot = histograms + 8 * <usize>load<u8>(at, 1);
    store<f64>(slot, load<f64>(slot, STRIDE) + weight, STRIDE);
    slot = histograms + 8 * <usize>load<u8>(at, 2);
    store<f64>(slot, load<f64>(slot, 2 * STRIDE) + weight, 2 * STRIDE);
    slot = histograms + 8 * <usize>load<u8>(at, 3);
    store<f64>(slot, load<f64>(slot, 3 * STRIDE) + weight, 3 * STRIDE);
    slot = histograms + 8 * <usize>load<u8>(at, 4);
    store<f64>(slot, load<f64>(slot, 4 * STRIDE) + weight, 4 * STRIDE);
    slot = histograms + 8 * <usize>load<u8>(at, 5);
    store<f64>(slot, load<f64>(slot, 5 * STRIDE) + weight, 5 * STRIDE);
    slot = histograms + 8 * <usize>load<u8>(at, 6);
    store<f64>(slot, load<f64>(slot, 6 * STRIDE) + weight, 6 * STRIDE);
    slot = histograms + 8 * <usize>load<u8>(at, 7);
    store<f64>(slot, load<f64>(slot, 7 * STRIDE) + weight, 7 * STRIDE);
  }
}

/** The larger child's histograms in the place of its parent's. */
export function subtract(parent: usize, small: usize, columns: usize): void {
  for (let at: usize = 0; at < columns * STRIDE; at += 16)
    v128.store(parent + at, f64x2.sub(v128.load(parent + at), v128.load(small + at)));
}

/** 2^26 and its inverse. */
const UNIT: f64 = 67108864;
const PART: f64 = 1.4901161193847656e-8;

// What the leaves being searched are like, and the best splits so far: one lane a leaf.
let gradient: v128 = f64x2.splat(0);
let hessian: v128 = f64x2.splat(0);
let least: v128 = f64x2.splat(0);
let l2: v128 = f64x2.splat(0);
let l1: v128 = f64x2.splat(0);
let toBeat: v128 = f64x2.splat(0);

/**
 * The best split of two leaves. `columns`: of each column its number and its bins, negative where it has missing values.
 * `leaves`: pairs, one a leaf, of sum, least hessian of a child, score to beat, l2, l1. `out`: a pair of scores, then of column,
 * bin and side of the missing values; as they were where nothing is better.
 */
export function best(
  first: usize,
  second: usize,
  columns: usize,
  many: usize,
  leaves: usize,
  out: usize,
): void {
  const total = v128.load(leaves);
  gradient = f64x2.floor(f64x2.mul(total, f64x2.splat(PART)));
  hessian = f64x2.sub(total, f64x2.mul(gradient, f64x2.splat(UNIT)));
  least = v128.load(leaves, 16);
  toBeat = v128.load(leaves, 32);
  l2 = v128.load(leaves, 48);
  l1 = v128.load(leaves, 64);
  const isPlain = f64x2.extract_lane(l1, 0) === 0;
  // gl^2 / dl + gr^2 / dr = g^2 / d + (gl * d - g * dl)^2 / (dl * dr) / d: one square to compare instead of two.
  const whole = f64x2.add(hessian, f64x2.add(l2, l2));
  const own = f64x2.div(f64x2.mul(gradient, gradient), whole);
  if (isPlain) toBeat = f64x2.mul(f64x2.sub(toBeat, own), whole);
  for (let k: usize = 0; k < many; k++) {
    const column = load<i32>(columns + 8 * k);
    const told = load<i32>(columns + 8 * k, 4);
    const a = first + STRIDE * <usize>column;
    const b = second + STRIDE * <usize>column;
    if (!isPlain) search(a, b, column, told, out);
    else if (told < 0) searchMissing(a, b, column, -told, out);
    else searchWhole(a, b, column, told - 1, out);
  }
  if (isPlain) toBeat = f64x2.add(own, f64x2.div(toBeat, whole));
  v128.store(out, toBeat);
}

function pair(a: usize, b: usize): v128 {
  return f64x2.replace_lane(f64x2.splat(load<f64>(a)), 1, load<f64>(b));
}

/** A column without missing values, no l1. */
function searchWhole(a: usize, b: usize, column: i32, last: i32, out: usize): void {
  const part = f64x2.splat(PART);
  const unit = f64x2.splat(UNIT);
  const g = gradient;
  const penalty = l2;
  const whole = f64x2.add(hessian, f64x2.add(penalty, penalty));
  let beat = toBeat;
  let sum = f64x2.splat(0);
  for (let bin = 0; bin < last; bin++) {
    sum = f64x2.add(sum, pair(a + 8 * bin, b + 8 * bin));
    const gl = f64x2.floor(f64x2.mul(sum, part));
    const hl = f64x2.sub(sum, f64x2.mul(gl, unit));
    const dl = f64x2.add(hl, penalty);
    const apart = f64x2.sub(f64x2.mul(gl, whole), f64x2.mul(g, dl));
    const over = f64x2.mul(apart, apart);
    const under = f64x2.mul(dl, f64x2.sub(whole, dl));
    if (v128.any_true(f64x2.gt(over, f64x2.mul(beat, under))))
      beat = take(over, under, hl, beat, column, bin, 0, out);
  }
  toBeat = beat;
}

/** A column with missing values on either side, no l1. */
function searchMissing(a: usize, b: usize, column: i32, last: i32, out: usize): void {
  const part = f64x2.splat(PART);
  const unit = f64x2.splat(UNIT);
  const g = gradient;
  const penalty = l2;
  const whole = f64x2.add(hessian, f64x2.add(penalty, penalty));
  const missing = pair(a + 8 * MISSING, b + 8 * MISSING);
  const gm = f64x2.floor(f64x2.mul(missing, part));
  const hm = f64x2.sub(missing, f64x2.mul(gm, unit));
  let beat = toBeat;
  let sum = f64x2.splat(0);
  for (let bin = 0; bin < last; bin++) {
    sum = f64x2.add(sum, pair(a + 8 * bin, b + 8 * bin));
    const gl = f64x2.floor(f64x2.mul(sum, part));
    const hl = f64x2.sub(sum, f64x2.mul(gl, unit));
    const dl = f64x2.add(hl, penalty);
    const apart = f64x2.sub(f64x2.mul(gl, whole), f64x2.mul(g, dl));
    const over = f64x2.mul(apart, apart);
    const under = f64x2.mul(dl, f64x2.sub(whole, dl));
    const hl2 = f64x2.add(hl, hm);
    const dl2 = f64x2.add(hl2, penalty);
    const apart2 = f64x2.sub(f64x2.mul(f64x2.add(gl, gm), whole), f64x2.mul(g, dl2));
    const over2 = f64x2.mul(apart2, apart2);
    const under2 = f64x2.mul(dl2, f64x2.sub(whole, dl2));
    const better = f64x2.gt(over, f64x2.mul(beat, under));
    const better2 = f64x2.gt(over2, f64x2.mul(beat, under2));
    if (!v128.any_true(v128.or(better, better2))) continue;
    beat = take(over, under, hl, beat, column, bin, 0, out);
    beat = take(over2, under2, hl2, beat, column, bin, 1, out);
  }
  toBeat = beat;
}

/** Any column, with l1. */
function search(a: usize, b: usize, column: i32, told: i32, out: usize): void {
  const last = told < 0 ? -told : told - 1;
  const missing = pair(a + 8 * MISSING, b + 8 * MISSING);
  const gm = f64x2.floor(f64x2.mul(missing, f64x2.splat(PART)));
  const hm = f64x2.sub(missing, f64x2.mul(gm, f64x2.splat(UNIT)));
  let sum = f64x2.splat(0);
  for (let bin = 0; bin < last; bin++) {
    sum = f64x2.add(sum, pair(a + 8 * bin, b + 8 * bin));
    let gl = f64x2.floor(f64x2.mul(sum, f64x2.splat(PART)));
    let hl = f64x2.sub(sum, f64x2.mul(gl, f64x2.splat(UNIT)));
    for (let side = 0; side < (told < 0 ? 2 : 1); side++) {
      const dl = f64x2.add(hl, l2);
      const dr = f64x2.add(f64x2.sub(hessian, hl), l2);
      const tl = beyond(gl);
      const tr = beyond(f64x2.sub(gradient, gl));
      const over = f64x2.add(f64x2.mul(f64x2.mul(tl, tl), dr), f64x2.mul(f64x2.mul(tr, tr), dl));
      toBeat = take(over, f64x2.mul(dl, dr), hl, toBeat, column, bin, side, out);
      gl = f64x2.add(gl, gm);
      hl = f64x2.add(hl, hm);
    }
  }
}

function beyond(gradients: v128): v128 {
  return f64x2.max(f64x2.sub(f64x2.abs(gradients), l1), f64x2.splat(0));
}

/** Notes the splits that are better and leave enough on both sides, and gives the scores to beat from then on. */
function take(
  over: v128,
  under: v128,
  hl: v128,
  beat: v128,
  column: i32,
  bin: i32,
  side: i32,
  out: usize,
): v128 {
  const enough = f64x2.ge(f64x2.min(hl, f64x2.sub(hessian, hl)), least);
  const better = v128.and(f64x2.gt(over, f64x2.mul(beat, under)), enough);
  if (i64x2.extract_lane(better, 0)) note(out + 16, column, bin, side);
  if (i64x2.extract_lane(better, 1)) note(out + 32, column, bin, side);
  return v128.bitselect(f64x2.div(over, under), beat, better);
}

function note(at: usize, column: i32, bin: i32, side: i32): void {
  store<i32>(at, column);
  store<i32>(at, bin, 4);
  store<i32>(at, side, 8);
}

/** Rows whose bin is in the table come first; both keep their order. @returns how many */
export function partition(rows: usize, many: usize, column: usize, table: usize, others: usize): usize {
  let yes = rows;
  let no = others;
  for (let i: usize = 0; i < many; i++) {
    const row = load<u32>(rows + 4 * i);
    const goes = <usize>load<u8>(table + <usize>load<u8>(column + <usize>row));
    store<u32>(yes, row);
    store<u32>(no, row);
    yes += 4 * goes;
    no += 4 * (1 - goes);
  }
  memory.copy(yes, others, no - others);
  return (yes - rows) >> 2;
}

/** Bin of each value: the first whose bound, of 256, is not below it; MISSING where there is none. */
export function assign(values: usize, many: usize, bounds: usize, out: usize): void {
  for (let i: usize = 0; i < many; i++) {
    const x = load<f64>(values + 8 * i);
    let bin: usize = 0;
    for (let step: usize = 128; step > 0; step >>= 1)
      bin += select<usize>(step, 0, x > load<f64>(bounds + 8 * (bin + step - 1)));
    store<u8>(out + i, select<u8>(<u8>bin, <u8>MISSING, x === x));
  }
}
