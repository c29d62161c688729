import type { Space } from './space';

/** Least and greatest cell on each of three axes. */
export type Box = Int32Array;

/** Cells that are looked at one by one. */
export const MOST_CELLS = 4096;

export const wholeBox = ({ sizes }: Space): Box =>
  Int32Array.of(0, sizes[0] - 1, 0, sizes[1] - 1, 0, sizes[2] - 1);

export const cellsOf = (box: Box): number =>
  (box[1] - box[0] + 1) * (box[3] - box[2] + 1) * (box[5] - box[4] + 1);

/**
 * The leaves that a box meets, and bounds of the raw output in it: what one tree may add there is at least its least
 * leaf and at most its greatest (interval bounds of a sum of trees, as Chen et al. 2019 take them to verify ensembles).
 */
export interface Met {
  /** Boxes of the space, those of a tree together; trees of which one is left are in `base`. */
  boxes: Int32Array;
  trees: Int32Array;
  base: number;
  low: number;
  high: number;
}

/** All leaves of the space. */
export function allMet(space: Space): Met {
  const count = space.values.length;
  const boxes = Int32Array.from({ length: count }, (_, i) => i);
  const trees = new Int32Array(count);
  for (let t = 0; t + 1 < space.starts.length; t++) trees.fill(t, space.starts[t], space.starts[t + 1]);
  return { boxes, trees, base: space.base, low: -Infinity, high: Infinity };
}

/** Of these leaves those that a smaller box meets. */
export function meeting(space: Space, from: Met, box: Box): Met {
  const count = from.boxes.length;
  const boxes = new Int32Array(count);
  const trees = new Int32Array(count);
  let { base } = from;
  let [kept, low, high] = [0, 0, 0];
  for (let i = 0; i < count;) {
    const tree = from.trees[i];
    const first = kept;
    let [least, most] = [Infinity, -Infinity];
    for (; i < count && from.trees[i] === tree; i++) {
      const leaf = from.boxes[i];
      if (!meets(space.boxes, 6 * leaf, box)) continue;
      const value = space.values[leaf];
      if (value < least) least = value;
      if (value > most) most = value;
      boxes[kept] = leaf;
      trees[kept++] = tree;
    }
    if (kept === first + 1) {
      base += least;
      kept = first;
    } else if (kept > first) {
      low += least;
      high += most;
    }
  }
  return {
    boxes: boxes.subarray(0, kept),
    trees: trees.subarray(0, kept),
    base,
    low: base + low,
    high: base + high,
  };
}

function meets(boxes: Int32Array, at: number, box: Box): boolean {
  return (
    boxes[at] <= box[1] &&
    boxes[at + 1] >= box[0] &&
    boxes[at + 2] <= box[3] &&
    boxes[at + 3] >= box[2] &&
    boxes[at + 4] <= box[5] &&
    boxes[at + 5] >= box[4]
  );
}

/** The raw output of every cell of a box, row-major over the three axes: a table of differences, summed up along each axis. */
export function outputsIn(space: Space, met: Met, box: Box): Float64Array {
  const [na, nb, nc] = [box[1] - box[0] + 1, box[3] - box[2] + 1, box[5] - box[4] + 1];
  const [sb, sa] = [nc + 1, (nb + 1) * (nc + 1)];
  const sums = new Float64Array((na + 1) * sa);
  for (const leaf of met.boxes) {
    const at = 6 * leaf;
    const value = space.values[leaf];
    const a0 = Math.max(0, space.boxes[at] - box[0]) * sa;
    const a1 = Math.min(na, space.boxes[at + 1] - box[0] + 1) * sa;
    const b0 = Math.max(0, space.boxes[at + 2] - box[2]) * sb;
    const b1 = Math.min(nb, space.boxes[at + 3] - box[2] + 1) * sb;
    const c0 = Math.max(0, space.boxes[at + 4] - box[4]);
    const c1 = Math.min(nc, space.boxes[at + 5] - box[4] + 1);
    sums[a0 + b0 + c0] += value;
    sums[a0 + b0 + c1] -= value;
    sums[a0 + b1 + c0] -= value;
    sums[a0 + b1 + c1] += value;
    sums[a1 + b0 + c0] -= value;
    sums[a1 + b0 + c1] += value;
    sums[a1 + b1 + c0] += value;
    sums[a1 + b1 + c1] -= value;
  }
  const out = new Float64Array(na * nb * nc);
  for (let a = 0; a < na; a++)
    for (let b = 0; b < nb; b++)
      for (let c = 0; c < nc; c++) {
        const at = a * sa + b * sb + c;
        let sum = sums[at];
        if (a > 0) sum += sums[at - sa];
        if (b > 0) sum += sums[at - sb];
        if (c > 0) sum += sums[at - 1];
        if (a > 0 && b > 0) sum -= sums[at - sa - sb];
        if (a > 0 && c > 0) sum -= sums[at - sa - 1];
        if (b > 0 && c > 0) sum -= sums[at - sb - 1];
        if (a > 0 && b > 0 && c > 0) sum += sums[at - sa - sb - 1];
        sums[at] = sum;
        out[(a * nb + b) * nc + c] = met.base + sum;
      }
  return out;
}

/** The two halves of a box along its longest side. */
export function halves(box: Box): [Box, Box] {
  const sides = [0, 1, 2].map((i) => box[2 * i + 1] - box[2 * i]);
  const longest = sides.indexOf(Math.max(...sides));
  const middle = box[2 * longest] + (sides[longest] >> 1);
  const [first, second] = [box.slice(), box.slice()];
  first[2 * longest + 1] = middle;
  second[2 * longest] = middle + 1;
  return [first, second];
}
