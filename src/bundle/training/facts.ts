import { auc } from '../../core/metrics/binary';
import { presentMean, presentRows } from '../../core/stats/present';
import { quantileSorted } from '../../core/stats/quantile';
import { sortValues } from '../../core/stats/sort';
import {
  columnOf,
  type Column,
  type NumberColumn,
  type Table,
  type TextColumn,
} from '../../core/table/table';
import type { ManifestColumn } from '../schema';
import { QUANTILES, type ColumnFacts, type TrainingFacts } from './schema';

/** The rows that facts are made of: in their declared types, with scores and outcomes where they are known. */
export interface FactRows {
  from: TrainingFacts['from'];
  table: Table;
  inputs: readonly ManifestColumn[];
  /** P(default) of rows of the table. */
  scores?: Scored | undefined;
  /** 1 default, 0 repaid, NaN unknown; of every row. */
  outcomes?: ArrayLike<number> | undefined;
}

/** Probabilities of some rows of a table. */
export interface Scored {
  rows: Int32Array;
  probabilities: Float64Array;
}

/** What these rows are like, column by column and as a whole. */
export function factsOf({ from, table, inputs, scores, outcomes }: FactRows): TrainingFacts {
  const columns = inputs.map(({ name, levels }) => [
    name,
    columnFacts(columnOf(table, name), levels?.length ?? 0),
  ]);
  return {
    from,
    rows: table.rows,
    ...(outcomes ? finite({ target: presentMean(outcomes) }) : {}),
    ...(scores ? scoreFacts(scores.probabilities) : {}),
    ...(scores && outcomes ? finite({ auc: aucOf(scores, outcomes) }) : {}),
    columns: Object.fromEntries(columns) as TrainingFacts['columns'],
  };
}

/** AUC of the scored rows that have an outcome; NaN without both classes. */
export function aucOf({ rows, probabilities }: Scored, outcomes: ArrayLike<number>): number {
  const known = presentRows(probabilities).filter((i) => !Number.isNaN(outcomes[rows[i]]));
  return auc(
    Float64Array.from(known, (i) => outcomes[rows[i]]),
    Float64Array.from(known, (i) => probabilities[i]),
  );
}

function scoreFacts(probabilities: Float64Array): Pick<TrainingFacts, 'score'> {
  const { sorted } = sortValues(probabilities);
  if (sorted.length === 0) return {};
  return { score: { mean: presentMean(probabilities), quantiles: quantilesOf(sorted) } };
}

export const quantilesOf = (sorted: ArrayLike<number>): number[] =>
  QUANTILES.map((q) => quantileSorted(sorted, q));

function columnFacts(column: Column, levels: number): ColumnFacts {
  return column.kind === 'number' ? numberFacts(column) : categoryFacts(column, levels);
}

function numberFacts({ values }: NumberColumn): ColumnFacts {
  const { sorted, missing } = sortValues(values);
  let zeros = 0;
  for (let i = 0; i < values.length; i++) if (values[i] === 0) zeros++;
  const rows = Math.max(1, values.length);
  return {
    missing: missing / rows,
    ...(sorted.length ? { quantiles: quantilesOf(sorted), zeros: zeros / rows } : {}),
  };
}

function categoryFacts({ codes }: TextColumn, levels: number): ColumnFacts {
  const counts = new Float64Array(levels);
  let missing = 0;
  for (const code of codes) {
    if (code < 0) missing++;
    else if (code < levels) counts[code]++;
  }
  const rows = Math.max(1, codes.length);
  return { missing: missing / rows, shares: Array.from(counts, (count) => count / rows) };
}

/** Entries that are numbers. */
const finite = <T extends Record<string, number>>(entries: T): Partial<T> =>
  Object.fromEntries(Object.entries(entries).filter(([, value]) => Number.isFinite(value))) as Partial<T>;
