import { exp, ln } from '../../numeric/functions';
import { randomCandidate, valueAt, walked, type Candidate, type Dimension, type Space } from './space';

/** A candidate that was tried, and what it lost: less is better. */
export interface Trial {
  candidate: Candidate;
  loss: number;
}

/** hyperopt's defaults. */
const STARTUP = 20;
const CANDIDATES = 24;
const GAMMA = 0.25;
const MOST_BELOW = 25;

/**
 * The next candidate by a tree-structured Parzen estimator (Bergstra et al. 2011), as hyperopt has it: the first 20 at random,
 * then of 24 drawn near the good trials the one that is likelier there than near the others, each parameter for itself.
 */
export function tpeCandidate(space: Space, trials: readonly Trial[], random: () => number): Candidate {
  if (trials.length < STARTUP) return randomCandidate(space, random);
  const order = [...trials.keys()].sort((a, b) => trials[a].loss - trials[b].loss || a - b);
  const below = Math.min(Math.ceil(GAMMA * Math.sqrt(trials.length)), MOST_BELOW);
  // In the order in which they were tried: what is long ago counts less.
  const pick = (of: readonly number[]): Candidate[] =>
    [...of].sort((a, b) => a - b).map((at) => trials[at].candidate);
  const [good, others] = [pick(order.slice(0, below)), pick(order.slice(below))];
  return Object.fromEntries(
    Object.entries(space).map(([name, dimension]) => {
      const valuesOf = (candidates: readonly Candidate[]) => candidates.map((candidate) => candidate[name]);
      return [name, likelier(dimension, valuesOf(good), valuesOf(others), random)];
    }),
  );
}

type Values = readonly (number | string)[];

function likelier(dimension: Dimension, good: Values, others: Values, random: () => number): number | string {
  if (dimension.kind === 'values') return likelierOf(dimension.values, good, others, random);
  const place = (value: number | string): number => walked(dimension, Number(value));
  const [low, high] = [place(dimension.min), place(dimension.max)];
  const near = parzen(good.map(place), low, high);
  const far = parzen(others.map(place), low, high);
  let [best, most] = [low, -Infinity];
  for (let k = 0; k < CANDIDATES; k++) {
    const at = drawn(near, low, high, random);
    const gain = logDensity(near, at) - logDensity(far, at);
    if (gain > most) [best, most] = [at, gain];
  }
  return valueAt(dimension, best);
}

/** Shares of the values, each counted once more than it was tried. */
function likelierOf(values: Values, good: Values, others: Values, random: () => number): number | string {
  const shares = (tried: Values): number[] => {
    const weights = forgetting(tried.length);
    const counts = values.map(
      (value) => 1 + tried.reduce<number>((sum, own, i) => sum + (own === value ? weights[i] : 0), 0),
    );
    const all = counts.reduce((sum, count) => sum + count, 0);
    return counts.map((count) => count / all);
  };
  const [near, far] = [shares(good), shares(others)];
  let [best, most] = [0, -Infinity];
  for (let k = 0; k < CANDIDATES; k++) {
    const at = pickBy(near, random());
    const gain = ln(near[at]) - ln(far[at]);
    if (gain > most) [best, most] = [at, gain];
  }
  return values[best];
}

/** Normal densities around what was tried, and one over the whole range. */
interface Parzen {
  weights: number[];
  means: number[];
  widths: number[];
}

/** Each as wide as the larger gap to its neighbours, within bounds (adaptive Parzen). */
function parzen(tried: readonly number[], low: number, high: number): Parzen {
  const range = high - low;
  const prior = { mean: (low + high) / 2, weight: 1, isPrior: true };
  const weights = forgetting(tried.length);
  const all = [prior, ...tried.map((mean, i) => ({ mean, weight: weights[i], isPrior: false }))].sort(
    (a, b) => a.mean - b.mean,
  );
  const least = range / Math.min(100, 1 + all.length);
  const widths = all.map(({ mean, isPrior }, i) => {
    if (isPrior) return range;
    const left = i > 0 ? mean - all[i - 1].mean : 0;
    const right = i + 1 < all.length ? all[i + 1].mean - mean : 0;
    return Math.min(range, Math.max(least, left, right));
  });
  const sum = all.reduce((total, { weight }) => total + weight, 0);
  return { weights: all.map(({ weight }) => weight / sum), means: all.map(({ mean }) => mean), widths };
}

/** The last 25 count fully, those before them less and less (linear forgetting). */
function forgetting(count: number): number[] {
  const old = Math.max(0, count - MOST_BELOW);
  return Array.from({ length: count }, (_, i) =>
    i < old ? 1 / count + (i * (1 - 1 / count)) / Math.max(1, old - 1) : 1,
  );
}

function pickBy(weights: readonly number[], u: number): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) if (u < (sum += weights[i])) return i;
  return weights.length - 1;
}

/** One of the densities, cut off at the bounds. */
function drawn({ weights, means, widths }: Parzen, low: number, high: number, random: () => number): number {
  const k = pickBy(weights, random());
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const x = means[k] + widths[k] * normal(random);
    if (x >= low && x <= high) return x;
  }
  return means[k];
}

/** At least a third of a density whose mean lies within the bounds does too. */
const MOST_TRIES = 100;

/** A standard normal number by Marsaglia's polar method: ln and a root are the same bits on every engine. */
function normal(random: () => number): number {
  for (;;) {
    const [x, y] = [2 * random() - 1, 2 * random() - 1];
    const s = x * x + y * y;
    if (s > 0 && s < 1) return x * Math.sqrt((-2 * ln(s)) / s);
  }
}

function logDensity({ weights, means, widths }: Parzen, x: number): number {
  let sum = 0;
  for (let k = 0; k < weights.length; k++) {
    const z = (x - means[k]) / widths[k];
    sum += (weights[k] / widths[k]) * exp((-z * z) / 2);
  }
  return ln(Math.max(sum, Number.MIN_VALUE));
}
