import { sampleRows } from '../../numeric/random';
import { sortValues } from '../../stats/sort';
import type { TrainColumn } from '../data';
import { binBounds, countedValues } from './bounds';
import { MISSING } from './kernel/loops';

/** How a column's values are put into bins 0 .. bins - 1; those that are missing or unknown go to MISSING. */
export interface Binning {
  bins: number;
  hasMissing: boolean;
  /** Upper bounds of the bins of a number; null of a category. */
  bounds: Float64Array | null;
  /** Code of each bin of a category, the most frequent first. */
  codes: Int32Array;
}

export interface BinOptions {
  /** Bins of a column, those of missing values among them; at most 255. */
  most: number;
  /** Rows of a bin. */
  leastRows: number;
  seed: number;
}

/** Rows that bounds are found on, as LightGBM's. */
const SAMPLED = 200_000;

/** The bins of a column by its values. */
export function binningOf(column: TrainColumn, { most, leastRows, seed }: BinOptions): Binning {
  if (column.kind === 'category') return categoryBins(column, most);
  const { values } = column;
  const { sorted, missing, lowest, highest } = sortValues(sampled(values, seed));
  const all = withInfinities(sorted, lowest, highest);
  const hasMissing = missing > 0 || values.some(Number.isNaN);
  const bounds = binBounds(countedValues(all), hasMissing ? most - 1 : most, leastRows);
  return { bins: bounds.length, hasMissing, bounds, codes: NO_CODES };
}

const NO_CODES = new Int32Array(0);

function sampled<V extends Float64Array | Float32Array | Int32Array>(values: V, seed: number): V {
  if (values.length <= SAMPLED) return values;
  const rows = sampleRows(values.length, SAMPLED, seed);
  const some = new (values.constructor as new (length: number) => V)(rows.length);
  for (let i = 0; i < rows.length; i++) some[i] = values[rows[i]];
  return some;
}

/** Infinities are as far as the largest doubles: the middle between two values has to be a number. */
function withInfinities(
  sorted: Float64Array | Float32Array,
  lowest: number,
  highest: number,
): ArrayLike<number> {
  if (lowest + highest === 0) return sorted;
  const all = new Float64Array(lowest + sorted.length + highest);
  all.fill(-FAR, 0, lowest);
  all.set(sorted, lowest);
  return all.fill(FAR, lowest + sorted.length);
}

const FAR = Number.MAX_VALUE / 2;

/** Levels by their rows, down to the rarest hundredth of all rows, as LightGBM's. */
function categoryBins({ codes, levels }: Extract<TrainColumn, { kind: 'category' }>, most: number): Binning {
  const counts = new Uint32Array(levels);
  let known = 0;
  for (const code of codes)
    if (code >= 0 && code < levels) {
      counts[code]++;
      known++;
    }
  const byRows = Array.from(counts.keys())
    .filter((code) => counts[code] > 0)
    .sort((a, b) => counts[b] - counts[a] || a - b);
  const kept: number[] = [];
  let rows = 0;
  for (const code of byRows) {
    if (kept.length >= most - 1 || (rows >= known * COMMON && kept.length > 1)) break;
    kept.push(code);
    rows += counts[code];
  }
  return { bins: kept.length, hasMissing: true, bounds: null, codes: Int32Array.from(kept) };
}

const COMMON = 0.99;

/** Bin of each row of a category. @param out uint8 [rows] */
export function assignCodes(
  { codes, levels }: Extract<TrainColumn, { kind: 'category' }>,
  binning: Binning,
  out: Uint8Array,
): void {
  const binOf = new Uint8Array(levels).fill(MISSING);
  binning.codes.forEach((code, bin) => (binOf[code] = bin));
  for (let i = 0; i < codes.length; i++)
    out[i] = codes[i] >= 0 && codes[i] < levels ? binOf[codes[i]] : MISSING;
}
