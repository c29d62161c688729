import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Seeded source of uniform numbers in [0, 1) with 53 random bits: the same stream on every engine. */
export function seededRandom(seed: number): () => number {
  const generator = xoroshiro128plus(seed);
  return () => {
    const high = generator.next() >>> 5;
    const low = generator.next() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  };
}

/** `count` of the numbers 0 .. total - 1, each at most once, in ascending order; all of them if there are fewer. */
export function sampleRows(total: number, count: number, seed: number): Int32Array {
  if (count >= total) return Int32Array.from({ length: total }, (_, i) => i);
  const random = seededRandom(seed);
  const picked = new Int32Array(count);
  // Selection sampling (Knuth, TAOCP 2, algorithm 3.4.2 S): one pass, any size.
  for (let row = 0, chosen = 0; chosen < count; row++)
    if ((total - row) * random() < count - chosen) picked[chosen++] = row;
  return picked;
}
