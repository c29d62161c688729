import { gaussLegendre } from '../numeric/quadrature';
import { deepestFeatureCount, goesYes, nodeCount, parents, type TreeEnsemble } from '../model/trees';
import type { Covers } from './covers';

/** A leaf as a game of the features above it. */
interface Leaf {
  value: number;
  /** Distinct features, their shares of the training rows, and of each the nodes that test it with the side that leads here. */
  features: Int32Array;
  shares: Float64Array;
  tests: { node: number; yes: boolean }[][];
}

/**
 * Path-dependent SHAP interaction values of trees, exact: the same as Lundberg et al. (2020), "From local explanations to
 * global understanding", and shap's `shap_interaction_values`.
 *
 * With a leaf's game v · prod_{S} o_i · prod_{not S} z_i as in `PathShap`, the interaction of i and j is
 *
 *     v / 2 · (o_i - z_i) (o_j - z_j) ∫_0^1 prod_{k != i, j} (o_k t + z_k (1 - t)) dt,
 *
 * of which each of the two gets one half; a feature's own effect is what its contribution has left of them. Sums over a row
 * of the matrix are the contributions. O(leaves · d² · d / 2) a row for d distinct features above a leaf.
 */
export class PathInteractions {
  readonly #trees: TreeEnsemble;
  readonly #leaves: readonly Leaf[];
  readonly #points: Float64Array;
  readonly #weights: Float64Array;
  readonly #goes: Uint8Array;
  /** Features of a row. */
  readonly width: number;

  constructor(trees: TreeEnsemble, covers: Covers, width: number) {
    this.#trees = trees;
    this.width = width;
    this.#leaves = leavesOf(trees, covers.values);
    const { points, weights } = gaussLegendre(Math.max(1, Math.ceil(deepestFeatureCount(trees) / 2)));
    this.#points = points;
    this.#weights = weights;
    this.#goes = new Uint8Array(nodeCount(trees));
  }

  /** Adds the interactions of one row of features at `offset` into `out`, row-major [width, width]. */
  addRow(features: Float64Array, offset: number, out: Float64Array): void {
    const trees = this.#trees;
    for (let n = 0; n < this.#goes.length; n++)
      if (trees.feature[n] >= 0)
        this.#goes[n] = goesYes(trees, n, features[offset + trees.feature[n]]) ? 1 : 0;
    for (const leaf of this.#leaves) this.#addLeaf(leaf, out);
  }

  #addLeaf({ value, features, shares, tests }: Leaf, out: Float64Array): void {
    const count = features.length;
    const reached = tests.map((own) => own.every(({ node, yes }) => (this.#goes[node] === 1) === yes));
    // A factor that is 0 at every point: neither this row nor a training row comes here.
    if (reached.some((follows, i) => !follows && shares[i] === 0)) return;
    const difference = reached.map((follows, i) => (follows ? 1 : 0) - shares[i]);
    for (let k = 0; k < this.#points.length; k++) {
      const t = this.#points[k];
      const factors = reached.map((follows, i) => (follows ? t : 0) + shares[i] * (1 - t));
      const product = factors.reduce((a, b) => a * b, this.#weights[k] * value);
      for (let i = 0; i < count; i++) {
        const alone = (product / factors[i]) * difference[i];
        const row = features[i] * this.width;
        out[row + features[i]] += alone;
        for (let j = 0; j < i; j++) {
          const half = (alone / factors[j]) * difference[j] * 0.5;
          out[row + features[j]] += half;
          out[features[j] * this.width + features[i]] += half;
          out[row + features[i]] -= half;
          out[features[j] * this.width + features[j]] -= half;
        }
      }
    }
  }
}

function leavesOf(trees: TreeEnsemble, covers: Float64Array): Leaf[] {
  const parent = parents(trees);
  const leaves: Leaf[] = [];
  for (let n = 0; n < parent.length; n++) {
    if (trees.feature[n] >= 0 || parent[n] === n) continue;
    const above = new Map<number, { share: number; tests: { node: number; yes: boolean }[] }>();
    for (let child = n; parent[child] !== child; child = parent[child]) {
      const node = parent[child];
      const own = above.get(trees.feature[node]) ?? { share: 1, tests: [] };
      own.share *= covers[node] > 0 ? covers[child] / covers[node] : 0;
      own.tests.push({ node, yes: child === node + 1 });
      above.set(trees.feature[node], own);
    }
    const parts = [...above.values()];
    leaves.push({
      value: trees.value[n],
      features: Int32Array.from(above.keys()),
      shares: Float64Array.from(parts, ({ share }) => share),
      tests: parts.map(({ tests }) => tests),
    });
  }
  return leaves;
}
