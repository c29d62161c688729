import { evenRows } from '../../core/stats/evenRows';
import { quantileSorted } from '../../core/stats/quantile';
import type { Table } from '../../core/table/table';
import { cellValue } from './cells';
import { counted, nearTo, type Counted } from './group';

/** Two numbers of a group together, with the client's. */
export interface Pair {
  x: string;
  y: string;
  /** Of at most 1,000 people, evenly drawn. */
  at: { x: Float64Array; y: Float64Array; defaulted: Uint8Array };
  /** Whether outcomes are known: else nobody in `at` is marked. */
  labelled: boolean;
  client: { x: number | null; y: number | null };
  /** Ends of the axes: nearly all of the group lies between. */
  ends: { x: [number, number]; y: [number, number] };
  /** Of those within 5 % of the client's x: the mean of y; null where there is nobody, or no value. */
  near: (Counted & { mean: number }) | null;
}

/** Share beyond either end of an axis. */
export const BEYOND = 0.005;
/** Dots that a cloud is drawn of. */
const MOST_DOTS = 1000;

/** null where either is no number. @param rows the group's */
export function pairOf(
  { x, y }: { x: string; y: string },
  table: Table,
  rows: Int32Array,
  outcomes: ArrayLike<number> | null,
  client: Table,
): Pair | null {
  const [xs, ys] = [table.columns.get(x), table.columns.get(y)];
  if (xs?.kind !== 'number' || ys?.kind !== 'number') return null;
  const present = rows.filter((row) => Number.isFinite(xs.values[row]) && Number.isFinite(ys.values[row]));
  const drawn =
    present.length <= MOST_DOTS
      ? present
      : Int32Array.from(evenRows(present.length, MOST_DOTS), (row) => present[row]);
  const own = { x: numberIn(client, x), y: numberIn(client, y) };
  const around = own.x === null ? present.subarray(0, 0) : nearTo(xs.values, present, own.x);
  const sum = around.reduce((total, row) => total + ys.values[row], 0);
  return {
    x,
    y,
    at: {
      x: Float64Array.from(drawn, (row) => xs.values[row]),
      y: Float64Array.from(drawn, (row) => ys.values[row]),
      defaulted: Uint8Array.from(drawn, (row) => (outcomes?.[row] === 1 ? 1 : 0)),
    },
    labelled: outcomes !== null,
    client: own,
    ends: { x: endsOf(xs.values, present), y: endsOf(ys.values, present) },
    near: around.length > 0 ? { ...counted(around, outcomes), mean: sum / around.length } : null,
  };
}

function endsOf(values: ArrayLike<number>, rows: Int32Array): [number, number] {
  if (rows.length === 0) return [0, 0];
  const sorted = Float64Array.from(rows, (row) => values[row]).sort();
  return [quantileSorted(sorted, BEYOND), quantileSorted(sorted, 1 - BEYOND)];
}

/** null where it is missing, infinite or no number. */
export function numberIn(client: Table, name: string): number | null {
  const column = client.columns.get(name);
  const value = column ? cellValue(column, 0) : null;
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
