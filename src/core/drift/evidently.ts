import { binEdges, histogramSorted } from '../stats/bins';
import { momentsOf } from '../stats/moments';
import { jensenShannon } from '../stats/distances';
import { ksPValue } from '../stats/kolmogorov';
import {
  apartOf,
  asLevels,
  countDistinct,
  countDistinctBoth,
  present,
  type LevelPair,
  type Pair,
} from './sample';
import { chiSquareGoodness, proportionsZ } from '../stats/tests';

/** Evidently's names of its tests, as its options take them. */
export type EvidentlyTest = 'ks' | 'chisquare' | 'z' | 'wasserstein' | 'jensenshannon';

export interface EvidentlyResult {
  test: EvidentlyTest;
  value: number;
  threshold: number;
  drifted: boolean;
}

const SMALL_REFERENCE = 1000;
const FEW_VALUES = 5;
const BY_VALUE = 20;
const P_THRESHOLD = 0.05;
const DISTANCE_THRESHOLD = 0.1;
/** The data set has drifted when at least this share of its columns has. */
export const DATASET_SHARE = 0.5;

/**
 * The test that Evidently 0.7 chooses by itself (legacy/calculations/stattests/registry.py): by the rows of the
 * reference that have a value, and by the distinct values of both sides.
 */
export function defaultTest(pair: Pair): EvidentlyTest {
  const few = present(pair.reference) <= SMALL_REFERENCE;
  if (pair.kind === 'number') {
    const values = countDistinctBoth(pair.reference.sorted, pair.current.sorted, FEW_VALUES);
    if (values > FEW_VALUES) return few ? 'ks' : 'wasserstein';
    return few ? (values > 2 ? 'chisquare' : 'z') : 'jensenshannon';
  }
  if (!few) return 'jensenshannon';
  return pair.keys.length > 2 ? 'chisquare' : 'z';
}

/**
 * One of Evidently's tests with its threshold.
 *
 * @param whole values are integers in pandas' eyes, which makes bins at least 1 wide
 * @returns value: p for ks, chisquare and z, a distance otherwise
 */
export function evidentlyTest(test: EvidentlyTest, pair: Pair, whole = false): EvidentlyResult {
  const value = valueOf(test, pair, whole);
  if (test === 'ks') return { test, value, threshold: P_THRESHOLD, drifted: value <= P_THRESHOLD };
  if (test === 'chisquare' || test === 'z')
    return { test, value, threshold: P_THRESHOLD, drifted: value < P_THRESHOLD };
  return { test, value, threshold: DISTANCE_THRESHOLD, drifted: value >= DISTANCE_THRESHOLD };
}

function valueOf(test: EvidentlyTest, pair: Pair, whole: boolean): number {
  const number = pair.kind === 'number' ? pair : null;
  if (test === 'ks' && number) {
    const [a, b] = [number.reference.sorted, number.current.sorted];
    return ksPValue(a.length, b.length, apartOf(number).most);
  }
  if (test === 'wasserstein' && number) {
    return apartOf(number).area / Math.max(momentsOf(number.reference.sorted).sd, LEAST_SD);
  }
  const levels = number ? asLevels(number) : (pair as LevelPair);
  if (test === 'chisquare') return chiSquareGoodness(levels.reference.counts, levels.current.counts).p;
  if (test === 'z') return zOf(levels);
  const { reference, current } = shares(pair, whole);
  return jensenShannon(reference, current);
}

const LEAST_SD = 0.001;

/** Shares in Evidently's bins: by value, or for over 20 distinct numbers in the reference by `sturges` on both. */
function shares(pair: Pair, whole: boolean): { reference: Float64Array; current: Float64Array } {
  const binned = pair.kind === 'number' && countDistinct(pair.reference.sorted, BY_VALUE) > BY_VALUE;
  if (!binned) {
    const { reference, current } = pair.kind === 'number' ? asLevels(pair) : pair;
    return {
      reference: reference.counts.map((count) => count / present(reference)),
      current: current.counts.map((count) => count / present(current)),
    };
  }
  const [a, b] = [pair.reference.sorted, pair.current.sorted];
  const edges = binEdges('sturges', {
    count: a.length + b.length,
    least: Math.min(a[0], b[0]),
    most: Math.max(a[a.length - 1], b[b.length - 1]),
    whole,
  });
  return {
    reference: histogramSorted(a, edges).map((count) => count / a.length),
    current: histogramSorted(b, edges).map((count) => count / b.length),
  };
}

/** Z of the share of values other than the smallest; 1 when both sides hold one and the same value. */
function zOf({ keys, reference, current }: LevelPair): number {
  if (keys.length < 2) return 1;
  const first = keys.indexOf([...keys].sort(byNumberOrText)[0]);
  const [n, m] = [present(reference), present(current)];
  return proportionsZ(n - reference.counts[first], n, m - current.counts[first], m).p;
}

function byNumberOrText(a: string, b: string): number {
  const [x, y] = [Number(a), Number(b)];
  if (!Number.isNaN(x) && !Number.isNaN(y)) return x - y;
  return a < b ? -1 : a > b ? 1 : 0;
}
