import type { EvidentlyTest } from '../../src/core/drift/evidently';
import type { ChunkValue } from '../../src/core/drift/monitor';
import { readTable } from '../../src/core/table/read';
import { takeRows, type Table } from '../../src/core/table/table';
import { bytesOf, textOf } from './files';

export const PAIRS = ['german', 'german-800', 'odd', 'odd-800', 'car-loan', 'car-loan-800'] as const;

const FOLDER = 'test/oracles/drift/';
/** Reference and current of each pair of test/oracles/drift.py. */
const FILES: Record<string, [string, string]> = {
  german: ['demo/german-credit/reference.csv', 'demo/german-credit/current.csv'],
  odd: [`${FOLDER}odd-reference.csv`, `${FOLDER}odd-current.csv`],
  'car-loan': [`${FOLDER}car-loan-reference.parquet`, `${FOLDER}car-loan-current.parquet`],
};

/** What the tools said of a pair. */
export interface Expected {
  options: Record<string, string | number | null>;
  evidently: {
    columns: {
      name: string;
      type: string;
      test: EvidentlyTest;
      value: number;
      drifted: boolean;
      others: Partial<Record<EvidentlyTest, number | null>>;
    }[];
  };
  psi: Record<string, number>;
  nannyml?: { rows: number; columns: (ChunkValue & { name: string })[] }[];
  performance?: { calibrated: boolean; chunks: DriftMetric[][]; unlabelled: DriftMetric[][] };
}

export interface DriftMetric {
  name: string;
  estimated: number;
  realized: number | null;
  lower: number;
  upper: number;
  alert: boolean;
  samplingError: number;
}

/** A pair's tables, cut to its first rows where the name ends in their number, and what the tools said of them. */
export async function loadPair(
  name: string,
): Promise<{ reference: Table; current: Table; expected: Expected }> {
  const [pair, rows] = name.split(/-(?=800)/);
  const [reference, current] = await Promise.all(
    FILES[pair].map(async (file) => {
      const table = await readTable(bytesOf(file), file);
      if (!rows) return table;
      return takeRows(
        table,
        Int32Array.from({ length: Math.min(table.rows, Number(rows)) }, (_, i) => i),
      );
    }),
  );
  return { reference, current, expected: JSON.parse(textOf(`${FOLDER}${name}.json`)) as Expected };
}

/** Equal to 1e-6, relative; what the tools round off at 0 stays so. */
export const digits = (value: number | null): string =>
  value === null || Number.isNaN(value) ? 'none' : Math.abs(value) < 1e-9 ? '0' : value.toPrecision(6);
