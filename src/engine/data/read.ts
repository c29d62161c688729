import { checkStopped } from '../../core/errors';
import { evenRows } from '../../core/stats/evenRows';
import { scanned, type TableSource } from '../../core/table/source';
import { concatColumns, takeRows, type Column, type Table } from '../../core/table/table';
import type { Task } from '../runtime';

/** A table to look at: counts of all its rows, and a part of them, evenly from the first to the last. */
export interface DataTable {
  name: string;
  rows: number;
  sample: Table;
  /** Missing cells of all rows, by column. */
  missing: ReadonlyMap<string, number>;
  /** Rows by how many of their cells are missing: place k has those with k. */
  missingByRow: Float64Array;
}

/** 96 MB of doubles. */
const MOST_CELLS = 12_000_000;
const MOST_ROWS = 50_000;
/** Rows at once on the way. */
const WALKED = 20_000;

/** Walks over all rows once. @throws what reading the table throws; stopped */
export async function readData(source: TableSource, { signal, progress }: Task): Promise<DataTable> {
  const { name, rows, names } = source;
  const wanted = Math.max(1, Math.min(rows, MOST_ROWS, Math.floor(MOST_CELLS / names.length)));
  const missing = new Map(names.map((column) => [column, 0]));
  const missingByRow = new Float64Array(names.length + 1);
  const parts: Table[] = [];
  let done = 0;
  for await (const part of scanned(source, names, WALKED)) {
    checkStopped(signal);
    countMissing(part, missing, missingByRow);
    // As many of each part as it has of all rows: the part up to its end less that up to its beginning.
    const upTo = (row: number): number => Math.round((row * wanted) / rows);
    parts.push(takeRows(part, evenRows(part.rows, upTo(done + part.rows) - upTo(done))));
    done += part.rows;
    progress?.({ done, total: rows, unit: 'rows' });
  }
  return { name, rows, sample: joined(name, names, parts), missing, missingByRow };
}

function countMissing({ rows, columns }: Table, missing: Map<string, number>, byRow: Float64Array): void {
  const gaps = new Int32Array(rows);
  for (const [name, column] of columns) {
    let count = 0;
    const isGap = gapOf(column);
    for (let row = 0; row < rows; row++) {
      if (!isGap(row)) continue;
      gaps[row]++;
      count++;
    }
    missing.set(name, (missing.get(name) ?? 0) + count);
  }
  for (const count of gaps) byRow[count]++;
}

function gapOf(column: Column): (row: number) => boolean {
  if (column.kind === 'text') return (row) => column.codes[row] < 0;
  const { values } = column;
  return (row) => values[row] !== values[row];
}

function joined(name: string, names: readonly string[], parts: readonly Table[]): Table {
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const columns = names.flatMap((column): [string, Column][] => {
    const own = parts.flatMap((part) => part.columns.get(column) ?? []);
    return own.length ? [[column, concatColumns(own)]] : [];
  });
  return { name, rows, columns: new Map(columns) };
}
