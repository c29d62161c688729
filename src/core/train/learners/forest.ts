import { spreadRandom } from '../../numeric/random';
import { BinnedRows } from '../boosting/binnedRows';
import { ensembleOf, type Ensemble } from '../boosting/ensemble';
import { Grower, slotsFor, type GrownTree } from '../boosting/grow';
import type { Gradients } from '../boosting/gradients';
import { TREE_DEFAULTS, type TreeParams } from '../boosting/params';
import type { TrainRows } from '../data';

export interface ForestParams {
  trees: number;
  /** Rows of a leaf at least. */
  minChildRows: number;
  /** 0: no limit. */
  maxDepth: number;
  /** Share of the columns that a split is chosen of; 0 is the root of their number. */
  columnShare: number;
  bins: number;
  seed: number;
}

export const FOREST_DEFAULTS: ForestParams = {
  trees: 100,
  minChildRows: 1,
  maxDepth: 0,
  columnShare: 0,
  bins: 255,
  seed: 1,
};

/**
 * A random forest (Breiman 2001) of shares: each tree on rows drawn with replacement, each pair of siblings split by columns drawn
 * anew; its raw output is the probability. Splits lower the Gini impurity, by histograms instead of all values.
 */
export class Forest {
  readonly #learned: TrainRows;
  readonly #params: ForestParams;
  readonly #rows: BinnedRows;
  readonly #grower: Grower;
  readonly #random: () => number;
  readonly #mean: number;
  readonly #trees: GrownTree[] = [];

  constructor(learned: TrainRows, params: Partial<ForestParams> = {}) {
    this.#params = { ...FOREST_DEFAULTS, ...params };
    this.#learned = learned;
    const { minChildRows, maxDepth, bins, seed } = this.#params;
    const tree: TreeParams = {
      ...TREE_DEFAULTS,
      grow: 'depth',
      minChildRows,
      minChildWeight: 0,
      maxDepth,
      bins,
      minBinRows: 1,
      categoryL2: 0,
      minCategoryRows: 1,
    };
    const { rows, columns } = learned;
    this.#rows = new BinnedRows(columns, rows, slotsFor(tree, rows), { most: bins, leastRows: 1, seed });
    this.#grower = new Grower(this.#rows, tree);
    this.#random = spreadRandom(seed);
    this.#mean = learned.target.reduce((sum, y) => sum + y, 0) / rows;
  }

  get wanted(): number {
    return this.#params.trees;
  }

  next(): void {
    const { gradients, taking } = this.#drawn();
    const { tree } = this.#grower.grow(gradients, taking, () => this.#someColumns());
    // The share of a leaf without defaults is 0, not what rounding leaves of it on the other side.
    for (const node of tree)
      node.value = Math.min(1, Math.max(0, node.value + this.#mean)) / this.#params.trees;
    this.#trees.push(tree);
  }

  ensemble(): Ensemble {
    return ensembleOf(this.#trees, this.#rows.binnings, 0);
  }

  /** As many rows as there are, drawn with replacement: each counts as often as it was drawn. */
  #drawn(): { gradients: Gradients; taking: Uint32Array } {
    const { rows, target, weights } = this.#learned;
    const times = new Uint32Array(rows);
    for (let i = 0; i < rows; i++) times[Math.floor(this.#random() * rows)]++;
    const second = Float64Array.from(times, (count, row) => count * (weights ? weights[row] : 1));
    // Least squares from the mean: what a split takes away is the Gini impurity's fall.
    const first = second.map((weight, row) => weight * (this.#mean - target[row]));
    const taking = Uint32Array.from(times.keys()).filter((row) => times[row] > 0);
    return { gradients: { first, second }, taking };
  }

  #someColumns(): number[] {
    const all = this.#rows.binnings.length;
    const { columnShare } = this.#params;
    const wanted = columnShare > 0 ? Math.round(columnShare * all) : Math.floor(Math.sqrt(all));
    const left = Array.from({ length: all }, (_, column) => column);
    const picked: number[] = [];
    while (picked.length < Math.max(1, wanted) && left.length > 0)
      picked.push(...left.splice(Math.floor(this.#random() * left.length), 1));
    return picked.sort((a, b) => a - b);
  }
}
