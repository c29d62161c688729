import { seededRandom } from '../numeric/random';
import { quantileSorted } from './quantile';

export interface Drawn {
  samples: number;
  seed: number;
  /** Between two samples: somebody else may be waiting, or want it stopped. */
  pause?: (() => Promise<void>) | undefined;
}

/**
 * Percentile intervals (Efron 1979) of several figures over the same samples, drawn with replacement. Seeded: the same rows
 * give the same ends.
 *
 * @param figures of a sample; `times` says how often each row is in it
 * @returns ends of the 95 % interval of each figure; null where fewer than half of the samples have it
 */
export async function bootstrapIntervals(
  rows: number,
  figures: (times: Uint32Array) => readonly number[],
  { samples, seed, pause }: Drawn,
): Promise<([number, number] | null)[]> {
  const random = seededRandom(seed);
  const times = new Uint32Array(rows);
  const found: (readonly number[])[] = [];
  for (let s = 0; s < samples; s++) {
    times.fill(0);
    for (let i = 0; i < rows; i++) times[Math.floor(random() * rows)]++;
    found.push(figures(times));
    await pause?.();
  }
  return found[0].map((_, figure) => {
    const values = Float64Array.from(found, (own) => own[figure])
      .filter((value) => !Number.isNaN(value))
      .sort();
    if (values.length < samples / 2) return null;
    return [quantileSorted(values, 0.025), quantileSorted(values, 0.975)];
  });
}
