import { gaussLegendre } from '../numeric/quadrature';

/**
 * Shapley values of one leaf for every row at once, by bit patterns.
 *
 * Of a leaf only d players matter: those whose splits lie above it. Bit i of a row's pattern a says that
 * the row follows every split of player i. Against background rows of patterns b with shares H[b], the
 * game of a leaf of value 1 is v(S) = E_b prod_{i in S} a_i prod_{i not in S} b_i, and the Shapley value of i is
 *
 *     ∫_0^1 E_b (a_i - b_i) prod_{j != i} (a_j t + b_j (1 - t)) dt,
 *
 * a polynomial of degree d - 1 in t: Gauss-Legendre with ceil(d / 2) points is exact. At one t the whole
 * product F(a) = E_b prod_j (a_j t + b_j (1 - t)) is H under one 2 x 2 matrix a player, [[0, 1 - t], [t, 1]],
 * a transform of d 2^d steps; and all (a_i - b_i) follow from F with and without bit i.
 *
 * Interventional SHAP takes the shares of real rows. Path-dependent SHAP is the same game with players
 * that are independent in the background: H[b] = prod z_i^{b_i} (1 - z_i)^{1 - b_i}, z_i the covers' shares.
 * The idea of tables over patterns is Woodelf's (Nadel & Wettenstein 2025); the quadrature is ours.
 *
 * @param shares H, float64 [2^players]
 * @returns float64 [players, 2^players]
 */
export function leafValues(shares: Float64Array, players: number): Float64Array {
  const patterns = shares.length;
  const out = new Float64Array(players * patterns);
  const product = new Float64Array(patterns);
  const { points, weights } = gaussLegendre(Math.max(1, Math.ceil(players / 2)));
  points.forEach((t, k) => {
    product.set(shares);
    for (let i = 0; i < players; i++) transform(product, 1 << i, t);
    for (let i = 0; i < players; i++) addPlayer(product, 1 << i, t, weights[k], out, i * patterns);
  });
  return out;
}

function transform(product: Float64Array, bit: number, t: number): void {
  for (let off = 0; off < product.length; off++) {
    if (off & bit) continue;
    const on = off | bit;
    const absent = product[off];
    const present = product[on];
    product[off] = (1 - t) * present;
    product[on] = t * absent + present;
  }
}

function addPlayer(
  product: Float64Array,
  bit: number,
  t: number,
  weight: number,
  out: Float64Array,
  from: number,
): void {
  for (let off = 0; off < product.length; off++) {
    if (off & bit) continue;
    const on = off | bit;
    // E b_i prod_{j != i} and E prod_{j != i}, out of F without and with bit i.
    const theirs = product[off] / (1 - t);
    const rest = (product[on] - product[off]) / t;
    out[from + off] -= weight * theirs;
    out[from + on] += weight * (rest - theirs);
  }
}

/** H of independent players, z_i the share of background rows that follow player i's splits. */
export function independentShares(z: readonly number[]): Float64Array {
  const out = new Float64Array(1 << z.length);
  out[0] = 1;
  z.forEach((share, i) => {
    const bit = 1 << i;
    for (let b = 0; b < bit; b++) {
      out[b | bit] = out[b] * share;
      out[b] *= 1 - share;
    }
  });
  return out;
}
