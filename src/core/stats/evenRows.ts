/** At most so many of `total` rows, spread evenly, in increasing order. */
export function evenRows(total: number, most: number): Int32Array {
  const count = Math.min(total, most);
  return Int32Array.from({ length: count }, (_, k) => Math.floor((k * total) / count));
}

/** All rows. */
export const everyRow = (total: number): Int32Array => evenRows(total, total);
