import { sortValues } from '../../core/stats/sort';
import { quantileSorted } from '../../core/stats/quantile';
import { evenRows } from '../../core/stats/evenRows';
import { takeRows, textAt, type Column, type NumberColumn } from '../../core/table/table';
import { outcomeChoices, type OutcomeChoice } from './outcome';
import type { DataTable } from './read';

/** What a table is, as plain data. */
export interface DataLook {
  name: string;
  rows: number;
  /** Rows that figures are of, but for gaps, which are counted in all. */
  sampled: number;
  columns: ColumnLook[];
  /** Share of all cells. */
  missing: number;
  /** Rows by the share of their cells that are missing: none, up to 10 %, up to 20 %, … */
  missingByRow: Float64Array;
  /** Rows that are another one over again, of the sample. */
  repeated: number;
  outcomes: OutcomeChoice[];
}

export type ColumnLook = { name: string; missing: number; distinct: number } & (
  | {
      kind: 'number';
      whole: boolean;
      least: number;
      median: number;
      most: number;
      infinite: number;
      zeros: number;
    }
  | { kind: 'text'; most: string; mostShare: number }
);

export function lookOf({ name, rows, sample, missing, missingByRow }: DataTable): DataLook {
  const columns = [...sample.columns].map(([column, of]) => ({
    name: column,
    missing: rows ? (missing.get(column) ?? 0) / rows : 0,
    ...columnLook(of),
  }));
  const cells = rows * Math.max(1, columns.length);
  return {
    name,
    rows,
    sampled: sample.rows,
    columns,
    missing: cells ? [...missing.values()].reduce((sum, count) => sum + count, 0) / cells : 0,
    missingByRow: byTenths(missingByRow),
    repeated: repeatedRows(sample.rows, [...sample.columns.values()]),
    outcomes: outcomeChoices(sample),
  };
}

type Summary =
  | Omit<Extract<ColumnLook, { kind: 'number' }>, 'name' | 'missing'>
  | Omit<Extract<ColumnLook, { kind: 'text' }>, 'name' | 'missing'>;

function columnLook(column: Column): Summary {
  return column.kind === 'number' ? numberLook(column) : textLook(column);
}

function numberLook({ values }: NumberColumn): Summary {
  const { sorted, lowest, highest } = sortValues(values);
  let distinct = 0;
  let zeros = 0;
  let whole = sorted.length > 0;
  for (let i = 0; i < sorted.length; i++) {
    if (i === 0 || sorted[i] !== sorted[i - 1]) distinct++;
    if (sorted[i] === 0) zeros++;
    if (!Number.isInteger(sorted[i])) whole = false;
  }
  return {
    kind: 'number',
    distinct,
    whole,
    least: sorted[0] ?? NaN,
    median: quantileSorted(sorted, 0.5),
    most: sorted[sorted.length - 1] ?? NaN,
    infinite: lowest + highest,
    zeros: sorted.length ? zeros / sorted.length : 0,
  };
}

function textLook({ codes, dictionary }: Extract<Column, { kind: 'text' }>): Summary {
  const counts = new Float64Array(dictionary.length);
  let known = 0;
  for (const code of codes) {
    if (code < 0) continue;
    counts[code]++;
    known++;
  }
  let most = 0;
  for (let code = 1; code < counts.length; code++) if (counts[code] > counts[most]) most = code;
  return {
    kind: 'text',
    distinct: counts.filter((count) => count > 0).length,
    most: known ? dictionary[most] : '',
    mostShare: known ? counts[most] / known : 0,
  };
}

/** Place 0: rows without a gap; place k: rows with more than (k - 1) tenths of their cells missing, up to k. */
function byTenths(byCount: Float64Array): Float64Array {
  const columns = byCount.length - 1;
  const out = new Float64Array(11);
  byCount.forEach((rows, gaps) => (out[gaps === 0 ? 0 : Math.ceil((10 * gaps) / columns)] += rows));
  return out;
}

function repeatedRows(rows: number, columns: readonly Column[]): number {
  const seen = new Set<string>();
  for (let row = 0; row < rows; row++)
    seen.add(
      columns
        .map((column) => (column.kind === 'text' ? column.codes[row] : column.values[row]))
        .join('\u0001'),
    );
  return rows - seen.size;
}

/** Cells of some rows as text, evenly from the first row to the last. */
export function sampleCells({ sample }: DataTable, most: number): string[][] {
  const { columns, rows } = takeRows(sample, evenRows(sample.rows, most));
  return Array.from({ length: rows }, (_, row) => [...columns.values()].map((column) => textAt(column, row)));
}
