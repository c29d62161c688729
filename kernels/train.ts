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

// @ts-ignore: a decorator of AssemblyScript
@inline
function addTo(slot: usize, weight: f64): void {
  store<f64>(slot, load<f64>(slot) + weight);
}

function add(group: usize, weights: usize, size: usize, histograms: usize): void {
  for (let i: usize = 0; i < size; i++) {
    const weight = load<f64>(weights + 8 * i);
    const at = group + 8 * i;
    addTo(histograms + 8 * <usize>load<u8>(at), weight);
    addTo(histograms + STRIDE + 8 * <usize>load<u8>(at, 1), weight);
    addTo(histograms + 2 * STRIDE + 8 * <usize>load<u8>(at, 2), weight);
    addTo(histograms + 3 * STRIDE + 8 * <usize>load<u8>(at, 3), weight);
    addTo(histograms + 4 * STRIDE + 8 * <usize>load<u8>(at, 4), weight);
    addTo(histograms + 5 * STRIDE + 8 * <usize>load<u8>(at, 5), weight);
    addTo(histograms + 6 * STRIDE + 8 * <usize>load<u8>(at, 6), weight);
    addTo(histograms + 7 * STRIDE + 8 * <usize>load<u8>(at, 7), weight);
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

// @ts-ignore: a decorator of AssemblyScript
@inline
function gradient(sum: v128): v128 {
  return f64x2.floor(f64x2.mul(sum, f64x2.splat(PART)));
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function beyond(gradients: v128, l1: v128): v128 {
  return f64x2.max(f64x2.sub(f64x2.abs(gradients), l1), f64x2.splat(0));
}

/**
 * The best split of two leaves. `columns`: of each column its number and its bins, twice with the bins negative where it has
 * missing values. `of`: pairs, one a leaf, of sum, least hessian of a child, score to beat, l2, l1. `out`: a pair of scores, then of
 * column, bin and side of the missing values; as they were where nothing is better.
 */
export function best(first: usize, second: usize, columns: usize, many: usize, leaves: usize, out: usize): void {
  const total = v128.load(leaves);
  const least = v128.load(leaves, 16);
  let toBeat = v128.load(leaves, 32);
  const l2 = v128.load(leaves, 48);
  const l1 = v128.load(leaves, 64);
  const unit = f64x2.splat(UNIT);
  for (let k: usize = 0; k < many; k++) {
    const column = load<i32>(columns + 8 * k);
    const told = load<i32>(columns + 8 * k, 4);
    const hasMissing = told < 0;
    const last = <usize>(hasMissing ? -told : told - 1);
    const a = first + STRIDE * <usize>column;
    const b = second + STRIDE * <usize>column;
    const missing = hasMissing
      ? f64x2.replace_lane(f64x2.splat(load<f64>(a + 8 * MISSING)), 1, load<f64>(b + 8 * MISSING))
      : f64x2.splat(0);
    let sum = f64x2.splat(0);
    for (let bin: usize = 0; bin < last; bin++) {
      sum = f64x2.add(
        sum,
        f64x2.replace_lane(f64x2.splat(load<f64>(a + 8 * bin)), 1, load<f64>(b + 8 * bin)),
      );
      let left = sum;
      for (let side = 0; side < 2; side++) {
        const right = f64x2.sub(total, left);
        const gl = gradient(left);
        const gr = gradient(right);
        const hl = f64x2.sub(left, f64x2.mul(gl, unit));
        const hr = f64x2.sub(right, f64x2.mul(gr, unit));
        const tl = beyond(gl, l1);
        const tr = beyond(gr, l1);
        const dl = f64x2.add(hl, l2);
        const dr = f64x2.add(hr, l2);
        const over = f64x2.add(
          f64x2.mul(f64x2.mul(tl, tl), dr),
          f64x2.mul(f64x2.mul(tr, tr), dl),
        );
        const under = f64x2.mul(dl, dr);
        const better = v128.and(
          f64x2.gt(over, f64x2.mul(toBeat, under)),
          f64x2.ge(f64x2.min(hl, hr), least),
        );
        if (v128.any_true(better)) {
          toBeat = v128.bitselect(f64x2.div(over, under), toBeat, better);
          if (i64x2.extract_lane(better, 0)) note(out + 16, column, <i32>bin, side);
          if (i64x2.extract_lane(better, 1)) note(out + 32, column, <i32>bin, side);
        }
        if (!hasMissing) break;
        left = f64x2.add(sum, missing);
      }
    }
  }
  v128.store(out, toBeat);
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
