import { normalShare } from '../../core/numeric/special';
import { ln } from '../../core/numeric/functions';
import { seededRandom } from '../../core/numeric/random';

/** Shares of levels, added up: what `pick` looks in. */
export interface Shares {
  levels: readonly string[];
  upTo: readonly number[];
}

/** Probabilities and values at them, both rising: a distribution's quantiles, straight between two. */
export type Quantiles = readonly (readonly [share: number, value: number])[];

/** @param weights by level, in any unit; none is negative */
export function sharesOf(weights: Readonly<Record<string, number>>): Shares {
  const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  return {
    levels: Object.keys(weights),
    upTo: Object.values(weights).map((weight) => (sum += weight) / total),
  };
}

/** The value below which a share `u` in [0, 1] of all lies. */
export function valueAt(quantiles: Quantiles, u: number): number {
  let i = 1;
  while (i < quantiles.length - 1 && quantiles[i][0] < u) i++;
  const [from, low] = quantiles[i - 1];
  const [to, high] = quantiles[i];
  return to === from ? high : low + ((high - low) * (u - from)) / (to - from);
}

/** The share of all that lies below a value. */
export function shareBelow(quantiles: Quantiles, value: number): number {
  const i = quantiles.findIndex(([, high]) => high >= value);
  if (i < 0) return 1;
  if (i === 0) return quantiles[0][0];
  const [from, low] = quantiles[i - 1];
  const [to, high] = quantiles[i];
  return from + ((to - from) * (value - low)) / (high - low);
}

/** Money as the tables have it: to half a cent. */
export const halfCents = (amount: number): number => Math.round(amount * 200) / 200;

/** Draws of one client: the same whatever was drawn for others. */
export class Draws {
  readonly uniform: () => number;
  private spare: number | null = null;

  constructor(seed: number, client: number) {
    this.uniform = seededRandom(Math.imul(Math.imul(seed, 0x9e3779b1) ^ (client + 1), 0x85ebca6b) >>> 0);
    // Streams of seeds that are alike begin alike.
    for (let i = 0; i < 4; i++) this.uniform();
  }

  /** Of mean 0 and deviation 1 (Marsaglia's polar method). */
  normal(): number {
    if (this.spare !== null) {
      const { spare } = this;
      this.spare = null;
      return spare;
    }
    for (;;) {
      const x = 2 * this.uniform() - 1;
      const y = 2 * this.uniform() - 1;
      const s = x * x + y * y;
      if (s >= 1 || s === 0) continue;
      const scale = Math.sqrt((-2 * ln(s)) / s);
      this.spare = y * scale;
      return x * scale;
    }
  }

  chance(probability: number): boolean {
    return this.uniform() < probability;
  }

  /** A level's place. */
  pick({ upTo }: Shares): number {
    const u = this.uniform();
    let i = 0;
    while (i < upTo.length - 1 && upTo[i] <= u) i++;
    return i;
  }

  between(from: number, to: number): number {
    return from + (to - from) * this.uniform();
  }

  /** One of from, from + 1, … to. */
  whole(from: number, to: number): number {
    return from + Math.floor(this.uniform() * (to - from + 1));
  }

  from(quantiles: Quantiles): number {
    return valueAt(quantiles, this.uniform());
  }

  /** The same where a latent says how high, within what chance leaves open. @param pull in (-1, 1): how much the latent tells */
  leaning(quantiles: Quantiles, latent: number, pull: number): number {
    const own = Math.sqrt(1 - pull * pull) * this.normal();
    return valueAt(quantiles, normalShare(pull * latent + own));
  }
}
