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
