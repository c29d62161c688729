/** Two-sided 95 % of the normal distribution. */
const Z = 1.959963984540054;

/**
 * Wilson's interval of a share (Wilson 1927), as scipy's `binomtest(k, n).proportion_ci(method="wilson")`.
 *
 * @param count of `total`, which is above 0
 * @returns ends of the 95 % interval
 */
export function wilsonInterval(count: number, total: number): [number, number] {
  const share = count / total;
  const zz = (Z * Z) / total;
  const centre = (share + zz / 2) / (1 + zz);
  const half = (Z * Math.sqrt((share * (1 - share)) / total + zz / (4 * total))) / (1 + zz);
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}
