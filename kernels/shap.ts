/**
 * The inner loops of tree SHAP, in AssemblyScript: those of tables over bit patterns (src/core/explain/tabledShap), eight
 * rows an instruction, and one row's way through all trees by quadrature (src/core/explain/pathShap), two points an
 * instruction. `plainPatterns` of src/core/explain/kernel/patterns and PathShap's own loops give the same bits. Addresses are
 * in bytes; a block has 1,024 rows.
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

/** Whether the row goes to the child `node` of a split that it reaches. */
function goesTo(node: usize, parent: usize, split: usize, value: f64): bool {
  const yes = value !== value ? load<u8>(split, 8) === 1 : value <= load<f64>(split);
  return yes === (node === parent + 1);
}

/**
 * Adds one row's contributions into `out`. `at` holds, as u32: trees, points (even), then the addresses of roots (u32),
 * nodes (i32 parent, feature or -1, split before or -1, 0), splits (f64 threshold, u8 missing to yes), shares (f64),
 * values (f64), the factors and books of rows that stay and that leave (f64 [node, point]), products and sums (f64 of the
 * largest tree), states (u8), the row and `out` (f64).
 */
export function pathRow(at: usize): void {
  const trees = load<u32>(at);
  const wide = (<usize>load<u32>(at, 4)) << 3;
  const roots = <usize>load<u32>(at, 8);
  for (let tree: usize = 0; tree < trees; tree++) {
    const root = <usize>load<u32>(roots + 4 * tree);
    const end = <usize>load<u32>(roots + 4 * tree, 4);
    if (end - root < 2) continue;
    down(at, root, end, wide);
    up(at, root, end, wide);
  }
}

function down(at: usize, root: usize, end: usize, wide: usize): void {
  const nodes = <usize>load<u32>(at, 12);
  const splits = <usize>load<u32>(at, 16);
  const shares = <usize>load<u32>(at, 20);
  const stay = <usize>load<u32>(at, 28);
  const leave = <usize>load<u32>(at, 32);
  const products = <usize>load<u32>(at, 44);
  const states = <usize>load<u32>(at, 52);
  const row = <usize>load<u32>(at, 56);
  store<u8>(states, 1);
  for (let k: usize = 0; k < wide; k += 16) v128.store(products + k, f64x2.splat(1));
  for (let n = root + 1; n < end; n++) {
    const node = nodes + 16 * n;
    const parent = <usize>load<i32>(node);
    const before = load<i32>(node, 8);
    const wasOn = before < 0 || load<u8>(states + <usize>before - root) === 1;
    const to = products + (n - root) * wide;
    const from = products + (parent - root) * wide;
    if (!wasOn) {
      store<u8>(states + n - root, 2);
      const share = f64x2.splat(load<f64>(shares + 8 * n));
      for (let k: usize = 0; k < wide; k += 16) v128.store(to + k, f64x2.mul(v128.load(from + k), share));
      continue;
    }
    const value = load<f64>(row + 8 * <usize>load<i32>(nodes + 16 * parent, 4));
    const follows = goesTo(n, parent, splits + 16 * parent, value);
    store<u8>(states + n - root, follows ? 1 : 0);
    const factor = (follows ? stay : leave) + n * wide;
    for (let k: usize = 0; k < wide; k += 16)
      v128.store(to + k, f64x2.mul(v128.load(from + k), v128.load(factor + k)));
  }
}

function up(at: usize, root: usize, end: usize, wide: usize): void {
  const nodes = <usize>load<u32>(at, 12);
  const values = <usize>load<u32>(at, 24);
  const stay = <usize>load<u32>(at, 36);
  const leave = <usize>load<u32>(at, 40);
  const products = <usize>load<u32>(at, 44);
  const sums = <usize>load<u32>(at, 48);
  const states = <usize>load<u32>(at, 52);
  const out = <usize>load<u32>(at, 60);
  memory.fill(sums, 0, (end - root) * wide);
  for (let n = end - 1; n > root; n--) {
    const node = nodes + 16 * n;
    const parent = <usize>load<i32>(node);
    const own = sums + (n - root) * wide;
    if (load<i32>(node, 4) < 0) {
      const value = f64x2.splat(load<f64>(values + 8 * n));
      const product = products + (n - root) * wide;
      for (let k: usize = 0; k < wide; k += 16) v128.store(own + k, f64x2.mul(v128.load(product + k), value));
    }
    const to = sums + (parent - root) * wide;
    const state = load<u8>(states + n - root);
    if (state === 2) {
      for (let k: usize = 0; k < wide; k += 16)
        v128.store(to + k, f64x2.add(v128.load(to + k), v128.load(own + k)));
      continue;
    }
    const book = (state === 1 ? stay : leave) + n * wide;
    let booked = f64x2.splat(0);
    for (let k: usize = 0; k < wide; k += 16) {
      const below = v128.load(own + k);
      v128.store(to + k, f64x2.add(v128.load(to + k), below));
      booked = f64x2.add(booked, f64x2.mul(v128.load(book + k), below));
    }
    const place = out + 8 * <usize>load<i32>(nodes + 16 * parent, 4);
    store<f64>(place, load<f64>(place) + (f64x2.extract_lane(booked, 0) + f64x2.extract_lane(booked, 1)));
  }
}
