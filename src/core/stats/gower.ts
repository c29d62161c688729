/**
 * Gower's distance between rows of mixed columns (Gower 1971): of numbers the difference in units of a width, of codes 0
 * or 1; one that is missing on one side counts 1, on both 0. The mean over the columns.
 */
export class Gower {
  /** Row-major, each number in units of its column's width; a column without one holds codes. */
  readonly #rows: Float64Array;
  readonly #isCode: Uint8Array;
  readonly #widths: Float64Array;
  readonly count: number;

  /**
   * @param rows row-major float64 [rows, columns]
   * @param isCode of each column
   * @param widths of each number; 0 where all are the same: then they differ or not, as codes
   */
  constructor(rows: Float64Array, isCode: readonly boolean[], widths: Float64Array) {
    const columns = isCode.length;
    this.#isCode = Uint8Array.from(isCode, (code, j) => (code || widths[j] === 0 ? 1 : 0));
    this.#widths = widths.map((width, j) => (this.#isCode[j] ? 1 : width));
    this.#rows = rows.slice();
    this.count = columns === 0 ? 0 : rows.length / columns;
    for (let i = 0; i < this.count; i++) this.#scale(this.#rows.subarray(i * columns, (i + 1) * columns));
  }

  /** Distance of a row to the nearest one; Infinity where there is none. @param skip a row that does not count, or -1 */
  nearest(row: Float64Array, skip = -1): number {
    const scaled = row.slice();
    this.#scale(scaled);
    return this.#nearest(scaled, skip);
  }

  /** The same of one of the rows to the others. */
  nearestOf(position: number): number {
    const columns = this.#isCode.length;
    return this.#nearest(this.#rows.subarray(position * columns, (position + 1) * columns), position);
  }

  #scale(row: Float64Array): void {
    for (let j = 0; j < row.length; j++) row[j] /= this.#widths[j];
  }

  #nearest(row: Float64Array, skip: number): number {
    const columns = this.#isCode.length;
    let best = Infinity;
    for (let i = 0; i < this.count; i++) {
      if (i === skip) continue;
      const sum = this.#sum(row, i * columns, best);
      if (sum < best) best = sum;
    }
    return best / columns;
  }

  /** @param enough sum from which on it is of no interest */
  #sum(row: Float64Array, from: number, enough: number): number {
    const [rows, isCode] = [this.#rows, this.#isCode];
    let sum = 0;
    for (let j = 0; j < isCode.length && sum < enough; j++) {
      const a = row[j];
      const b = rows[from + j];
      const apart = Math.abs(a - b);
      // Not a number where one is missing, and between two infinities.
      if (apart !== apart) sum += a === b || (a !== a && b !== b) ? 0 : 1;
      else sum += isCode[j] && apart > 0 ? 1 : apart;
    }
    return sum;
  }
}
