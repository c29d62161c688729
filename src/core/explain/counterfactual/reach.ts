import { lowerBound } from '../../stats/search';
import { allMet, cellsOf, halves, meeting, MOST_CELLS, outputsIn, type Box, type Met } from './bound';
import type { Lever } from './lever';
import type { Space } from './space';

/**
 * How far a change may go on the same way without the answer turning back. Models that are not monotone have islands: for
 * about half of all least changes, going further refuses again.
 */
export type Reach =
  /** Every value from this one on, to the end of the reference. */
  | { kind: 'on' }
  /** Every value from this one to another that occurs. */
  | { kind: 'until'; value: number }
  /** This value alone is known to hold. */
  | { kind: 'exactly' };

/** Sums over a table of differences round. */
const ROUNDING = 1e-9;

/**
 * The reach of each change, true for all of them together: any values within it keep the raw output below the limit.
 *
 * @param cells of the values, one an axis
 */
export function reachOf(
  space: Space,
  levers: readonly Lever[],
  cells: readonly number[],
  values: readonly number[],
  limit: number,
): Reach[] {
  const whole = allMet(space);
  const holds = (box: Box) => !anyAtLeast(space, whole, box, limit - ROUNDING);
  const box = Int32Array.from([0, 1, 2].flatMap((i) => [cells[i] ?? 0, cells[i] ?? 0]));
  const ends = space.axes.map((axis, i) => furthestCell(axis.ends, levers[axis.lever], values[i]));
  const all = box.slice();
  ends.forEach((end, i) => widen(all, i, end));
  if (holds(all)) space.axes.forEach((_, i) => widen(box, i, ends[i]));
  else space.axes.forEach((_, i) => grow(box, i, ends[i], holds));
  return space.axes.map((axis, i) => {
    const lever = levers[axis.lever];
    const up = values[i] > lever.current;
    const last = up ? box[2 * i + 1] : box[2 * i];
    if (!lever.ordered) return { kind: 'exactly' };
    return last === ends[i] ? { kind: 'on' } : lastValue(lever, axis.ends, last, values[i]);
  });
}

/** The cell where the reference ends on the side to which the value moved; its own cell without an order. */
function furthestCell(ends: Float64Array, lever: Lever, value: number): number {
  if (!lever.ordered) return ends.findIndex((position) => lever.values[position] === value);
  return lowerBound(ends, value > lever.current ? lever.most : lever.least);
}

function widen(box: Box, axis: number, cell: number): void {
  box[2 * axis] = Math.min(box[2 * axis], cell);
  box[2 * axis + 1] = Math.max(box[2 * axis + 1], cell);
}

/** Widens one side cell by cell, while all of the box that comes with it holds. */
function grow(box: Box, axis: number, end: number, holds: (box: Box) => boolean): void {
  const step = end > box[2 * axis + 1] ? 1 : -1;
  const side = step > 0 ? 2 * axis + 1 : 2 * axis;
  while (box[side] !== end) {
    const next = box.slice();
    next[2 * axis] = next[2 * axis + 1] = box[side] + step;
    if (!holds(next)) return;
    box[side] += step;
  }
}

/** The furthest value that occurs within the cells. */
function lastValue({ values, current }: Lever, ends: Float64Array, last: number, value: number): Reach {
  const up = value > current;
  const within = Array.from(values).filter((other) => {
    const cell = lowerBound(ends, other);
    return up ? other >= value && cell <= last : other <= value && cell >= last;
  });
  const furthest = up ? Math.max(...within) : Math.min(...within);
  return furthest === value ? { kind: 'exactly' } : { kind: 'until', value: furthest };
}

/** Whether some cell of the box has a raw output of at least the limit. */
function anyAtLeast(space: Space, from: Met, box: Box, limit: number): boolean {
  const met = meeting(space, from, box);
  if (met.low >= limit) return true;
  if (met.high < limit) return false;
  if (cellsOf(box) <= MOST_CELLS) return outputsIn(space, met, box).some((output) => output >= limit);
  return halves(box).some((half) => anyAtLeast(space, met, half, limit));
}
