/**
 * The inner loops of tabled SHAP (src/core/explain/tabledShap), eight rows an instruction. Written in AssemblyScript;
 * `plainLoops` of src/core/explain/patternKernel give the same bits. Addresses are in bytes; a block has 1,024 rows.
 */

const ROWS: usize = 1024;

/** Rank of each row's value among sorted bounds: 1 and the number of those below it, all of them for a missing one. */
export function rankAbove(values: usize, bounds: usize, size: usize, ranks: usize): void {
  for (let row: usize = 0; row < ROWS; row++) {
    const value = load<f64>(values + 8 * row);
    let below: usize = 0;
    for (let step = size >> 1; step > 0; step >>= 1) {
      const bound = load<f64>(bounds + 8 * (below + step - 1));
      below += select<usize>(0, step, bound >= value);
    }
    store<u16>(ranks + 2 * row, <u16>(below + 1));
  }
}

/** The same with the bounds that equal the value counted among those below it, and none for a missing one. */
export function rankFrom(values: usize, bounds: usize, size: usize, ranks: usize): void {
  for (let row: usize = 0; row < ROWS; row++) {
    const value = load<f64>(values + 8 * row);
    let below: usize = 0;
    for (let step = size >> 1; step > 0; step >>= 1) {
      const bound = load<f64>(bounds + 8 * (below + step - 1));
      below += select<usize>(step, 0, bound <= value);
    }
    store<u16>(ranks + 2 * row, <u16>(below + 1));
  }
}

/** Sets a bit of the pattern of every row whose rank is at most `most`. */
export function mark(ranks: usize, most: u32, patterns: usize, own: u32): void {
  const limit = i16x8.splat(<i16>most);
  const bit = i16x8.splat(<i16>own);
  for (let at: usize = 0; at < 2 * ROWS; at += 16) {
    const yes = v128.and(i16x8.le_u(v128.load(ranks + at), limit), bit);
    v128.store(patterns + at, v128.or(v128.load(patterns + at), yes));
  }
}

/** Patterns of a split's two children: its bit, set above where it is fresh, stays on the side where a row goes. */
export function follow(
  ranks: usize,
  most: u32,
  above: usize,
  fresh: u32,
  own: u32,
  yes: usize,
  no: usize,
): void {
  const limit = i16x8.splat(<i16>most);
  const set = i16x8.splat(<i16>fresh);
  const bit = i16x8.splat(<i16>own);
  for (let at: usize = 0; at < 2 * ROWS; at += 16) {
    const pattern = v128.or(v128.load(above + at), set);
    const goes = i16x8.le_u(v128.load(ranks + at), limit);
    v128.store(yes + at, v128.andnot(pattern, v128.andnot(bit, goes)));
    v128.store(no + at, v128.andnot(pattern, v128.and(bit, goes)));
  }
}

/** Adds to each row's sum what the table says of its pattern. */
export function add(table: usize, patterns: usize, sums: usize): void {
  for (let row: usize = 0; row < ROWS; row += 4) {
    const four = load<u64>(patterns + 2 * row);
    const first = v128.load_lane<i64>(
      table + (((<usize>(four >> 16)) & 0xffff) << 3),
      v128.load_zero<i64>(table + (((<usize>four) & 0xffff) << 3)),
      1,
    );
    const second = v128.load_lane<i64>(
      table + ((<usize>(four >> 48)) << 3),
      v128.load_zero<i64>(table + (((<usize>(four >> 32)) & 0xffff) << 3)),
      1,
    );
    const to = sums + 8 * row;
    v128.store(to, f64x2.add(v128.load(to), first));
    v128.store(to, f64x2.add(v128.load(to, 16), second), 16);
  }
}
