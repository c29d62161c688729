/** Shapes of a distribution in a box of 100 x 100, to be stretched. */

/** Line through the middle of equal bins, from the floor to the floor. @param most share that reaches the top */
export function outline(shares: ArrayLike<number>, most: number): string {
  const n = shares.length;
  const points = Array.from(
    { length: n },
    (_, i) => `${round(((i + 0.5) / n) * 100)} ${round(up(shares[i], most))}`,
  );
  return `M0 ${round(up(shares[0] / 2, most))}L${points.join('L')}L100 ${round(up(shares[n - 1] / 2, most))}`;
}

/** The same, closed along the floor. */
export const area = (shares: ArrayLike<number>, most: number): string =>
  `${outline(shares, most)}L100 100L0 100Z`;

/** Steps of cumulated shares. */
export function cumulated(shares: ArrayLike<number>): string {
  let sum = 0;
  let path = 'M0 100';
  for (let i = 0; i < shares.length; i++) {
    sum += shares[i];
    path += `L${round(((i + 1) / shares.length) * 100)} ${round(100 - 100 * Math.min(1, sum))}`;
  }
  return path;
}

/** Largest share of either side; never 0. */
export function mostOf(...sides: ArrayLike<number>[]): number {
  let most = 0;
  for (const side of sides) for (let i = 0; i < side.length; i++) most = Math.max(most, side[i]);
  return most || 1;
}

const up = (share: number, most: number): number => 100 - (share / most) * 94;
const round = (value: number): string => value.toFixed(1);
