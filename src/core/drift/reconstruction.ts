import { lengthOf, type Column } from '../table/table';
import { momentsOf } from '../stats/moments';
import { principalOf } from '../stats/principal';

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
  /** [count, columns] row-major, orthonormal: the components, or those that are left out where they are fewer. */
  directions: Float64Array;
  count: number;
  leftOut: boolean;
}

const VARIANCE = 0.65;

/**
 * Fits the reconstruction error of NannyML 0.13: gaps become the mean or the most frequent level, levels their
 * share in the reference, columns are standardised, and as many principal components kept as hold 65 % of the
 * variance. Columns that are all missing in the reference count as constant.
 *
 * @param rows that are fitted on; all by default
 */
export function fitReconstruction(
  columns: ReadonlyMap<string, Column>,
  rows: Int32Array = everyRow(columns),
): Reconstruction {
  const codings = [...columns].map(([name, column]) => codingOf(name, column));
  const width = codings.length;
  const readers = codings.map((coding) => readerOf(coding, columns.get(coding.name)));
  const covariance = new Float64Array(width * width);
  eachBlock(readers, rows, (block) => addProducts(covariance, block, width));
  for (let j = 0; j < width; j++)
    for (let k = 0; k < j; k++) covariance[j * width + k] = covariance[k * width + j];
  return { codings, ...components(covariance, width) };
}

/** Rows that are worked on together: a column of them is contiguous, so that inner loops only read and add. */
const BLOCK = 64;

/** Calls back with up to 64 rows, [columns, 64] column-major; what is beyond `length` is 0. */
function eachBlock(
  readers: readonly ((row: number) => number)[],
  rows: Int32Array,
  use: (block: Float64Array, length: number, from: number) => void,
): void {
  const block = new Float64Array(readers.length * BLOCK);
  for (let from = 0; from < rows.length; from += BLOCK) {
    const length = Math.min(BLOCK, rows.length - from);
    for (let j = 0; j < readers.length; j++) {
      const read = readers[j];
      for (let r = 0; r < length; r++) block[j * BLOCK + r] = read(rows[from + r]);
      block.fill(0, j * BLOCK + length, (j + 1) * BLOCK);
    }
    use(block, length, from);
  }
}

/** Adds the products of all pairs of columns, upper half. */
function addProducts(covariance: Float64Array, block: Float64Array, width: number): void {
  for (let j = 0; j < width; j++)
    for (let k = j; k < width; k++) {
      let [a, b, c, d] = [0, 0, 0, 0];
      const [left, right] = [j * BLOCK, k * BLOCK];
      for (let r = 0; r < BLOCK; r += 4) {
        a += block[left + r] * block[right + r];
        b += block[left + r + 1] * block[right + r + 1];
        c += block[left + r + 2] * block[right + r + 2];
        d += block[left + r + 3] * block[right + r + 3];
      }
      covariance[j * width + k] += a + b + (c + d);
    }
}

/** The directions to measure along: those left out, where they are fewer than those kept. */
function components(
  covariance: Float64Array,
  width: number,
): Pick<Reconstruction, 'directions' | 'count' | 'leftOut'> {
  const { values, vectors } = principalOf(covariance, width);
  const total = values.reduce((sum, value) => sum + value, 0);
  let held = 0;
  let count = 0;
  while (count < width && held <= VARIANCE) held += values[count++] / total;
  const leftOut = width - count < count;
  const chosen = leftOut ? vectors.slice(count) : vectors.slice(0, count);
  const directions = new Float64Array(chosen.length * width);
  chosen.forEach((vector, c) => directions.set(vector, c * width));
  return { directions, count: chosen.length, leftOut };
}

/**
 * Mean Euclidean distance of a chunk's standardised rows to their reconstruction. A level that the reference lacks
 * has share 0.
 */
export function reconstructionError(
  fit: Reconstruction,
  columns: ReadonlyMap<string, Column>,
  rows: Int32Array,
): number {
  return momentsOf(rowErrors(fit, columns, rows)).mean;
}

/** The distance of each row. */
export function rowErrors(
  { codings, directions, count, leftOut }: Reconstruction,
  columns: ReadonlyMap<string, Column>,
  rows: Int32Array,
): Float64Array {
  const width = codings.length;
  const readers = codings.map((coding) => readerOf(coding, columns.get(coding.name)));
  const errors = new Float64Array(rows.length);
  const along = new Float64Array(BLOCK);
  const squares = new Float64Array(BLOCK);
  eachBlock(readers, rows, (block, length, from) => {
    squares.fill(0);
    for (let c = 0; c < count; c++) {
      project(block, directions, c * width, width, along);
      for (let r = 0; r < BLOCK; r++) squares[r] += along[r] * along[r];
    }
    for (let r = 0; r < length; r++) {
      // What the kept directions explain is the squared length of the projection; the rest is the error.
      const error = leftOut ? squares[r] : lengthOfRow(block, r, width) - squares[r];
      errors[from + r] = Math.sqrt(Math.max(0, error));
    }
  });
  return errors;
}

/** Dot products of a block's rows with one direction, four rows at a time. */
function project(
  block: Float64Array,
  directions: Float64Array,
  start: number,
  width: number,
  along: Float64Array,
): void {
  for (let r = 0; r < BLOCK; r += 4) {
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let j = 0, at = r; j < width; j++, at += BLOCK) {
      const weight = directions[start + j];
      a += weight * block[at];
      b += weight * block[at + 1];
      c += weight * block[at + 2];
      d += weight * block[at + 3];
    }
    along[r] = a;
    along[r + 1] = b;
    along[r + 2] = c;
    along[r + 3] = d;
  }
}

function lengthOfRow(block: Float64Array, row: number, width: number): number {
  let sum = 0;
  for (let j = 0; j < width; j++) sum += block[j * BLOCK + row] * block[j * BLOCK + row];
  return sum;
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

function everyRow(columns: ReadonlyMap<string, Column>): Int32Array {
  const [first] = columns.values();
  return Int32Array.from({ length: first ? lengthOf(first) : 0 }, (_, row) => row);
}

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
