import { momentsOf } from '../stats/moments';

/** Beyond them a value alerts; null: no limit on that side. */
export interface Limits {
  lower: number | null;
  upper: number | null;
}

/**
 * Limits from the values of the reference's chunks or samples: mean ± 3 population standard deviations, NaN left out; none
 * where no value is there.
 *
 * @param least no lower limit is below this
 * @param most no upper limit above it (null: unlimited)
 * @param dropped a limit that would be cut is left out instead, as NannyML's reconstruction error has it
 */
export function limitsOf(
  values: readonly number[],
  least: number | null,
  most: number | null,
  dropped = false,
): Limits {
  const there = values.filter((value) => !Number.isNaN(value));
  if (there.length === 0) return { lower: null, upper: null };
  const { mean, sd } = momentsOf(there);
  let lower: number | null = mean - 3 * sd;
  let upper: number | null = mean + 3 * sd;
  if (least !== null && lower <= least) lower = dropped ? null : least;
  if (most !== null && upper >= most) upper = dropped ? null : most;
  return { lower, upper };
}

/** Strictly outside the limits. */
export const isAlert = (value: number, { lower, upper }: Limits): boolean =>
  (lower !== null && value < lower) || (upper !== null && value > upper);
