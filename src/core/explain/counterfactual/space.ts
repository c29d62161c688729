import { lowerBound } from '../../stats/search';
import { CURRENT_BIT, type Ask, type Leaf } from './leaves';
import type { Lever } from './lever';

/** The values of one lever in a search, cut into cells in which no leaf tells them apart. */
export interface Axis {
  lever: number;
  /** Ordered: a cell ends at each, the last at Infinity. Unordered: position of each cell's value, by effort. */
  ends: Float64Array;
  /** Least effort of a value in each cell, Infinity where there is none, and its position among the lever's values. */
  efforts: Float64Array;
  cheapest: Int32Array;
}

/** Cells of up to three levers, and the leaves of the trees that meet them, as boxes of cells. */
export interface Space {
  axes: readonly Axis[];
  /** Cells of each axis; three numbers, 1 where there is no axis. */
  sizes: readonly [number, number, number];
  /** What all trees add up to that are the same everywhere here. */
  base: number;
  /** Boxes by tree: boxes starts[t] .. starts[t + 1]. */
  starts: Int32Array;
  /** Least and greatest cell on each of three axes, [boxes, 6]. */
  boxes: Int32Array;
  values: Float64Array;
}

/** @param output the model's raw output of the client as it is */
export function spaceOf(
  levers: readonly Lever[],
  set: readonly number[],
  trees: readonly (readonly Leaf[])[],
  output: number,
): Space {
  const leaves = trees.flat();
  const axes = set.map((lever) => axisOf(levers[lever], lever, leaves));
  const sizes = [0, 1, 2].map((i) => axes[i]?.efforts.length ?? 1) as [number, number, number];
  let base = output;
  const starts: number[] = [];
  const boxes: number[] = [];
  const values: number[] = [];
  for (const tree of trees) {
    starts.push(values.length);
    for (const leaf of tree) {
      if (leaf.key === 0) base -= leaf.value;
      addBoxes(axes, levers, leaf, boxes, values);
    }
  }
  starts.push(values.length);
  return {
    axes,
    sizes,
    base,
    starts: Int32Array.from(starts),
    boxes: Int32Array.from(boxes),
    values: Float64Array.from(values),
  };
}

function askOf({ asks }: Leaf, lever: number): Ask | undefined {
  for (let i = 0; i < asks.length; i++) if (asks[i].lever === lever) return asks[i];
  return undefined;
}

function axisOf(lever: Lever, index: number, leaves: readonly Leaf[]): Axis {
  return lever.ordered ? orderedAxis(lever, index, leaves) : unorderedAxis(lever, index);
}

function orderedAxis({ values, efforts }: Lever, index: number, leaves: readonly Leaf[]): Axis {
  const ends = new Set([Infinity]);
  for (const leaf of leaves) {
    const ask = askOf(leaf, index);
    if (ask) ends.add(ask.from).add(ask.to);
  }
  ends.delete(-Infinity);
  const sorted = Float64Array.from(ends).sort();
  const axis = { lever: index, ends: sorted, ...nothingIn(sorted.length) };
  values.forEach((value, i) => offer(axis, lowerBound(sorted, value), i, efforts[i]));
  return axis;
}

function unorderedAxis({ values, efforts }: Lever, index: number): Axis {
  // The current value is a cell too, of which nothing is proposed: the last.
  const order = Array.from(values, (_, i) => i).sort((a, b) => efforts[a] - efforts[b] || a - b);
  const axis = { lever: index, ends: Float64Array.from([...order, -1]), ...nothingIn(order.length + 1) };
  order.forEach((position, cell) => offer(axis, cell, position, efforts[position]));
  return axis;
}

const nothingIn = (cells: number) => ({
  efforts: new Float64Array(cells).fill(Infinity),
  cheapest: new Int32Array(cells).fill(-1),
});

function offer(axis: Axis, cell: number, position: number, effort: number): void {
  if (effort >= axis.efforts[cell]) return;
  axis.efforts[cell] = effort;
  axis.cheapest[cell] = position;
}

function addBoxes(
  axes: readonly Axis[],
  levers: readonly Lever[],
  leaf: Leaf,
  boxes: number[],
  values: number[],
): void {
  const ranges = [0, 1, 2].map((i) =>
    i < axes.length ? rangesOf(axes[i], levers, leaf) : [[0, 0] as const],
  );
  for (const [a0, a1] of ranges[0])
    for (const [b0, b1] of ranges[1])
      for (const [c0, c1] of ranges[2]) {
        boxes.push(a0, a1, b0, b1, c0, c1);
        values.push(leaf.value);
      }
}

/** Cells of an axis that a leaf takes, as runs. */
function rangesOf(
  { lever, ends }: Axis,
  levers: readonly Lever[],
  leaf: Leaf,
): (readonly [number, number])[] {
  const ask = askOf(leaf, lever);
  if (!ask) return [[0, ends.length - 1]];
  if (levers[lever].ordered) {
    const first = ask.from === -Infinity ? 0 : lowerBound(ends, ask.from) + 1;
    return [[first, lowerBound(ends, ask.to)]];
  }
  const takes = (cell: number) => (ask.bits & (ends[cell] < 0 ? CURRENT_BIT : 1 << ends[cell])) !== 0;
  const runs: [number, number][] = [];
  for (let cell = 0; cell < ends.length; cell++) {
    if (!takes(cell)) continue;
    const last = runs.at(-1);
    if (last?.[1] === cell - 1) last[1] = cell;
    else runs.push([cell, cell]);
  }
  return runs;
}
