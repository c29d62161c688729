import { logit, sigmoid } from '../../numeric/functions';
import { spreadRandom } from '../../numeric/random';
import type { TrainRows } from '../data';
import { BinnedRows } from './binnedRows';
import { ensembleOf, type Ensemble } from './ensemble';
import { Grower, slotsFor, type Grown, type GrownTree } from './grow';
import type { Gradients } from './gradients';
import { TREE_DEFAULTS, type TreeParams } from './params';

export interface BoostingParams extends TreeParams {
  trees: number;
  learningRate: number;
  /** Share of the rows that a tree learns from, and of the columns that it may be split by. */
  rowShare: number;
  columnShare: number;
  seed: number;
}

export const BOOSTING_DEFAULTS: BoostingParams = {
  ...TREE_DEFAULTS,
  trees: 100,
  learningRate: 0.1,
  rowShare: 1,
  columnShare: 1,
  seed: 1,
};

/**
 * Gradient boosting of the log loss by histograms (Friedman 2001; Ke et al. 2017, LightGBM). The same bits on every engine, with
 * or without WebAssembly.
 */
export class Boosting {
  readonly #params: BoostingParams;
  readonly #rows: BinnedRows;
  readonly #learned: TrainRows;
  readonly #grower: Grower;
  readonly #random: () => number;
  readonly #base: number;
  readonly #margins: Float64Array;
  readonly #gradients: Gradients;
  readonly #trees: GrownTree[] = [];
  readonly #all: Uint32Array;

  constructor(learned: TrainRows, params: Partial<BoostingParams> = {}) {
    const monotone = learned.columns.map((column) => (column.kind === 'number' ? (column.monotone ?? 0) : 0));
    this.#params = { ...BOOSTING_DEFAULTS, monotone, ...params };
    const { bins: most, minBinRows: leastRows, seed } = this.#params;
    const { rows, columns } = learned;
    this.#learned = learned;
    this.#rows = new BinnedRows(columns, rows, slotsFor(this.#params, rows), { most, leastRows, seed });
    this.#grower = new Grower(this.#rows, this.#params);
    this.#random = spreadRandom(seed);
    this.#base = logit(meanTarget(learned));
    this.#margins = new Float64Array(rows).fill(this.#base);
    this.#gradients = { first: new Float64Array(rows), second: new Float64Array(rows) };
    this.#all = Uint32Array.from({ length: rows }, (_, row) => row);
  }

  get count(): number {
    return this.#trees.length;
  }

  /** Grows one more tree. */
  next(): GrownTree {
    this.#derive();
    const taking = drawn(this.#all, this.#params.rowShare, this.#random);
    const columns = drawn(
      Uint32Array.from(this.#rows.binnings.keys()),
      this.#params.columnShare,
      this.#random,
    );
    const own = [...columns];
    const grown = this.#grower.grow(this.#gradients, taking, () => own);
    for (const node of grown.tree) node.value *= this.#params.learningRate;
    this.#move(grown);
    this.#trees.push(grown.tree);
    return grown.tree;
  }

  /** Trees that are asked for. */
  get wanted(): number {
    return this.#params.trees;
  }

  /** Some of the trees, all of them unless said. */
  ensemble(to = this.#trees.length, from = 0): Ensemble {
    return ensembleOf(this.#trees.slice(from, to), this.#rows.binnings, this.#base);
  }

  #derive(): void {
    const { first, second } = this.#gradients;
    const { target, weights } = this.#learned;
    for (let row = 0; row < first.length; row++) {
      const p = sigmoid(this.#margins[row]);
      const weight = weights ? weights[row] : 1;
      first[row] = weight * (p - target[row]);
      second[row] = weight * p * (1 - p);
    }
  }

  #move({ tree, leaves }: Grown): void {
    if (this.#params.rowShare < 1) {
      for (let row = 0; row < this.#margins.length; row++) this.#margins[row] += this.#valueAt(tree, row);
      return;
    }
    const { u32, at } = this.#rows;
    for (const { node, from, rows } of leaves) {
      const { value } = tree[node];
      for (let i = at.rows / 4 + from, end = i + rows; i < end; i++) this.#margins[u32[i]] += value;
    }
  }

  #valueAt(tree: GrownTree, row: number): number {
    const { u8, at, rows } = this.#rows;
    let node = tree[0];
    while (node.split) {
      const bin = u8[at.columns + node.split.column * rows + row];
      const { set, missingLeft, bin: last } = node.split;
      const goes = set ? set.includes(bin) : bin === 255 ? missingLeft : bin <= last;
      node = tree[goes ? node.yes : node.no];
    }
    return node.value;
  }
}

function meanTarget({ target, weights, rows }: TrainRows): number {
  let [bad, all] = [0, 0];
  for (let row = 0; row < rows; row++) {
    const weight = weights ? weights[row] : 1;
    all += weight;
    bad += weight * target[row];
  }
  return bad / all;
}

/** A share of some numbers, ascending; each has the same chance. */
function drawn(of: Uint32Array, share: number, random: () => number): Uint32Array {
  if (share >= 1) return of;
  const count = Math.max(1, Math.round(share * of.length));
  const picked = new Uint32Array(count);
  for (let k = 0, chosen = 0; chosen < count; k++)
    if ((of.length - k) * random() < count - chosen) picked[chosen++] = of[k];
  return picked;
}
