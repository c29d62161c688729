/** Below this many values the engine's own sort is as fast. */
const FEW = 2000;
const DIGIT = 11;
const BUCKETS = 1 << DIGIT;
const PASSES = 3;

/** The finite values of a column in increasing order, and how many others there are. */
export interface Sorted {
  sorted: Float64Array | Float32Array;
  missing: number;
  lowest: number;
  highest: number;
}

/**
 * Sorts a column's finite values.
 *
 * Values that are float32 (as bundles mostly hold) are sorted by their bits, 11 at a time (least significant
 * digit radix sort): three to four times as fast as the engine's sort for 40,000 values.
 */
export function sortValues(values: Float64Array | Float32Array | Int32Array): Sorted {
  // Each kind of array has a loop of its own: one for all of them would run at half the speed.
  if (values instanceof Float32Array) return sortFloat32(values);
  const { finite, ...others } = finiteOf(values);
  const exact = finite.length >= FEW && finite.every((value) => Math.fround(value) === value);
  return { sorted: exact ? sortFloats(Float32Array.from(finite)) : finite.sort(), ...others };
}

function sortFloat32(values: Float32Array): Sorted {
  const floats = new Float32Array(values.length);
  let count = 0;
  for (let i = 0; i < values.length; i++) if (values[i] - values[i] === 0) floats[count++] = values[i];
  const finite = count === floats.length ? floats : floats.slice(0, count);
  return { sorted: count < FEW ? finite.sort() : sortFloats(finite), ...othersOf(values, count) };
}

function finiteOf(values: Float64Array | Int32Array) {
  const all = new Float64Array(values.length);
  let count = 0;
  for (let i = 0; i < values.length; i++) if (values[i] - values[i] === 0) all[count++] = values[i];
  return { finite: count === all.length ? all : all.slice(0, count), ...othersOf(values, count) };
}

/** What is left out of the order. @param finite how many values are not */
function othersOf(values: ArrayLike<number>, finite: number): Omit<Sorted, 'sorted'> {
  const others = { missing: 0, lowest: 0, highest: 0 };
  if (finite === values.length) return others;
  for (let i = 0; i < values.length; i++)
    if (Number.isNaN(values[i])) others.missing++;
    else if (values[i] === -Infinity) others.lowest++;
    else if (values[i] === Infinity) others.highest++;
  return others;
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
