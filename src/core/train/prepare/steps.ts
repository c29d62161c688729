import { mostFrequent } from '../../stats/mode';
import { quantileSorted } from '../../stats/quantile';
import type { Step } from '../../model/steps';
import {
  isNumber,
  moved,
  type NumberPrepared,
  type Preparation,
  type PreparedColumn,
  type StepNote,
} from './prepared';
import { withoutCorrelated } from './correlated';
import { powerSteps } from './power';
import { withoutWeak, type Association } from './weak';

/** A step of a preparation as a recipe has it. */
export type StepSpec =
  | { kind: 'dropMissing'; over: number }
  | { kind: 'dropConstant'; share: number }
  | { kind: 'dropCorrelated'; over: number; keep: 'first' | 'associated' }
  | { kind: 'dropWeak'; by: Association; below: number }
  | { kind: 'impute'; with: 'mean' | 'median' | 'min' | 'max' | 'mostFrequent' | 'constant'; value: number }
  | { kind: 'clip'; from: number; to: number }
  | { kind: 'scale'; with: 'minMax' | 'standard' | 'robust' | 'power' }
  | { kind: 'oneHot'; most: number };

/**
 * One step, fitted on these rows.
 *
 * @param target of the rows
 */
export function applyStep(
  columns: readonly PreparedColumn[],
  spec: StepSpec,
  target: Uint8Array,
): Preparation {
  switch (spec.kind) {
    case 'dropMissing':
      return dropped(columns, spec.kind, spec.over, missingShare, (found) => found > spec.over);
    case 'dropConstant':
      return dropped(columns, spec.kind, spec.share, commonestShare, (found) => found >= spec.share);
    case 'dropCorrelated':
      return withoutCorrelated(columns, spec, target);
    case 'dropWeak':
      return withoutWeak(columns, spec, target);
    case 'impute':
      return changed(columns, (own) => {
        const value = filler(own, spec);
        return Number.isFinite(value) ? [{ kind: 'impute', missing: NaN, value }] : null;
      });
    case 'clip':
      return changed(columns, (own) => clipping(own, spec.from, spec.to));
    case 'scale':
      return changed(columns, (own) => scaling(own, spec.with));
    case 'oneHot':
      return { columns: columns.flatMap((column) => oneHot(column, spec.most)), notes: [] };
  }
}

function dropped(
  columns: readonly PreparedColumn[],
  step: string,
  limit: number,
  measure: (column: PreparedColumn) => number,
  isOver: (found: number) => boolean,
): Preparation {
  const notes: StepNote[] = [];
  const kept = columns.filter((prepared) => {
    const found = measure(prepared);
    if (!isOver(found)) return true;
    notes.push({ step, column: prepared.column.name, found, limit });
    return false;
  });
  return { columns: kept, notes };
}

/** Numbers through the steps that are found for each; null leaves one as it is. */
function changed(
  columns: readonly PreparedColumn[],
  stepsOf: (column: NumberPrepared) => readonly Step[] | null,
): Preparation {
  const out = columns.map((prepared) => {
    const steps = isNumber(prepared) ? stepsOf(prepared) : null;
    return steps ? moved(prepared, steps) : prepared;
  });
  return { columns: out, notes: [] };
}

const valuesOf = ({ column }: PreparedColumn): ArrayLike<number> =>
  column.kind === 'number' ? column.values : column.codes;

const isGap = ({ column }: PreparedColumn, value: number): boolean =>
  column.kind === 'number' ? Number.isNaN(value) : !(value >= 0 && value < column.levels);

/** Share of the rows without a value. */
export function missingShare(prepared: PreparedColumn): number {
  const values = valuesOf(prepared);
  let missing = 0;
  for (let i = 0; i < values.length; i++) if (isGap(prepared, values[i])) missing++;
  return missing / values.length;
}

/** Share of the most frequent value, a gap being one. */
function commonestShare(prepared: PreparedColumn): number {
  const values = valuesOf(prepared);
  const counts = new Map<number, number>();
  let most = 0;
  for (let i = 0; i < values.length; i++) {
    const key = isGap(prepared, values[i]) ? NaN : values[i];
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    most = Math.max(most, count);
  }
  return most / values.length;
}

