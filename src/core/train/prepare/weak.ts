import { ln } from '../../numeric/functions';
import { quantileSorted } from '../../stats/quantile';
import type { Preparation, PreparedColumn, StepNote } from './prepared';

/** Bins of a number: its tenths. */
const BINS = 10;
/** Added to each count, so that a bin of one outcome has a weight. */
const HALF = 0.5;

/** Drops columns that say little of the outcome: an information value below a limit. */
export function withoutWeak(
  columns: readonly PreparedColumn[],
  { kind: step, below: limit }: { kind: string; below: number },
  target: Uint8Array,
): Preparation {
  const notes: StepNote[] = [];
  const kept = columns.filter((prepared) => {
    const found = informationValue(prepared, target);
    if (found >= limit) return true;
    notes.push({ step, column: prepared.column.name, found, limit });
    return false;
  });
  return { columns: kept, notes };
}

/**
 * Information value: sum over bins of (share of the repaid - share of the defaults) * weight of evidence, a gap being a bin of its
 * own (Siddiqi 2006). Below .02 a column says nothing, from .5 on more than one would believe.
 */
export function informationValue(prepared: PreparedColumn, target: Uint8Array): number {
  const { bins, count } = binsOf(prepared);
  const good = new Float64Array(count);
  const bad = new Float64Array(count);
  bins.forEach((bin, row) => (target[row] === 1 ? bad : good)[bin]++);
  const used = Array.from({ length: count }, (_, bin) => bin).filter((bin) => good[bin] + bad[bin] > 0);
  const all = (counts: Float64Array): number => used.reduce((sum, bin) => sum + counts[bin] + HALF, 0);
  const [goods, bads] = [all(good), all(bad)];
  return used.reduce((sum, bin) => {
    const [g, b] = [(good[bin] + HALF) / goods, (bad[bin] + HALF) / bads];
    return sum + (g - b) * ln(g / b);
  }, 0);
}

function binsOf({ column }: PreparedColumn): { bins: Int32Array; count: number } {
  if (column.kind === 'category') {
    const { codes, levels } = column;
    return { bins: codes.map((code) => (code >= 0 && code < levels ? code : levels)), count: levels + 1 };
  }
  const values = Float64Array.from(column.values);
  const sorted = values.filter((x) => !Number.isNaN(x)).sort();
  const edges = [
    ...new Set(Array.from({ length: BINS - 1 }, (_, i) => quantileSorted(sorted, (i + 1) / BINS))),
  ];
  const bins = Int32Array.from(values, (x) =>
    Number.isNaN(x) ? BINS : edges.filter((edge) => x > edge).length,
  );
  return { bins, count: BINS + 1 };
}
