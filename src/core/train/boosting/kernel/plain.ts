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

/** A split is looked for in both leaves bin after bin, in the kernel's order: rounding may take an equal one again. */
function best(
  { i32, f64 }: Memory,
  ...[first, second, columns, many, leaves, out]: Parameters<TrainLoops['best']>
): void {
  const starts = [first / 8, second / 8];
  for (let lane = 0; lane < 2; lane++) {
    const of = (k: number): number => f64[leaves / 8 + 2 * k + lane];
    const [total, least, l2, l1] = [of(0), of(1), of(3), of(4)];
    let toBeat = of(2);
    for (let k = 0; k < many; k++) {
      const column = i32[columns / 4 + 2 * k];
      const told = i32[columns / 4 + 2 * k + 1];
      const last = told < 0 ? -told : told - 1;
      const at = starts[lane] + SLOTS * column;
      const missing = told < 0 ? f64[at + MISSING] : 0;
      let sum = 0;
      for (let bin = 0; bin < last; bin++) {
        sum += f64[at + bin];
        let left = sum;
        for (let side = 0; side < 2; side++) {
          const right = total - left;
          const gl = Math.floor(left / UNIT);
          const gr = Math.floor(right / UNIT);
          const hl = left - gl * UNIT;
          const hr = right - gr * UNIT;
          const tl = Math.max(Math.abs(gl) - l1, 0);
          const tr = Math.max(Math.abs(gr) - l1, 0);
          const dl = hl + l2;
          const dr = hr + l2;
          const over = tl * tl * dr + tr * tr * dl;
          const under = dl * dr;
          if (over > toBeat * under && Math.min(hl, hr) >= least) {
            toBeat = over / under;
            const to = out / 4 + 4 + 4 * lane;
            [i32[to], i32[to + 1], i32[to + 2]] = [column, bin, side];
          }
          if (told >= 0) break;
          left = sum + missing;
        }
      }
    }
    f64[out / 8 + lane] = toBeat;
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
