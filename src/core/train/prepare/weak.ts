import { binBetween, quantileEdges } from '../../stats/quantile';
import { informationValue as informationOf } from '../../stats/information';
import { correlation } from '../../stats/correlation';
import { isNumber, type Preparation, type PreparedColumn, type StepNote } from './prepared';

/** Bins of a number: its tenths. */
const BINS = 10;

/** How a column's bond with the outcome is measured: of any column, of numbers, of categories. */
export type Association = 'informationValue' | 'etaSquared' | 'cramersV';

/** Drops columns that say little of the outcome: an association below a limit. Columns that it is not for stay. */
export function withoutWeak(
  columns: readonly PreparedColumn[],
  { kind: step, by, below: limit }: { kind: string; by: Association; below: number },
  target: Uint8Array,
): Preparation {
  const notes: StepNote[] = [];
  const kept = columns.filter((prepared) => {
    const found = association(prepared, by, target);
    if (found === null || found >= limit) return true;
    notes.push({ step, column: prepared.column.name, found, limit });
    return false;
  });
  return { columns: kept, notes };
}

/** Null of a column that the measure is not for. */
export function association(prepared: PreparedColumn, by: Association, target: Uint8Array): number | null {
  switch (by) {
    case 'informationValue':
      return informationValue(prepared, target);
    case 'etaSquared':
      return isNumber(prepared) ? etaSquared(prepared.column.values, target) : null;
    case 'cramersV':
      return isNumber(prepared) ? null : cramersV(binsOf(prepared), target);
  }
}

/**
 * Share of a number's variance that lies between the outcomes (Fisher 1925): of two groups the square of Pearson's r. Rows without
 * the number are left out; 0 where it does not vary.
 */
function etaSquared(values: ArrayLike<number>, target: Uint8Array): number {
  const r = correlation(values, Float64Array.from(target));
  return Number.isNaN(r) ? 0 : r * r;
}

/**
 * Cramér's V (1946) of levels and outcome, a gap being a level: the root of chi squared over rows, as there are two outcomes
 * (scipy.stats.contingency.association).
 */
function cramersV({ bins, count }: { bins: Int32Array; count: number }, target: Uint8Array): number {
  const good = new Float64Array(count);
  const bad = new Float64Array(count);
  bins.forEach((bin, row) => (target[row] === 1 ? bad : good)[bin]++);
  const bads = bad.reduce((sum, x) => sum + x, 0);
  const share = bads / bins.length;
  let chiSquared = 0;
  for (let bin = 0; bin < count; bin++) {
    const rows = good[bin] + bad[bin];
    if (rows === 0) continue;
    const apart = bad[bin] - rows * share;
    chiSquared += (apart * apart) / (rows * share) + (apart * apart) / (rows * (1 - share));
  }
  const levels = good.filter((_, bin) => good[bin] + bad[bin] > 0).length;
  return levels < 2 ? 0 : Math.sqrt(chiSquared / bins.length);
}

/** See `core/stats/information`; a gap is a bin of its own. */
export function informationValue(prepared: PreparedColumn, target: Uint8Array): number {
  const { bins, count } = binsOf(prepared);
  const good = new Float64Array(count);
  const bad = new Float64Array(count);
  bins.forEach((bin, row) => (target[row] === 1 ? bad : good)[bin]++);
  return informationOf(good, bad);
}

function binsOf({ column }: PreparedColumn): { bins: Int32Array; count: number } {
  if (column.kind === 'category') {
    const { codes, levels } = column;
    return { bins: codes.map((code) => (code >= 0 && code < levels ? code : levels)), count: levels + 1 };
  }
  const values = Float64Array.from(column.values);
  const sorted = values.filter((x) => !Number.isNaN(x)).sort();
  const edges = quantileEdges(sorted, BINS);
  const bins = Int32Array.from(values, (x) => (Number.isNaN(x) ? BINS : binBetween(edges, x)));
  return { bins, count: BINS + 1 };
}
