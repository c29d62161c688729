import { quantileSorted } from '../../core/stats/quantile';
import type { Interactions } from '../../engine/model/interactions';

/** Two inputs that act together: their positions, the mean size of their joint effect, and a client's with its sign. */
export interface Pair {
  a: number;
  b: number;
  mean: number;
  client: number | null;
}

/** Pairs by the size of their joint effect, the strongest first; those without any left out. */
export function strongestPairs({ mean, client }: Interactions, width: number, most: number): Pair[] {
  const pairs: Pair[] = [];
  for (let a = 0; a < width; a++)
    for (let b = a + 1; b < width; b++) {
      const at = a * width + b;
      if (mean[at] > 0) pairs.push({ a, b, mean: mean[at], client: client ? client[at] : null });
    }
  return pairs.sort((x, y) => y.mean - x.mean).slice(0, most);
}

/** Inputs that act together with one, the strongest first. */
export function partnersOf(found: Interactions | null, width: number, input: number): number[] {
  if (!found) return [];
  const own = found.mean.subarray(input * width, (input + 1) * width);
  return Array.from(own.keys())
    .filter((j) => own[j] > 0)
    .sort((a, b) => own[b] - own[a])
    .slice(0, 8);
}

/**
 * Rows in two: up to the median and above it, or the most frequent level and all others. Missing values are with the second.
 */
export function splitBy(
  values: Float64Array,
  category: boolean,
): { at: number; above: (row: number) => boolean } {
  if (!category) {
    const at = quantileSorted(values.filter(Number.isFinite).sort(), 0.5);
    return { at, above: (row) => !(values[row] <= at) };
  }
  const counts = new Map<number, number>();
  for (const code of values) if (code >= 0) counts.set(code, (counts.get(code) ?? 0) + 1);
  const [at] = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0] ?? [NaN];
  return { at, above: (row) => values[row] !== at };
}
