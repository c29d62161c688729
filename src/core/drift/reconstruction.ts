import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { Column } from '../table/table';
import { momentsOf } from './bins';

/** How a column becomes a number: a gap's stand-in, the share of each level, mean and spread of the reference. */
interface Coding {
  name: string;
  stand: number;
  shares: ReadonlyMap<string, number> | null;
  mean: number;
  sd: number;
}

/** Principal components of the reference that hold 65 % of its variance. */
export interface Reconstruction {
  codings: readonly Coding[];
  /** [components, columns] row-major, orthonormal. */
  components: Float64Array;
  count: number;
}

const VARIANCE = 0.65;

/**
 * Fits the reconstruction error of NannyML 0.13: gaps become the mean or the most frequent level, levels their
 * share in the reference, columns are standardised, and as many principal components kept as hold 65 % of the
 * variance.
 *
 * @throws nothing; columns that are all missing in the reference count as constant
 */
export function fitReconstruction(columns: ReadonlyMap<string, Column>): Reconstruction {
  const codings = [...columns].map(([name, column]) => codingOf(name, column));
  const width = codings.length;
  const rows = rowsOf(columns);
  const covariance = new Float64Array(width * width);
  const row = new Float64Array(width);
  const readers = codings.map((coding) => readerOf(coding, columns.get(coding.name)));
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < width; j++) row[j] = readers[j](i);
    for (let j = 0; j < width; j++)
      for (let k = j; k < width; k++) covariance[j * width + k] += row[j] * row[k];
  }
  for (let j = 0; j < width; j++)
    for (let k = 0; k < j; k++) covariance[j * width + k] = covariance[k * width + j];
  return { codings, ...leadingComponents(covariance, width) };
}

function leadingComponents(covariance: Float64Array, width: number) {
  const square = new Matrix(
    Array.from({ length: width }, (_, j) => [...covariance.subarray(j * width, (j + 1) * width)]),
  );
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(square, {
    assumeSymmetric: true,
  });
  const order = realEigenvalues.map((_, i) => i).sort((a, b) => realEigenvalues[b] - realEigenvalues[a]);
  const total = realEigenvalues.reduce((sum, value) => sum + Math.max(0, value), 0);
  let held = 0;
  let count = 0;
  while (count < width && held <= VARIANCE) held += Math.max(0, realEigenvalues[order[count++]]) / total;
  const components = new Float64Array(count * width);
  for (let c = 0; c < count; c++)
    for (let j = 0; j < width; j++) components[c * width + j] = eigenvectorMatrix.get(j, order[c]);
  return { components, count };
}

/**
 * Mean Euclidean distance of a chunk's standardised rows to their reconstruction, and the standard error of that
 * mean. A level that the reference lacks has share 0.
 */
export function reconstructionError(
  { codings, components, count }: Reconstruction,
  columns: ReadonlyMap<string, Column>,
  rows: Int32Array,
): { value: number; samplingError: number } {
  const width = codings.length;
  const readers = codings.map((coding) => readerOf(coding, columns.get(coding.name)));
  const row = new Float64Array(width);
  const errors = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    let left = 0;
    for (let j = 0; j < width; j++) {
      row[j] = readers[j](rows[i]);
      left += row[j] * row[j];
    }
    // What the components explain is the squared length of the projection.
    for (let c = 0; c < count; c++) {
      let along = 0;
      for (let j = 0; j < width; j++) along += row[j] * components[c * width + j];
      left -= along * along;
    }
    errors[i] = Math.sqrt(Math.max(0, left));
  }
  const { mean, sd } = momentsOf(errors);
  const n = rows.length;
  return { value: mean, samplingError: (sd * Math.sqrt(n / (n - 1))) / Math.sqrt(n) };
}

function codingOf(name: string, column: Column): Coding {
  const raw = column.kind === 'number' ? { stand: meanOf(column.values), shares: null } : levelCoding(column);
  const unscaled: Coding = { name, ...raw, mean: 0, sd: 1 };
  const read = readerOf(unscaled, column);
  const { mean, sd } = momentsOf(Float64Array.from({ length: lengthOf(column) }, (_, i) => read(i)));
  return { ...unscaled, mean, sd: sd > 1e-12 * Math.abs(mean) ? sd : 1 };
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < values.length; i++)
    if (values[i] - values[i] === 0) {
      sum += values[i];
      count++;
    }
  return count ? sum / count : 0;
}

/** Shares of levels after gaps took the most frequent one; of equally frequent ones the first by code point. */
function levelCoding({ codes, dictionary }: Extract<Column, { kind: 'text' }>) {
  const counts = new Map<string, number>();
  let missing = 0;
  for (const code of codes) {
    if (code < 0) missing++;
    else counts.set(dictionary[code], (counts.get(dictionary[code]) ?? 0) + 1);
  }
  const most = [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))[0]?.[0];
  if (most !== undefined) counts.set(most, (counts.get(most) ?? 0) + missing);
  const shares = new Map([...counts].map(([level, count]) => [level, count / codes.length]));
  return { stand: most === undefined ? 0 : (shares.get(most) ?? 0), shares };
}

const lengthOf = (column: Column): number =>
  column.kind === 'number' ? column.values.length : column.codes.length;

const rowsOf = (columns: ReadonlyMap<string, Column>): number => {
  const [first] = columns.values();
  return first ? lengthOf(first) : 0;
};

/** The standardised number of a row. Gaps and infinities take the stand-in; an absent column is all gaps. */
function readerOf({ stand, shares, mean, sd }: Coding, column: Column | undefined): (row: number) => number {
  const gap = (stand - mean) / sd;
  if (!column) return () => gap;
  if (column.kind === 'number') {
    if (shares) return () => gap;
    const { values } = column;
    return (row) => (values[row] - values[row] === 0 ? (values[row] - mean) / sd : gap);
  }
  const byCode = Float64Array.from(column.dictionary, (level) => ((shares?.get(level) ?? 0) - mean) / sd);
  const { codes } = column;
  return (row) => (codes[row] < 0 ? gap : byCode[codes[row]]);
}
