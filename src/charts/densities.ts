/** A curve in a 100 x 100 box, its highest point near the top. */
export function densityPath(
  at: ArrayLike<number>,
  curve: ArrayLike<number>,
  { least, most, top }: { least: number; most: number; top: number },
): string {
  const points = Array.from(curve, (density, i) => {
    const x = (100 * (at[i] - least)) / (most - least);
    return `${x.toFixed(2)} ${(100 - (96 * density) / top).toFixed(2)}`;
  });
  return points.length ? `M${points.join('L')}` : '';
}
