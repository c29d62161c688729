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

/**
 * `count` distinct positions of 0 .. `size` - 1 in increasing order: selection sampling
 * (Knuth, TAOCP vol. 2, algorithm 3.4.2 S). All positions when `count >= size`.
 */
export function samplePositions(size: number, count: number, seed: number): Int32Array {
  const wanted = Math.min(count, size);
  const random = seededRandom(seed);
  const picked = new Int32Array(wanted);
  let taken = 0;
  for (let i = 0; i < size && taken < wanted; i++) {
    if ((size - i) * random() < wanted - taken) picked[taken++] = i;
  }
  return picked;
}
