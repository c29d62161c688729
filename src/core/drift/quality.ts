import { exp, ln } from '../numeric/functions';
import { lowerBound, upperBound } from '../stats/search';
import type { LevelPair, NumberPair, Pair } from './sample';
import { proportionsZ } from '../stats/tests';

export type Verdict = 'stable' | 'watch' | 'drifted';

/** What is wrong with the data of a column, each with its own verdict. */
export interface Quality {
  /** Shares of all rows that have no value. */
  missing: { reference: number; current: number; p: number; verdict: Verdict };
  /** Levels that only one side has, the most frequent first, and the share of that side's rows. */
  appeared: Levels;
  vanished: Levels;
  /** Values below the reference's least or above its most. */
  outside: { below: number; above: number; share: number; verdict: Verdict };
  /** Rows with an infinity. */
  infinite: { reference: number; current: number; verdict: Verdict };
}

export interface Levels {
  count: number;
  examples: readonly string[];
  share: number;
  verdict: Verdict;
}

/** A change of the missing share is worth a look from 2 points on, drifted from 10, if it is not chance (p < .01). */
const MISSING = { watch: 0.02, drifted: 0.1, level: 0.01 };
/** So are new or vanished levels and values out of range from these shares of the rows on; any at all is worth a look. */
const STRANGE_DRIFTED = 0.01;
/** From this probability on that the other side has none of some levels, it may be chance. */
const CHANCE = 0.01;
const EXAMPLES = 5;

/**
 * What happened to a column's data, whatever its values say: it is drifted where it was emptied, its missing share jumped, or
 * levels came or went that chance does not explain.
 */
export function dataVerdict({ missing, appeared, vanished }: Quality): Verdict {
  const found = [missing, appeared, vanished].some(({ verdict }) => verdict === 'drifted');
  return found ? 'drifted' : missing.verdict;
}

export function qualityOf(pair: Pair): Quality {
  const { reference, current } = pair;
  return {
    missing: missingChange(reference, current),
    ...(pair.kind === 'level' ? levelChanges(pair) : { appeared: NONE, vanished: NONE }),
    ...(pair.kind === 'number' ? numberChanges(pair) : { outside: INSIDE, infinite: FINITE }),
  };
}

const NONE: Levels = { count: 0, examples: [], share: 0, verdict: 'stable' };
const INSIDE: Quality['outside'] = { below: 0, above: 0, share: 0, verdict: 'stable' };
const FINITE: Quality['infinite'] = { reference: 0, current: 0, verdict: 'stable' };

/** Rows, and those of them without a value. */
export interface Gaps {
  rows: number;
  missing: number;
}

/** How the share of rows without a value moved: a change to look at is neither small nor chance (two proportions, z). */
export function missingChange(reference: Gaps, current: Gaps): Quality['missing'] {
  const shares = {
    reference: ratio(reference.missing, reference.rows),
    current: ratio(current.missing, current.rows),
  };
  const { p } = proportionsZ(reference.missing, reference.rows, current.missing, current.rows);
  const change = Math.abs(shares.current - shares.reference);
  if (!(p < MISSING.level) || change < MISSING.watch) return { ...shares, p, verdict: 'stable' };
  return { ...shares, p, verdict: change < MISSING.drifted ? 'watch' : 'drifted' };
}

function levelChanges({ keys, reference, current }: LevelPair): Pick<Quality, 'appeared' | 'vanished'> {
  const only = (here: Float64Array, there: Float64Array, rows: number, others: number): Levels => {
    const found = keys.flatMap((_, i) => (here[i] > 0 && there[i] === 0 ? [i] : []));
    found.sort((i, j) => here[j] - here[i] || i - j);
    const share = ratio(
      found.reduce((sum, i) => sum + here[i], 0),
      rows,
    );
    const examples = found.slice(0, EXAMPLES).map((i) => keys[i]);
    // That as many rows of the other side hold none of them may be chance.
    const chance = exp(others * ln(1 - share)) >= CHANCE;
    const verdict = strange(found.length, share);
    return { count: found.length, examples, share, verdict: chance && found.length ? 'watch' : verdict };
  };
  return {
    appeared: only(current.counts, reference.counts, current.rows, reference.rows),
    vanished: only(reference.counts, current.counts, reference.rows, current.rows),
  };
}

function numberChanges({ reference, current }: NumberPair): Pick<Quality, 'outside' | 'infinite'> {
  const [a, b] = [reference.sorted, current.sorted];
  const below = a.length ? lowerBound(b, a[0]) : 0;
  const above = a.length ? b.length - upperBound(b, a[a.length - 1]) : 0;
  const share = ratio(below + above, current.rows);
  const endless = { reference: infinities(reference), current: infinities(current) };
  return {
    outside: { below, above, share, verdict: strange(below + above, share) },
    infinite: {
      ...endless,
      verdict: endless.current > 0 && endless.reference === 0 ? 'watch' : 'stable',
    },
  };
}

const infinities = ({ lowest, highest }: NumberPair['reference']): number => lowest + highest;

function strange(count: number, share: number): Verdict {
  if (count === 0) return 'stable';
  return share >= STRANGE_DRIFTED ? 'drifted' : 'watch';
}

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
