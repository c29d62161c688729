import type { EvidentlyTest } from './evidently';
import type { NannymlMethod } from './nannyml';
import type { Verdict } from './quality';

/** What verdicts rest on, whatever the preset: the bands of the index, which tests give a p-value, how few is too few. */

/** Verdicts of the population stability index (Siddiqi 2006): from .1 worth a look, from .25 drifted. */
export const WATCH_FROM = 0.1;
export const DRIFTED_FROM = 0.25;

export function bandOf(stability: number): Verdict {
  if (stability >= DRIFTED_FROM) return 'drifted';
  return stability >= WATCH_FROM ? 'watch' : 'stable';
}

/** A test by the tool's own name. */
export type TestName = EvidentlyTest | NannymlMethod | 'psi';

const P_VALUES: ReadonlySet<TestName> = new Set<TestName>(['ks', 'chisquare', 'z']);

/** The test's value is a p-value: small is far. */
export const isPValue = (test: TestName): boolean => P_VALUES.has(test);

/** Fewer values than this on a side are too few to conclude. */
export const ENOUGH_VALUES = 200;
