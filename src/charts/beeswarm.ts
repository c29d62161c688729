import { MISSING_QUARTER } from '../core/stats/quarters';

/** One row of dots, shaded by how large the value is among all. */
export interface Swarm {
  /** Outlines of the dots by shade: the four quarters, then the missing ones. */
  shades: string[];
}

export const SHADES = MISSING_QUARTER + 1;
const RADIUS = 2.2;
/** Width of the slots in which dots are stacked, in pixels. */
const SLOT = 4;

export const circle = (x: number, y: number, r: number): string =>
  `M${(x - r).toFixed(1)} ${y.toFixed(1)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`;

/**
 * Dots at their contribution, stacked where they are many and closer together where they would leave the row.
 *
 * @param quarters of the same rows' values (`core/stats/quarters`)
 * @param place from a contribution to pixels
 */
export function swarmOf(
  contributions: ArrayLike<number>,
  quarters: ArrayLike<number>,
  place: (contribution: number) => number,
  height: number,
): Swarm {
  const slots = new Map<number, number[]>();
  for (let i = 0; i < contributions.length; i++) {
    const slot = Math.round(place(contributions[i]) / SLOT);
    const own = slots.get(slot);
    if (own) own.push(i);
    else slots.set(slot, [i]);
  }
  const fullest = Math.max(1, ...[...slots.values()].map((own) => own.length));
  const step = Math.min(2 * RADIUS, (height - 2 * RADIUS) / fullest);
  const shades = new Array<string>(SHADES).fill('');
  for (const own of slots.values())
    own
      .sort((a, b) => quarters[a] - quarters[b] || a - b)
      .forEach((i, k) => {
        // From the middle outwards, to either side in turn.
        const level = (k % 2 === 0 ? 1 : -1) * Math.ceil(k / 2);
        shades[quarters[i]] += circle(place(contributions[i]), height / 2 + level * step, RADIUS);
      });
  return { shades };
}
