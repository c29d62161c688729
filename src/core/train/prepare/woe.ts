import { ln } from '../../numeric/functions';
import { quantileSorted } from '../../stats/quantile';
import type { Step } from '../../model/steps';
import { optimalBins } from './optimalBins';
import { isNumber, moved, type NumberPrepared, type Preparation, type PreparedColumn } from './prepared';

/** Fine bins that are joined, each of a twentieth of the rows: optbinning's default. */
const FINE = 20;
/** Added to each count of a weight: a bin of one outcome has one too. */
const HALF = 0.5;

/** A bin of a scorecard: a range of a number, levels of a category, or the gaps. */
export interface WoeBin {
  column: string;
  /** A range of a number up to a bound (none of the last one), a level by its code, or what is missing. */
  of: { kind: 'range'; upTo: number | null } | { kind: 'level'; code: number } | { kind: 'missing' };
  rows: number;
  defaults: number;
  /** ln(share of the repaid / share of the defaults): above 0 less risk. */
  woe: number;
}

/** Columns as weights of evidence: numbers by monotone bins, categories by level, gaps by a weight of their own. */
export function toWoe(
  columns: readonly PreparedColumn[],
  target: Uint8Array,
): Preparation & { bins: WoeBin[] } {
  const bins: WoeBin[] = [];
  const out = columns.map((prepared) => {
    const made = isNumber(prepared) ? numberBins(prepared, target) : levelBins(prepared, target);
    bins.push(...made);
    const woe = moved(prepared, [stepOf(made)]);
    // More evidence is less risk, whichever way the values went.
    return { ...woe, column: { ...woe.column, monotone: undefined } };
  });
  return { columns: out, notes: [], bins };
}

/** Weights of some rows against those of all. */
function weigher(
  target: Uint8Array,
): (column: string, rows: readonly number[]) => Pick<WoeBin, 'column' | 'rows' | 'defaults' | 'woe'> {
  const bad = target.reduce((sum, y) => sum + y, 0);
  const good = target.length - bad;
  return (column, rows) => {
    const defaults = rows.reduce((sum, row) => sum + target[row], 0);
    const repaid = rows.length - defaults;
    const isEmpty = rows.length === 0;
    const woe = isEmpty ? 0 : ln((repaid + HALF) / (good + HALF)) - ln((defaults + HALF) / (bad + HALF));
    return { column, rows: rows.length, defaults, woe };
  };
}

function numberBins({ column }: NumberPrepared, target: Uint8Array): WoeBin[] {
  const values = Float64Array.from(column.values);
  const known = [...values.keys()].filter((row) => !Number.isNaN(values[row]));
  const gaps = [...values.keys()].filter((row) => Number.isNaN(values[row]));
  const sorted = values.filter((x) => !Number.isNaN(x)).sort();
  const edges = [
    ...new Set(Array.from({ length: FINE - 1 }, (_, i) => quantileSorted(sorted, (i + 1) / FINE))),
  ].filter((edge) => edge < sorted[sorted.length - 1]);
  const bounds = [...edges, Infinity];
  const fine = bounds.map(() => [] as number[]);
  for (const row of known) fine[bounds.findIndex((bound) => values[row] <= bound)].push(row);
  const bad = Float64Array.from(fine, (rows) => rows.reduce((sum, row) => sum + target[row], 0));
  const good = Float64Array.from(fine, (rows, i) => rows.length - bad[i]);
  const { ends } = optimalBins({ good, bad }, known.length / FINE / 2);
  const weigh = weigher(target);
  const ranges = ends.map((end, i) => ({
    ...weigh(column.name, fine.slice(i > 0 ? ends[i - 1] + 1 : 0, end + 1).flat()),
    of: { kind: 'range' as const, upTo: bounds[end] === Infinity ? null : bounds[end] },
  }));
  return [...ranges, { ...weigh(column.name, gaps), of: { kind: 'missing' } }];
}

function levelBins({ column }: PreparedColumn, target: Uint8Array): WoeBin[] {
  if (column.kind === 'number') return [];
  const rows = Array.from({ length: column.levels + 1 }, () => [] as number[]);
  column.codes.forEach((code, row) =>
    rows[code >= 0 && code < column.levels ? code : column.levels].push(row),
  );
  const weigh = weigher(target);
  return rows.map((own, code) => ({
    ...weigh(column.name, own),
    of: code < column.levels ? { kind: 'level', code } : { kind: 'missing' },
  }));
}

/** Weight of a value: looked up by level, or by the first bound that is not below it. */
function stepOf(bins: readonly WoeBin[]): Step {
  const missing = bins.find(({ of }) => of.kind === 'missing')?.woe ?? 0;
  const levels = bins.flatMap(({ of, woe }) => (of.kind === 'level' ? [[of.code, woe] as const] : []));
  if (levels.length > 0) return { kind: 'map', to: new Map(levels), otherwise: missing, missing };
  const ranges = bins.flatMap(({ of, woe }) =>
    of.kind === 'range' ? [{ upTo: of.upTo ?? Infinity, woe }] : [],
  );
  const chain = ranges.slice(0, -1).reduceRight<readonly Step[]>(
    (no, { upTo, woe }) => [
      {
        kind: 'choose',
        when: [{ kind: 'combine', op: 'LessOrEqual', left: [], right: [always(upTo)] }],
        yes: [always(woe)],
        no,
      },
    ],
    [always(ranges.at(-1)?.woe ?? 0)],
  );
  return { kind: 'choose', when: [{ kind: 'unary', op: 'IsNaN' }], yes: [always(missing)], no: chain };
}

/** One number whatever the value is. */
const always = (value: number): Step => ({ kind: 'map', to: new Map(), otherwise: value, missing: value });
