import { PAGE } from '../../../numeric/wasm';
import { GROUP, MISSING, STRIDE, UNIT, type TrainKernel, type TrainLoops } from './loops';

/** The memory as its kinds of numbers. */
interface Memory {
  buffer: ArrayBuffer;
  u8: Uint8Array;
  u32: Uint32Array;
  i32: Int32Array;
  f64: Float64Array;
}

/** Sums of a histogram, and between two of them. */
const SLOTS = STRIDE / 8;

/** The loops of kernels/train.ts in TypeScript: the same bits. */
export function plainLoops(bytes: number): TrainKernel {
  const buffer = new ArrayBuffer(PAGE * Math.ceil(bytes / PAGE));
  const memory: Memory = {
    buffer,
    u8: new Uint8Array(buffer),
    u32: new Uint32Array(buffer),
    i32: new Int32Array(buffer),
    f64: new Float64Array(buffer),
  };
  return {
    buffer,
    count: (rows, many, bins, groups, packed, _, histograms) =>
      count(memory, [rows / 4, many], [bins, groups], packed / 8, histograms / 8),
    subtract: (parent, small, columns) => {
      const { f64 } = memory;
      for (let k = 0; k < columns * SLOTS; k++) f64[parent / 8 + k] -= f64[small / 8 + k];
    },
    best: (...addresses) => best(memory, ...addresses),
    assign: (values, many, bounds, out) => assign(memory, [values / 8, many], bounds / 8, out),
    partition: (rows, many, column, table, others) =>
      partition(memory, [rows / 4, many], column, table, others / 4),
  };
}

function count(
  { u8, u32, f64 }: Memory,
  [rows, many]: [number, number],
  [bins, groups]: [number, number],
  packed: number,
  histograms: number,
): number {
  const width = GROUP * groups;
  f64.fill(0, histograms, histograms + width * SLOTS);
  let total = 0;
  for (let i = 0; i < many; i++) {
    const row = u32[rows + i];
    const weight = f64[packed + row];
    total += weight;
    const from = bins + width * row;
    for (let column = 0; column < width; column++)
      f64[histograms + SLOTS * column + u8[from + column]] += weight;
  }
  return total;
}

/** The best split of each leaf, bin after bin with the kernel's arithmetic. */
function best(
  { i32, f64 }: Memory,
  ...[first, second, columns, many, leaves, out]: Parameters<TrainLoops['best']>
): void {
  const starts = [first / 8, second / 8];
  for (let lane = 0; lane < 2; lane++) {
    const of = (k: number): number => f64[leaves / 8 + 2 * k + lane];
    const leaf = new LaneSearch(of(0), of(1), of(2), of(3), of(4));
    for (let k = 0; k < many; k++) {
      const column = i32[columns / 4 + 2 * k];
      const told = i32[columns / 4 + 2 * k + 1];
      leaf.look(f64, starts[lane] + SLOTS * column, column, told);
    }
    const to = out / 4 + 4 + 4 * lane;
    if (leaf.column >= 0) [i32[to], i32[to + 1], i32[to + 2]] = [leaf.column, leaf.bin, leaf.side];
    f64[out / 8 + lane] = leaf.score;
  }
}

/** One leaf's search. */
class LaneSearch {
  column = -1;
  bin = -1;
  side = -1;
  readonly #gradient: number;
  readonly #hessian: number;
  readonly #least: number;
  readonly #l2: number;
  readonly #l1: number;
  /** Hessians with their penalties, and what the leaf is worth with both. */
  readonly #whole: number;
  readonly #own: number;
  #toBeat: number;

  constructor(sum: number, least: number, toBeat: number, l2: number, l1: number) {
    this.#gradient = Math.floor(sum / UNIT);
    this.#hessian = sum - this.#gradient * UNIT;
    this.#least = least;
    this.#l2 = l2;
    this.#l1 = l1;
    this.#whole = this.#hessian + (l2 + l2);
    this.#own = (this.#gradient * this.#gradient) / this.#whole;
    this.#toBeat = l1 === 0 ? (toBeat - this.#own) * this.#whole : toBeat;
  }

  get score(): number {
    return this.#l1 === 0 ? this.#own + this.#toBeat / this.#whole : this.#toBeat;
  }

  look(f64: Float64Array, at: number, column: number, told: number): void {
    const last = told < 0 ? -told : told - 1;
    const gm = Math.floor(f64[at + MISSING] / UNIT);
    const hm = f64[at + MISSING] - gm * UNIT;
    let sum = 0;
    for (let bin = 0; bin < last; bin++) {
      sum += f64[at + bin];
      const gl = Math.floor(sum / UNIT);
      const hl = sum - gl * UNIT;
      this.#try(gl, hl, column, bin, 0);
      if (told < 0) this.#try(gl + gm, hl + hm, column, bin, 1);
    }
  }

  #try(gl: number, hl: number, column: number, bin: number, side: number): void {
    const dl = hl + this.#l2;
    let over: number;
    let under: number;
    if (this.#l1 === 0) {
      const apart = gl * this.#whole - this.#gradient * dl;
      over = apart * apart;
      under = dl * (this.#whole - dl);
    } else {
      const dr = this.#hessian - hl + this.#l2;
      const tl = Math.max(Math.abs(gl) - this.#l1, 0);
      const tr = Math.max(Math.abs(this.#gradient - gl) - this.#l1, 0);
      over = tl * tl * dr + tr * tr * dl;
      under = dl * dr;
    }
    if (!(over > this.#toBeat * under && Math.min(hl, this.#hessian - hl) >= this.#least)) return;
    this.#toBeat = over / under;
    [this.column, this.bin, this.side] = [column, bin, side];
  }
}

function partition(
  { u8, u32 }: Memory,
  [rows, many]: [number, number],
  column: number,
  table: number,
  others: number,
): number {
  let yes = 0;
  let no = 0;
  for (let i = 0; i < many; i++) {
    const row = u32[rows + i];
    const goes = u8[table + u8[column + row]];
    u32[rows + yes] = row;
    u32[others + no] = row;
    yes += goes;
    no += 1 - goes;
  }
  u32.copyWithin(rows + yes, others, others + no);
  return yes;
}

function assign({ u8, f64 }: Memory, [values, many]: [number, number], bounds: number, out: number): void {
  for (let i = 0; i < many; i++) {
    const x = f64[values + i];
    let bin = 0;
    for (let step = 128; step > 0; step >>= 1) bin += x > f64[bounds + bin + step - 1] ? step : 0;
    u8[out + i] = x === x ? bin : MISSING;
  }
}
