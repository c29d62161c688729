/** Below this many values the engine's own sort is as fast. */
const FEW = 2000;
const DIGIT = 11;
const BUCKETS = 1 << DIGIT;
const PASSES = 3;

/**
 * The finite values in increasing order.
 *
 * Values that are float32 (as bundles mostly hold) are sorted by their bits, 11 at a time (least significant
 * digit radix sort): some five times as fast as the engine's sort for 50,000 values.
 *
 * @param count how many of the values are finite
 */
export function sortedNumbers(
  values: Float64Array | Float32Array | Int32Array,
  count: number,
): Float64Array | Float32Array {
  if (count < FEW || !areFloat32(values)) {
    const finite = new Float64Array(count);
    for (let i = 0, at = 0; at < count; i++) if (isFiniteNumber(values[i])) finite[at++] = values[i];
    return finite.sort();
  }
  const floats = new Float32Array(count);
  for (let i = 0, at = 0; at < count; i++) if (isFiniteNumber(values[i])) floats[at++] = values[i];
  return sortFloats(floats);
}

const isFiniteNumber = (value: number): boolean => value - value === 0;

function areFloat32(values: Float64Array | Float32Array | Int32Array): boolean {
  if (values instanceof Float32Array) return true;
  for (let i = 0; i < values.length; i++)
    if (Math.fround(values[i]) !== values[i] && values[i] === values[i]) return false;
  return true;
}

function sortFloats(floats: Float32Array): Float32Array {
  let from = new Uint32Array(floats.buffer as ArrayBuffer);
  // Order of the bits as unsigned numbers is that of the values once negative ones are inverted.
  for (let i = 0; i < from.length; i++) from[i] = from[i] >>> 31 ? ~from[i] : from[i] | 0x80000000;
  let to = new Uint32Array(from.length);
  const counts = countDigits(from);
  for (let pass = 0; pass < PASSES; pass++) {
    const starts = counts.subarray(pass * BUCKETS, (pass + 1) * BUCKETS);
    if (starts.includes(from.length)) continue;
    toStarts(starts);
    const shift = pass * DIGIT;
    for (let i = 0; i < from.length; i++) to[starts[(from[i] >>> shift) & (BUCKETS - 1)]++] = from[i];
    [from, to] = [to, from];
  }
  for (let i = 0; i < from.length; i++) from[i] = from[i] >>> 31 ? from[i] & 0x7fffffff : ~from[i];
  return new Float32Array(from.buffer);
}

function countDigits(bits: Uint32Array): Int32Array {
  const counts = new Int32Array(PASSES * BUCKETS);
  for (let i = 0; i < bits.length; i++) {
    const word = bits[i];
    counts[word & (BUCKETS - 1)]++;
    counts[BUCKETS + ((word >>> DIGIT) & (BUCKETS - 1))]++;
    counts[2 * BUCKETS + (word >>> (2 * DIGIT))]++;
  }
  return counts;
}

function toStarts(counts: Int32Array): void {
  let start = 0;
  for (let digit = 0; digit < BUCKETS; digit++) {
    const count = counts[digit];
    counts[digit] = start;
    start += count;
  }
}
