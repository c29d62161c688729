import { ScoredeskError } from '../errors';
import { gaussLegendre } from '../numeric/quadrature';
import {
  deepestFeatureCount,
  goesYes,
  nodeCount,
  parents,
  sameFeatureAbove,
  treeCount,
  type TreeEnsemble,
} from '../model/trees';
import type { Covers } from './covers';
import { instance } from './kernel/instance';

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
  /** 1 while the row follows the feature's splits, 0 where it has just left, 2 below that. */
  readonly #on: Uint8Array;
  readonly #row: Float64Array;
  readonly #own: Float64Array;
  /** One row's way through all trees, where WebAssembly walks it. */
  readonly #walk: (() => void) | null;
  /** Expected raw output over the covers' rows. */
  readonly base: number;

  constructor(trees: TreeEnsemble, covers: Covers) {
    const nodes = nodeCount(trees);
    this.#trees = trees;
    this.#parent = parents(trees);
    // Two are taken at once: of an odd number, one more that counts nothing.
    const needed = Math.max(1, Math.ceil(deepestFeatureCount(trees) / 2));
    this.#points = needed + (needed % 2);
    this.#before = Int32Array.from(this.#parent, (p, n) => this.#splitBefore(p, n));
    if (nodes * this.#points > MOST_ENTRIES)
      throw new ScoredeskError('method-unsupported', { method: 'path' });
    const width = trees.feature.reduce((most, f) => Math.max(most, f + 1), 0);
    const at = layOut({
      nodes,
      trees: treeCount(trees),
      width,
      points: this.#points,
      largest: largestTree(trees),
    });
    // Which set a code is in is asked in TypeScript.
    const kernel = trees.set.some((set) => set >= 0) ? null : instance(at.end);
    const buffer = kernel?.buffer ?? new ArrayBuffer(at.end);
    const numbers = (from: number, to: number) => new Float64Array(buffer, from, (to - from) / 8);
    this.#share = numbers(at.shares, at.values).map((_, n) => shareOf(covers.values, this.#parent[n], n));
    this.#stayFactor = numbers(at.stayFactor, at.leaveFactor);
    this.#leaveFactor = numbers(at.leaveFactor, at.stayBook);
    this.#stayBook = numbers(at.stayBook, at.leaveBook);
    this.#leaveBook = numbers(at.leaveBook, at.product);
    this.#product = numbers(at.product, at.below);
    this.#below = numbers(at.below, at.row);
    this.#row = numbers(at.row, at.own);
    this.#own = numbers(at.own, at.roots);
    this.#on = new Uint8Array(buffer, at.on, at.end - at.on);
    this.#tabulate(needed);
    if (kernel) this.#hand(buffer, at);
    this.#walk = kernel && (() => (kernel.exports.pathRow as (at: number) => void)(0));
    this.base = trees.base + this.#expectation();
  }

  /** Puts into the kernel's memory what its loops read. */
  #hand(buffer: ArrayBuffer, at: Layout): void {
    const { roots, feature, threshold, missingYes, value } = this.#trees;
    const { shares, values, stayFactor, leaveFactor, stayBook, leaveBook, product, below, on, row, own } = at;
    const head = [treeCount(this.#trees), this.#points, at.roots, at.nodes, at.splits, shares, values];
    new Uint32Array(buffer, 0, 16).set([
      ...head,
      ...[stayFactor, leaveFactor, stayBook, leaveBook, product, below, on, row, own],
    ]);
    new Float64Array(buffer, shares, this.#share.length).set(this.#share);
    new Float64Array(buffer, values, value.length).set(value);
    new Uint32Array(buffer, at.roots, roots.length).set(roots);
    const nodes = new Int32Array(buffer, at.nodes, 4 * feature.length);
    const split = new DataView(buffer, at.splits, 16 * feature.length);
    for (let n = 0; n < feature.length; n++) {
      nodes.set([this.#parent[n], feature[n], this.#before[n]], 4 * n);
      split.setFloat64(16 * n, threshold[n], true);
      split.setUint8(16 * n + 8, missingYes[n]);
    }
  }

  /** Adds the contributions of one row of features at `offset` into `out[outOffset + feature]`. */
  addRow(features: Float64Array, offset: number, out: Float64Array, outOffset: number): void {
    const width = this.#row.length;
    for (let j = 0; j < width; j++) this.#row[j] = features[offset + j];
    this.#own.fill(0);
    if (this.#walk) this.#walk();
    else this.#walkHere();
    for (let j = 0; j < width; j++) out[outOffset + j] += this.#own[j];
  }

  #walkHere(): void {
    const { roots } = this.#trees;
    for (let t = 0; t + 1 < roots.length; t++) {
      if (roots[t + 1] - roots[t] < 2) continue;
      this.#down(roots[t], roots[t + 1]);
      this.#up(roots[t], roots[t + 1]);
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

  /** @param needed points that count: what stands for another one stays 0 */
  #tabulate(needed: number): void {
    const q = this.#points;
    const { points, weights } = gaussLegendre(needed);
    const z = new Float64Array(this.#parent.length);
    for (let n = 0; n < z.length; n++) {
      if (this.#parent[n] === n) continue;
      const before = this.#before[n];
      const zBefore = before < 0 ? 1 : z[before];
      z[n] = zBefore * this.#share[n];
      for (let k = 0; k < needed; k++) {
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

  #down(root: number, end: number): void {
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
      const follows = wasOn && goesYes(trees, p, this.#row[trees.feature[p]]) === (n === p + 1);
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

  #up(root: number, end: number): void {
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
      let even = 0;
      let odd = 0;
      for (let k = 0; k < q; k += 2) {
        even += book[n * q + k] * below[at + k];
        odd += book[n * q + k + 1] * below[at + k + 1];
      }
      this.#own[feature[p]] += even + odd;
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

/** Addresses in bytes, each where the one before ends; the first 64 bytes hold them for the kernel. */
interface Layout {
  shares: number;
  values: number;
  stayFactor: number;
  leaveFactor: number;
  stayBook: number;
  leaveBook: number;
  product: number;
  below: number;
  row: number;
  own: number;
  roots: number;
  nodes: number;
  splits: number;
  on: number;
  end: number;
}

function layOut(size: {
  nodes: number;
  trees: number;
  width: number;
  points: number;
  largest: number;
}): Layout {
  let next = 64;
  const take = (bytes: number): number => (next += 16 * Math.ceil(bytes / 16)) - 16 * Math.ceil(bytes / 16);
  const each = 8 * size.nodes;
  const wide = each * size.points;
  const largest = 8 * size.largest * size.points;
  return {
    shares: take(each),
    values: take(each),
    stayFactor: take(wide),
    leaveFactor: take(wide),
    stayBook: take(wide),
    leaveBook: take(wide),
    product: take(largest),
    below: take(largest),
    row: take(8 * size.width),
    own: take(8 * size.width),
    roots: take(4 * (size.trees + 1)),
    nodes: take(16 * size.nodes),
    splits: take(16 * size.nodes),
    on: take(size.largest),
    end: next,
  };
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