/** Finite values, ascending. */
const sortedOf = ({ column }: NumberPrepared): Float64Array =>
  Float64Array.from(column.values).filter(Number.isFinite).sort();

function filler(own: NumberPrepared, { with: how, value }: Extract<StepSpec, { kind: 'impute' }>): number {
  const sorted = sortedOf(own);
  switch (how) {
    case 'constant':
      return value;
    case 'mean':
      return sorted.reduce((sum, x) => sum + x, 0) / sorted.length;
    case 'median':
      return quantileSorted(sorted, 0.5);
    case 'min':
      return sorted[0] ?? NaN;
    case 'max':
      return sorted.at(-1) ?? NaN;
    case 'mostFrequent':
      return mostFrequent(sorted);
  }
}

/** Values beyond two quantiles become these. */
function clipping(own: NumberPrepared, from: number, to: number): readonly Step[] | null {
  const sorted = sortedOf(own);
  if (sorted.length === 0) return null;
  const [low, high] = [quantileSorted(sorted, from), quantileSorted(sorted, to)];
  const below: Step[] = [{ kind: 'add', by: -low }];
  const above: Step[] = [
    { kind: 'add', by: -high },
    { kind: 'unary', op: 'Neg' },
  ];
  return [
    atLeast(below, [...below, { kind: 'unary', op: 'Sign' }, { kind: 'multiply', by: -low }]),
    atLeast(above, [
      { kind: 'add', by: -high },
      { kind: 'unary', op: 'Sign' },
      { kind: 'multiply', by: high },
    ]),
  ];
}

/** Where a way of the value is below 0, another; a gap is not. */
const atLeast = (way: readonly Step[], otherwise: readonly Step[]): Step => ({
  kind: 'choose',
  when: [{ kind: 'combine', op: 'Less', left: way, right: [...way, { kind: 'unary', op: 'Abs' }] }],
  yes: otherwise,
  no: [],
});

type Scale = Extract<StepSpec, { kind: 'scale' }>['with'];

function scaling(own: NumberPrepared, how: Scale): readonly Step[] | null {
  const sorted = sortedOf(own);
  if (how === 'power') return powerSteps(sorted);
  if (sorted.length === 0) return null;
  const [middle, width] = placeOf(sorted, how);
  return [
    { kind: 'add', by: -middle },
    { kind: 'divide', by: width > 0 ? width : 1 },
  ];
}

/** What becomes 0, and what becomes 1 beyond it: as scikit-learn's scalers have them. */
function placeOf(sorted: Float64Array, how: Exclude<Scale, 'power'>): [number, number] {
  if (how === 'minMax') return [sorted[0], sorted[sorted.length - 1] - sorted[0]];
  if (how === 'robust')
    return [quantileSorted(sorted, 0.5), quantileSorted(sorted, 0.75) - quantileSorted(sorted, 0.25)];
  const mean = sorted.reduce((sum, x) => sum + x, 0) / sorted.length;
  const squares = sorted.reduce((sum, x) => sum + (x - mean) * (x - mean), 0);
  return [mean, Math.sqrt(squares / sorted.length)];
}

/** A category as one flag a level, the most frequent ones; gaps and other levels are 0 in all. */
function oneHot(prepared: PreparedColumn, most: number): PreparedColumn[] {
  const { column } = prepared;
  if (column.kind === 'number') return [prepared];
  const counts = new Uint32Array(column.levels);
  for (const code of column.codes) if (code >= 0 && code < column.levels) counts[code]++;
  const kept = Array.from(counts.keys())
    .filter((code) => counts[code] > 0)
    .sort((a, b) => counts[b] - counts[a] || a - b)
    .slice(0, most)
    .sort((a, b) => a - b);
  return kept.map((code) =>
    moved(
      prepared,
      [{ kind: 'map', to: new Map([[code, 1]]), otherwise: 0, missing: 0 }],
      `${column.name}=${code}`,
    ),
  );
}
