/**
 * Gower's distance between rows of mixed columns (Gower 1971): of numbers the difference in units of a width, of codes 0
 * or 1; one that is missing on one side counts 1, on both 0. The mean over the columns.
 */
export class Gower {
  readonly #rows: Float64Array;
  readonly #columns: number;
  /** Width of each number; 0 of codes, and of numbers that are all the same. */
  readonly #widths: Float64Array;
  readonly count: number;

  /** @param rows row-major float64 [rows, columns] @param isCode of each column */
  constructor(rows: Float64Array, isCode: readonly boolean[], widths: Float64Array) {
    this.#rows = rows;
    this.#columns = isCode.length;
    this.#widths = widths.map((width, j) => (isCode[j] ? 0 : width));
    this.count = isCode.length === 0 ? 0 : rows.length / isCode.length;
  }

  /** Distance of a row to the nearest one; Infinity where there is none. @param skip a row that does not count, or -1 */
  nearest(row: ArrayLike<number>, skip = -1): number {
    let best = Infinity;
    for (let i = 0; i < this.count; i++) {
      if (i === skip) continue;
      const distance = this.#distance(row, i * this.#columns, best * this.#columns);
      if (distance < best) best = distance;
    }
    return best;
  }

  /** The same of each of some rows to the others. */
  nearestAmong(positions: Int32Array): Float64Array {
    const width = this.#columns;
    return Float64Array.from(positions, (i) =>
      this.nearest(this.#rows.subarray(i * width, (i + 1) * width), i),
    );
  }

  /** @param enough sum from which on it is of no interest */
  #distance(row: ArrayLike<number>, from: number, enough: number): number {
    let sum = 0;
    for (let j = 0; j < this.#columns && sum < enough; j++) {
      const [a, b] = [row[j], this.#rows[from + j]];
      if (a !== a || b !== b) sum += a !== a && b !== b ? 0 : 1;
      else if (this.#widths[j] === 0) sum += a === b ? 0 : 1;
      else sum += Math.abs(a - b) / this.#widths[j];
    }
    return sum / this.#columns;
  }
}
