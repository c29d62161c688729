import { ScoredeskError } from '../errors';
import { gaussLegendre } from '../numeric/quadrature';
import {
  deepestFeatureCount,
  goesYes,
  nodeCount,
  parents,
  sameFeatureAbove,
  type TreeEnsemble,
} from '../model/trees';
import type { Covers } from './covers';

/** Entries of one table, 0.4 GB: 100 times what 500 trees of depth 12 need. */
const MOST_ENTRIES = 50_000_000;

/**
 * Path-dependent tree SHAP by quadrature, exact.
 *
 * A leaf of value v gives the game v(S) = v · prod_{i in S} o_i · prod_{i not in S} z_i, where o_i says whether the
 * row follows every split on feature i above the leaf and z_i is the share of training rows (covers)
 * that did. Its Shapley value for i is
 *
 *     v (o_i - z_i) ∫_0^1 prod_{j != i} (o_j t + z_j (1 - t)) dt,
 *
 * a polynomial of degree d - 1 in t for d distinct features, so Gauss-Legendre with ceil(d / 2)
 * points is exact. The products are shared by all leaves below a node: one pass down multiplies
 * them, one pass up adds the leaves and books each split's share. When a feature is tested again
 * below, the deeper split books the difference to the shallower one, so that only the last counts.
 *
 * Same values as Lundberg et al. (2020), "From local explanations to global understanding",
 * algorithm 2 (`tree_path_dependent`), in O(nodes · d / 2) a row.
 */
export class PathShap {
  readonly #trees: TreeEnsemble;
  readonly #points: number;
  readonly #parent: Int32Array;
  /** Nearest node above whose incoming split tests the same feature as this node's incoming split; -1. */
  readonly #before: Int32Array;
  /** Share of the parent's cover that reaches the node. */
  readonly #share: Float64Array;
  /** [node, point]: factor to the parent's product while the row follows the feature's splits (on), or just left (off). */
  readonly #stayFactor: Float64Array;
  readonly #leaveFactor: Float64Array;
  /** [node, point]: what the split books per unit of the leaves below, in the same two cases. */
  readonly #stayBook: Float64Array;
  readonly #leaveBook: Float64Array;
  readonly #product: Float64Array;
  readonly #below: Float64Array;
  readonly #on: Uint8Array;
  /** Expected raw output over the covers' rows. */
  readonly base: number;

  constructor(trees: TreeEnsemble, covers: Covers) {
    const nodes = nodeCount(trees);
    this.#trees = trees;
    this.#parent = parents(trees);
    this.#points = Math.max(1, Math.ceil(deepestFeatureCount(trees) / 2));
    this.#before = Int32Array.from(this.#parent, (p, n) => this.#splitBefore(p, n));
    this.#share = Float64Array.from(this.#parent, (p, n) => shareOf(covers.values, p, n));
    const size = nodes * this.#points;
    if (size > MOST_ENTRIES) throw new ScoredeskError('method-unsupported', { method: 'path' });
    this.#stayFactor = new Float64Array(size);
    this.#leaveFactor = new Float64Array(size);
    this.#stayBook = new Float64Array(size);
    this.#leaveBook = new Float64Array(size);
    this.#tabulate();
    const largest = largestTree(trees);
    this.#product = new Float64Array(largest * this.#points);
    this.#below = new Float64Array(largest * this.#points);
    this.#on = new Uint8Array(largest);
    this.base = trees.base + this.#expectation();
  }

  /** Adds the contributions of one row of features at `offset` into `out[outOffset + feature]`. */
  addRow(features: Float64Array, offset: number, out: Float64Array, outOffset: number): void {
    const { roots } = this.#trees;
    for (let t = 0; t + 1 < roots.length; t++) {
      if (roots[t + 1] - roots[t] < 2) continue;
      this.#down(roots[t], roots[t + 1], features, offset);
      this.#up(roots[t], roots[t + 1], out, outOffset);
    }
  }

