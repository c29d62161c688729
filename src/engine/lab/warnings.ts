import { auc } from '../../core/metrics/binary';
import type { TrainColumn, TrainRows } from '../../core/train/data';

/** What makes one doubt a column. */
export interface LabWarning {
  /** `leak`: it tells the outcome nearly by itself. `id`: it names the row. `unused`: nothing can be learned from it. */
  kind: 'leak' | 'id' | 'unused';
  column: string;
  /** Of a leak: the AUC of the column alone. */
  found: number;
}

/** A column that ranks so well alone holds what is known only afterwards. */
const LEAK = 0.98;
/** A column with so many rows that each has another value names them. */
const FEW_ROWS = 20;

/** Columns to look at before any figure is believed. */
export const doubtful = ({ columns, target }: TrainRows): LabWarning[] =>
  columns.flatMap((column): LabWarning[] => {
    if (isId(column)) return [{ kind: 'id', column: column.name, found: NaN }];
    const found = alone(column, target);
    return found >= LEAK ? [{ kind: 'leak', column: column.name, found }] : [];
  });

/** AUC of the column alone, whichever way round; of a category by the share of defaults of each level. */
function alone(column: TrainColumn, target: Uint8Array): number {
  const score =
    column.kind === 'number'
      ? Float64Array.from(column.values)
      : sharesOf(column.codes, column.levels, target);
  const known = Int32Array.from(score.keys()).filter((row) => !Number.isNaN(score[row]));
  // Of the rest nothing is known: half of it each way.
  const ranked = auc(
    known.map((row) => target[row]),
    Float64Array.from(known, (row) => score[row]),
  );
  const share = known.length / Math.max(1, score.length);
  return share < 0.5 || Number.isNaN(ranked) ? 0.5 : Math.max(ranked, 1 - ranked);
}

function sharesOf(codes: Int32Array, levels: number, target: Uint8Array): Float64Array {
  const [bad, all] = [new Float64Array(levels), new Float64Array(levels)];
  codes.forEach((code, row) => {
    if (code < 0 || code >= levels) return;
    all[code]++;
    bad[code] += target[row];
  });
  // Levels of few rows would tell their own outcomes.
  return Float64Array.from(codes, (code) =>
    code >= 0 && code < levels && all[code] >= FEW_ROWS ? bad[code] / all[code] : NaN,
  );
}

/** Whole numbers or texts, each of them once. */
function isId(column: TrainColumn): boolean {
  const values = column.kind === 'number' ? column.values : column.codes;
  if (values.length < FEW_ROWS) return false;
  if (column.kind === 'number' && !Array.prototype.every.call(values, Number.isInteger)) return false;
  return new Set(values).size === values.length;
}
