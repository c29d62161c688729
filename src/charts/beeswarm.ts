/** One row of dots, shaded by how large the value is among all. */
export interface Swarm {
  /** Outlines of the dots by shade: 0 lowest quarter … 3 highest quarter, 4 missing. */
  shades: string[];
}

export const SHADES = 5;
const RADIUS = 2.2;
/** Width of the slots in which dots are stacked, in pixels. */
const SLOT = 4;

export const circle = (x: number, y: number, r: number): string =>
  `M${(x - r).toFixed(1)} ${y.toFixed(1)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`;

/**
 * Dots at their contribution, stacked where they are many and closer together where they would leave the row.
 *
 * @param contributions and values of the same rows; NaN values are missing
 * @param place from a contribution to pixels
 */
export function swarmOf(
  contributions: ArrayLike<number>,
  values: ArrayLike<number>,
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
  const shade = shadesOf(values);
  const shades = new Array<string>(SHADES).fill('');
  for (const own of slots.values())
    own
      .sort((a, b) => shade[a] - shade[b] || a - b)
      .forEach((i, k) => {
        // From the middle outwards, to either side in turn.
        const level = (k % 2 === 0 ? 1 : -1) * Math.ceil(k / 2);
        shades[shade[i]] += circle(place(contributions[i]), height / 2 + level * step, RADIUS);
      });
  return { shades };
}

/** Quarter of each value among those that are there; equal values share one. */
function shadesOf(values: ArrayLike<number>): Uint8Array {
  const sorted = Float64Array.from(values)
    .filter((value) => !Number.isNaN(value))
    .sort();
  return Uint8Array.from(values, (value) => {
    if (Number.isNaN(value)) return SHADES - 1;
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sorted[middle] < value) low = middle + 1;
      else high = middle;
    }
    let last = low;
    while (last < sorted.length && sorted[last] === value) last++;
    return Math.min(3, Math.floor((4 * (low + last)) / 2 / Math.max(1, sorted.length)));
  });
}
