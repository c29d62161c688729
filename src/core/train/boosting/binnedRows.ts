import type { TrainColumn } from '../data';
import { assignCodes, binningOf, type Binning, type BinOptions } from './bins';
import { trainKernel } from './kernel/kernel';
import { GROUP, scratchBytes, STRIDE, type TrainKernel } from './kernel/loops';

/** Where things lie in the kernel's memory, in bytes. */
export interface Layout {
  /** uint8 [rows, 8 * groups]. */
  bins: number;
  /** uint8 [columns, rows]. */
  columns: number;
  /** uint32 [rows]: the rows of each leaf follow each other. */
  rows: number;
  others: number;
  /** float64 [rows]: gradient and hessian as one. */
  packed: number;
  scratch: number;
  /** [slots, 8 * groups] histograms. */
  histograms: number;
  /** int32 [columns, 2]: what is searched. */
  searched: number;
  leaves: number;
  out: number;
  table: number;
  end: number;
}

/** Rows in bins, in a kernel's memory. */
export class BinnedRows {
  readonly rows: number;
  readonly binnings: readonly Binning[];
  readonly groups: number;
  readonly at: Layout;
  readonly kernel: TrainKernel;
  readonly u8: Uint8Array;
  readonly i32: Int32Array;
  readonly u32: Uint32Array;
  readonly f64: Float64Array;

  /** @param slots leaves whose histograms are held at once */
  constructor(columns: readonly TrainColumn[], rows: number, slots: number, options: BinOptions) {
    this.rows = rows;
    this.binnings = columns.map((column) => binningOf(column, options));
    this.groups = Math.ceil(columns.length / GROUP);
    this.at = layoutOf(rows, columns.length, slots);
    this.kernel = trainKernel(this.at.end);
    const { buffer } = this.kernel;
    this.u8 = new Uint8Array(buffer);
    this.i32 = new Int32Array(buffer);
    this.u32 = new Uint32Array(buffer);
    this.f64 = new Float64Array(buffer);
    columns.forEach((column, j) => this.#assign(column, j));
    this.#transpose(columns.length);
  }

  /** The values pass through the room of the gradients, the bounds through that of a block. */
  #assign(column: TrainColumn, j: number): void {
    const binning = this.binnings[j];
    if (column.kind === 'category') {
      assignCodes(column, binning, this.binsOf(j));
      return;
    }
    const { packed, scratch, columns } = this.at;
    this.f64.set(column.values, packed / 8);
    this.f64.fill(Infinity, scratch / 8, scratch / 8 + 256).set(binning.bounds as Float64Array, scratch / 8);
    this.kernel.assign(packed, this.rows, scratch, columns + j * this.rows);
  }

  /** Bin of each row in a column. */
  binsOf(column: number): Uint8Array {
    const from = this.at.columns + column * this.rows;
    return this.u8.subarray(from, from + this.rows);
  }

  /** Address of a column's histogram, in sums. */
  histogram(slot: number, column: number): number {
    return (this.slot(slot) + STRIDE * column) / 8;
  }

  /** Address of a leaf's histograms. */
  slot(slot: number): number {
    return this.at.histograms + slot * STRIDE * GROUP * this.groups;
  }

  #transpose(columns: number): void {
    const width = GROUP * this.groups;
    const { u8, rows, at } = this;
    for (let from = 0; from < rows; from += BLOCK) {
      const to = Math.min(rows, from + BLOCK);
      for (let j = 0; j < columns; j++)
        for (let i = from, of = at.columns + j * rows; i < to; i++) u8[at.bins + i * width + j] = u8[of + i];
    }
  }
}

/** Rows that are turned together: their lines stay in the cache. */
const BLOCK = 64;

/** @param slots leaves whose histograms are held at once */
export function layoutOf(rows: number, columns: number, slots: number): Layout {
  let end = 0;
  const room = (bytes: number): number => {
    const at = end;
    end += 64 * Math.ceil(bytes / 64);
    return at;
  };
  const groups = Math.ceil(columns / GROUP);
  return {
    bins: room(rows * GROUP * groups),
    columns: room(rows * columns),
    rows: room(4 * rows),
    others: room(4 * rows + 4),
    packed: room(8 * rows),
    scratch: room(scratchBytes(groups)),
    histograms: room(slots * STRIDE * GROUP * groups),
    searched: room(8 * columns),
    leaves: room(5 * 16),
    out: room(48),
    table: room(256),
    end,
  };
}