  /** The node whose incoming split tested the same feature before: child of that ancestor, on this path. */
  #splitBefore(p: number, n: number): number {
    if (p === n) return -1;
    const ancestor = sameFeatureAbove(this.#trees, this.#parent, p);
    if (ancestor < 0) return -1;
    let child = p;
    while (this.#parent[child] !== ancestor) child = this.#parent[child];
    return child;
  }

  #tabulate(): void {
    const { points, weights } = gaussLegendre(this.#points);
    const q = this.#points;
    const z = new Float64Array(this.#parent.length);
    for (let n = 0; n < z.length; n++) {
      if (this.#parent[n] === n) continue;
      const before = this.#before[n];
      const zBefore = before < 0 ? 1 : z[before];
      z[n] = zBefore * this.#share[n];
      for (let k = 0; k < q; k++) {
        const t = points[k];
        const above = t + zBefore * (1 - t);
        const stay = t + z[n] * (1 - t);
        const bookedAbove = (weights[k] * (1 - zBefore)) / above;
        this.#stayFactor[n * q + k] = stay / above;
        this.#leaveFactor[n * q + k] = (z[n] * (1 - t)) / above;
        this.#stayBook[n * q + k] = (weights[k] * (1 - z[n])) / stay - bookedAbove;
        this.#leaveBook[n * q + k] = -weights[k] / (1 - t) - bookedAbove;
      }
    }
  }

  #down(root: number, end: number, features: Float64Array, offset: number): void {
    const trees = this.#trees;
    const q = this.#points;
    const product = this.#product;
    const on = this.#on;
    on[0] = 1;
    product.fill(1, 0, q);
    for (let n = root + 1; n < end; n++) {
      const p = this.#parent[n];
      const before = this.#before[n];
      const wasOn = before < 0 || on[before - root] === 1;
      const follows = wasOn && goesYes(trees, p, features[offset + trees.feature[p]]) === (n === p + 1);
      on[n - root] = follows ? 1 : wasOn ? 0 : 2;
      const to = (n - root) * q;
      const from = (p - root) * q;
      if (wasOn) {
        const factor = follows ? this.#stayFactor : this.#leaveFactor;
        for (let k = 0; k < q; k++) product[to + k] = product[from + k] * factor[n * q + k];
      } else {
        const share = this.#share[n];
        for (let k = 0; k < q; k++) product[to + k] = product[from + k] * share;
      }
    }
  }

  #up(root: number, end: number, out: Float64Array, outOffset: number): void {
    const { feature, value } = this.#trees;
    const q = this.#points;
    const below = this.#below;
    const product = this.#product;
    below.fill(0, 0, (end - root) * q);
    for (let n = end - 1; n > root; n--) {
      const at = (n - root) * q;
      if (feature[n] < 0) for (let k = 0; k < q; k++) below[at + k] = value[n] * product[at + k];
      const p = this.#parent[n];
      const to = (p - root) * q;
      for (let k = 0; k < q; k++) below[to + k] += below[at + k];
      const state = this.#on[n - root];
      if (state === 2) continue;
      const book = state === 1 ? this.#stayBook : this.#leaveBook;
      let sum = 0;
      for (let k = 0; k < q; k++) sum += book[n * q + k] * below[at + k];
      out[outOffset + feature[p]] += sum;
    }
  }

  #expectation(): number {
    const { value } = this.#trees;
    const reach = new Float64Array(value.length);
    let sum = 0;
    for (let n = 0; n < reach.length; n++) {
      reach[n] = this.#parent[n] === n ? 1 : reach[this.#parent[n]] * this.#share[n];
      sum += value[n] * reach[n];
    }
    return sum;
  }
}

/** Share of a split that no training row reached: none, on both sides. */
function shareOf(covers: Float64Array, parent: number, node: number): number {
  return covers[parent] > 0 ? covers[node] / covers[parent] : 0;
}

function largestTree({ roots }: TreeEnsemble): number {
  let largest = 1;
  for (let t = 0; t + 1 < roots.length; t++) largest = Math.max(largest, roots[t + 1] - roots[t]);
  return largest;
}
