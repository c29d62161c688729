/** Bytes of a column's histogram: 256 sums, and what keeps the next one off the same lines of the cache. */
export const STRIDE = 2112;
/** Slot of missing values. */
export const MISSING = 255;
/** Columns that are counted together. */
export const GROUP = 8;
/** Rows that are gathered at once, and bytes of a group's bins of them. */
const BLOCK = 2048;
const GROUP_BYTES = 8 * BLOCK + 64;
/** 2^26. Gradient * UNIT + hessian is one sum: whole numbers, exact in any order. */
export const UNIT = 67_108_864;

/** Bytes that a block of rows takes while it is counted. */
export const scratchBytes = (groups: number): number => 8 * BLOCK + GROUP_BYTES * groups;

/** The loops of histogram boosting. Addresses are in bytes of one memory. */
export interface TrainLoops {
  /**
   * Counts rows into histograms: of each column the sums of the packed gradients by bin.
   *
   * @param rows uint32 [many]
   * @param bins uint8 [all rows, 8 * groups]
   * @param packed float64 [all rows]
   * @returns sum of the rows' packed gradients
   */
  count(
    rows: number,
    many: number,
    bins: number,
    groups: number,
    packed: number,
    scratch: number,
    histograms: number,
  ): number;
  /** Takes the smaller child's histograms from its parent's: what is left is the larger child's. */
  subtract(parent: number, small: number, columns: number): void;
  /**
   * The best split of two leaves by the histograms of their columns.
   *
   * @param columns int32 [many, 2]: number, and bins; of a column with missing values -bins
   * @param leaves float64 [5, 2]: packed sum, least hessian of a child, score to beat, l2, l1
   * @param out float64 [2] scores, then int32 [2, 4]: column, bin, 1 where missing values go left; as they were where nothing is better
   */
  best(first: number, second: number, columns: number, many: number, leaves: number, out: number): void;
  /**
   * Rows whose bin is in the table come first; both sides keep their order.
   *
   * @param column uint8 [all rows]
   * @param table uint8 [256]
   * @param others room for as many rows
   * @returns how many come first
   */
  partition(rows: number, many: number, column: number, table: number, others: number): number;
  /**
   * Bin of each value: the first whose bound is not below it; MISSING for NaN.
   *
   * @param values float64 [many]
   * @param bounds float64 [256], ascending, infinite from the last bin on
   * @param out uint8 [many]
   */
  assign(values: number, many: number, bounds: number, out: number): void;
}

export interface TrainKernel extends TrainLoops {
  readonly buffer: ArrayBuffer;
}
