import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/**
 * Seeded source of uniform numbers in [0, 1) with 53 random bits: the same stream on every engine. The first two
 * numbers of a small seed are near 1 or 0 whatever the seed: streams of different seeds are apart from the third on.
 */
export function seededRandom(seed: number): () => number {
  const generator = xoroshiro128plus(seed);
  return () => {
    const high = generator.next() >>> 5;
    const low = generator.next() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  };
}

/** The same for a seed of any size: small ones are spread over all 32 bits, so that their streams do not begin alike. */
export const spreadRandom = (seed: number): (() => number) => seededRandom(Math.imul(seed, 2654435761) >>> 0);

/** `count` of the numbers 0 .. total - 1, each at most once, in ascending order; all of them if there are fewer.
 * For small seeds the stream's beginning decides on 0 and 1 (0 is left out); the others have equal chances. */
export function sampleRows(total: number, count: number, seed: number): Int32Array {
  if (count >= total) return Int32Array.from({ length: total }, (_, i) => i);
  const random = seededRandom(seed);
  const picked = new Int32Array(count);
  // Selection sampling (Knuth, TAOCP 2, algorithm 3.4.2 S): one pass, any size.
  for (let row = 0, chosen = 0; chosen < count; row++)
    if ((total - row) * random() < count - chosen) picked[chosen++] = row;
  return picked;
}

/** `count` samples of `size` of the numbers 0 .. total - 1, drawn with replacement. */
export function resamples(total: number, size: number, count: number, seed: number): Int32Array[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => Int32Array.from({ length: size }, () => random() * total));
}

/** The numbers 0 .. count - 1 in random order. */
export const shuffled = (count: number, random: () => number): Int32Array =>
  shuffle(
    Int32Array.from({ length: count }, (_, i) => i),
    (most) => Math.floor(random() * (most + 1)),
  );

/** Shuffles in place (Fisher & Yates). @param upTo a random whole number from 0 to this, both in */
export function shuffle(values: Int32Array, upTo: (most: number) => number): Int32Array {
  for (let i = values.length - 1; i > 0; i--) {
    const j = upTo(i);
    const kept = values[i];
    values[i] = values[j];
    values[j] = kept;
  }
  return values;
}
