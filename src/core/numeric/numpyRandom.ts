import { mersenne } from 'pure-rand/generator/mersenne';
import { shuffle } from './random';

/** numpy.random.RandomState: the permutations of its Mersenne Twister. */
export interface LegacyRandom {
  permutation(length: number): Int32Array;
  shuffled(rows: readonly number[]): Int32Array;
}

export function legacyRandom(seed: number): LegacyRandom {
  const generator = mersenne(seed);
  /** 0 to `most`, by masked rejection (numpy's random_interval). */
  const upTo = (most: number): number => {
    const mask = 0xffffffff >>> Math.clz32(most);
    for (;;) {
      const value = (generator.next() & mask) >>> 0;
      if (value <= most) return value;
    }
  };
  return {
    permutation: (length) =>
      shuffle(
        Int32Array.from({ length }, (_, i) => i),
        upTo,
      ),
    shuffled: (rows) => shuffle(Int32Array.from(rows), upTo),
  };
}
