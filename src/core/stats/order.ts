/** Below this many rows the engine's own sort is as fast. */
const FEW = 2000;
const DIGIT = 16;
const BUCKETS = 1 << DIGIT;
/** Digits of a double. */
const PASSES = 4;

/**
 * Rows in the order of their values; equal ones keep theirs, missing ones (NaN) come last either way. Many are sorted by the
 * values' bits, 16 at a time (least significant digit radix sort): ten times as fast as by comparison.
 *
 * @param rows positions into `values`; left as they are
 */
export function sortedRows(rows: Uint32Array, values: ArrayLike<number>, descending = false): Uint32Array {
  const { keys, order, count } = keysOf(rows, values, descending ? -1 : 1);
  const present = order.subarray(0, count);
  const sorted = count < FEW ? byComparison(present, keys) : byDigits(present, keys);
  const out = new Uint32Array(rows.length);
  for (let i = 0; i < count; i++) out[i] = rows[sorted[i]];
  for (let i = count; i < rows.length; i++) out[i] = rows[order[i]];
  return out;
}

/** Value of each row, and the rows' positions with those that are missing at the end. */
function keysOf(rows: Uint32Array, values: ArrayLike<number>, sign: number) {
  const keys = new Float64Array(rows.length);
  const order = new Uint32Array(rows.length);
  let count = 0;
  for (let i = 0; i < rows.length; i++) {
    // Zero has one sign.
    keys[i] = sign * values[rows[i]] + 0;
    if (keys[i] === keys[i]) order[count++] = i;
  }
  for (let i = 0, at = count; at < rows.length; i++) if (keys[i] !== keys[i]) order[at++] = i;
  return { keys, order, count };
}

const byComparison = (order: Uint32Array, keys: Float64Array): Uint32Array =>
  order.slice().sort((a, b) => (keys[a] < keys[b] ? -1 : keys[a] > keys[b] ? 1 : a - b));

function byDigits(order: Uint32Array, keys: Float64Array): Uint32Array {
  const digits = new Uint16Array(keys.buffer);
  ascendingBits(new Uint32Array(keys.buffer));
  let from = order.slice();
  let to = from.slice();
  const counts = new Uint32Array(BUCKETS);
  for (let pass = 0; pass < PASSES; pass++) {
    counts.fill(0);
    for (let i = 0; i < from.length; i++) counts[digits[PASSES * from[i] + pass]]++;
    if (counts[digits[PASSES * from[0] + pass]] === from.length) continue;
    for (let bucket = 0, start = 0; bucket < BUCKETS; bucket++) {
      const own = counts[bucket];
      counts[bucket] = start;
      start += own;
    }
    for (let i = 0; i < from.length; i++) to[counts[digits[PASSES * from[i] + pass]]++] = from[i];
    [from, to] = [to, from];
  }
  return from;
}

/** Makes the order of the bits as unsigned numbers that of the doubles: negative ones are inverted. Low words come first. */
function ascendingBits(words: Uint32Array): void {
  for (let i = 0; i < words.length; i += 2)
    if (words[i + 1] >>> 31) {
      words[i] = ~words[i];
      words[i + 1] = ~words[i + 1];
    } else words[i + 1] |= 0x80000000;
}
