import { PAGE } from '../../numeric/wasm';
import { instance } from './instance';

/** Rows that pass all trees together: so many that a tree's tables are worth fetching, so few that they stay near. */
export const BLOCK = 1024;

/** The loops of tabled SHAP over the rows of a block. Addresses are in bytes of one memory. */
export interface PatternLoops {
  /**
   * Rank of each row's float64 value among sorted bounds: 1 and the number of bounds below it; above all for NaN.
   *
   * @param size of the bounds, a power of two above their number; Infinity follows the last one
   */
  rankAbove(values: number, bounds: number, size: number, ranks: number): void;
  /** The same with the bounds that equal the value counted too, and 1 for NaN. */
  rankFrom(values: number, bounds: number, size: number, ranks: number): void;
  /** Sets the bit `own` in the pattern of every row whose rank is at most `most`. */
  mark(ranks: number, most: number, patterns: number, own: number): void;
  /** Patterns of a split's children: `own`, set before where it is `fresh`, stays on the side where a row goes. */
  follow(
    ranks: number,
    most: number,
    above: number,
    fresh: number,
    own: number,
    yes: number,
    no: number,
  ): void;
  /** Adds to each row's float64 sum the table's number for its pattern. */
  add(table: number, patterns: number, sums: number): void;
}

export interface PatternKernel extends PatternLoops {
  readonly buffer: ArrayBuffer;
}

/** A memory of so many bytes and the loops over it: WebAssembly's where there is one, else the same in TypeScript. */
export function patternKernel(bytes: number): PatternKernel {
  const compiled = instance(bytes);
  if (!compiled) return plainPatterns(bytes);
  return { ...(compiled.exports as unknown as PatternLoops), buffer: compiled.buffer };
}

/** The loops in TypeScript: the same bits. */
export function plainPatterns(bytes: number): PatternKernel {
  const buffer = new ArrayBuffer(PAGE * Math.ceil(bytes / PAGE));
  const f64 = new Float64Array(buffer);
  const u16 = new Uint16Array(buffer);
  const rank =
    (isBelow: (bound: number, value: number) => boolean): PatternLoops['rankAbove'] =>
    (values, bounds, size, ranks) => {
      for (let row = 0; row < BLOCK; row++) {
        const value = f64[values / 8 + row];
        let below = 0;
        for (let step = size >> 1; step > 0; step >>= 1)
          if (isBelow(f64[bounds / 8 + below + step - 1], value)) below += step;
        u16[ranks / 2 + row] = below + 1;
      }
    };
  return {
    buffer,
    rankAbove: rank((bound, value) => !(bound >= value)),
    rankFrom: rank((bound, value) => bound <= value),
    mark: (ranks, most, patterns, own) => mark(u16, ranks / 2, most, patterns / 2, own),
    follow: (ranks, most, above, fresh, own, yes, no) =>
      follow(u16, ranks / 2, most, above / 2, fresh, own, yes / 2, no / 2),
    add: (table, patterns, sums) => add(f64, u16, table / 8, patterns / 2, sums / 8),
  };
}

function mark(u16: Uint16Array, ranks: number, most: number, patterns: number, own: number): void {
  for (let row = 0; row < BLOCK; row++) u16[patterns + row] |= Number(u16[ranks + row] <= most) * own;
}

function follow(
  u16: Uint16Array,
  ranks: number,
  most: number,
  above: number,
  fresh: number,
  own: number,
  yes: number,
  no: number,
): void {
  for (let row = 0; row < BLOCK; row++) {
    const pattern = u16[above + row] | fresh;
    const goes = Number(u16[ranks + row] <= most) * own;
    u16[yes + row] = pattern & ~(own & ~goes);
    u16[no + row] = pattern & ~goes;
  }
}

function add(f64: Float64Array, u16: Uint16Array, table: number, patterns: number, sums: number): void {
  for (let row = 0; row < BLOCK; row += 4) {
    const a = u16[patterns + row];
    const b = u16[patterns + row + 1];
    const c = u16[patterns + row + 2];
    const d = u16[patterns + row + 3];
    f64[sums + row] += f64[table + a];
    f64[sums + row + 1] += f64[table + b];
    f64[sums + row + 2] += f64[table + c];
    f64[sums + row + 3] += f64[table + d];
  }
}
