import { ScoredeskError } from '../errors';
import { addTrees } from '../model/leaves';
import { goesYes, nodeCount, type TreeEnsemble } from '../model/trees';

/** Player of no feature: a leaf's. */
const NONE = -1;

/**
 * Interventional tree SHAP, exact: the average over background rows b of the Shapley values of the game
 * v(S) = f(x in S, b elsewhere).
 *
 * For one tree and one b, only the nodes where x and b part matter. A leaf that needs p features from x
 * and q from b gives each of the p  v (p - 1)! q! / (p + q)!  and takes  v p! (q - 1)! / (p + q)!  from
 * each of the q (Lundberg et al. 2020, algorithm 3). One pass down each tree books both sums where x
 * and b part. O(background x nodes) a row, no covers needed.
 *
 * Players are the user's input columns: features made from one column (a one-hot family) change
 * together, as they do in the data.
 */
export class InterventionalShap {
  readonly #trees: TreeEnsemble;
  readonly #rows: number;
  readonly #width: number;
  /** Player of each node's feature. */
  readonly #player: Int32Array;
  /** First feature of each player: where its contribution is booked. */
  readonly #booked: Int32Array;
  readonly #background: Float64Array;
  /** [node]: 1 where the explained row goes to the yes child. */
  readonly #own: Uint8Array;
  /** Side that a player is on along the current path: 0 none, 1 x, 2 b. */
  readonly #side: Uint8Array;
  #shares: Float64Array;
  #order = 0;
  #row = 0;
  #given = 0;
  #taken = 0;
  #out: Float64Array = new Float64Array(0);
  #outOffset = 0;
  /** Mean output over the background. */
  readonly base: number;

  /**
   * @param background row-major float32 features [rows, players.length]
   * @param players input column of each feature
   * @throws method-unsupported when there is no background
   */
  constructor(trees: TreeEnsemble, background: Float64Array, rows: number, players: Int32Array) {
    if (rows === 0) throw new ScoredeskError('method-unsupported', { method: 'interventional' });
    this.#trees = trees;
    this.#rows = rows;
    this.#background = background;
    this.#width = players.length;
    this.#player = trees.feature.map((feature) => (feature < 0 ? NONE : players[feature]));
    this.#booked = firstOf(players);
    this.#side = new Uint8Array(this.#booked.length);
    this.#own = new Uint8Array(nodeCount(trees));
    this.#shares = new Float64Array(0);
    this.base = meanOutput(trees, background, rows, this.#width);
  }

  /** Adds the contributions of one row of features at `offset` into `out[outOffset + feature]`. */
  addRow(features: Float64Array, offset: number, out: Float64Array, outOffset: number): void {
    const { roots } = this.#trees;
    directionsOf(this.#trees, features, offset, this.#own);
    this.#out = out;
    this.#outOffset = outOffset;
    for (this.#row = 0; this.#row < this.#rows; this.#row++)
      for (let t = 0; t + 1 < roots.length; t++) this.#descend(roots[t], 0, 0);
  }

  /** What the leaves below a node give to players of x's side, and take from those of b's, in #given and #taken. */
  #descend(node: number, p: number, q: number): void {
    const { feature, no, value } = this.#trees;
    const row = this.#row * this.#width;
    while (feature[node] >= 0) {
      const mine = this.#own[node];
      const theirs = goesYes(this.#trees, node, this.#background[row + feature[node]]) ? 1 : 0;
      if (mine !== theirs) {
        const side = this.#side[this.#player[node]];
        if (side === 0) {
          this.#part(node, p, q);
          return;
        }
        node = (side === 1 ? mine : theirs) === 1 ? node + 1 : no[node];
      } else node = mine === 1 ? node + 1 : no[node];
    }
    const leaf = value[node];
    this.#given = p > 0 ? leaf * this.#share(p, q) : 0;
    this.#taken = q > 0 ? leaf * this.#share(q, p) : 0;
  }

  /** x and b part at this node: both ways are gone, one for each side of its player. */
  #part(node: number, p: number, q: number): void {
    const yes = node + 1;
    const no = this.#trees.no[node];
    const mine = this.#own[node] === 1;
    const player = this.#player[node];
    this.#side[player] = 1;
    this.#descend(mine ? yes : no, p + 1, q);
    const given = this.#given;
    const taken = this.#taken;
    this.#side[player] = 2;
    this.#descend(mine ? no : yes, p, q + 1);
    this.#side[player] = 0;
    this.#out[this.#outOffset + this.#booked[player]] += (given - this.#taken) / this.#rows;
    this.#given += given;
    this.#taken += taken;
  }

  /** (p - 1)! q! / (p + q)!, from a table that grows with the longest path met. */
  #share(p: number, q: number): number {
    if (p + q >= this.#order) this.#grow(p + q + 1);
    return this.#shares[p * this.#order + q];
  }

  #grow(atLeast: number): void {
    const order = Math.max(16, 2 * atLeast);
    const shares = new Float64Array(order * order);
    for (let p = 1; p < order; p++) {
      shares[p * order] = 1 / p;
      for (let q = 1; q < order; q++) shares[p * order + q] = (shares[p * order + q - 1] * q) / (p + q);
    }
    this.#shares = shares;
    this.#order = order;
  }
}

function meanOutput(trees: TreeEnsemble, background: Float64Array, rows: number, width: number): number {
  const outputs = new Float64Array(rows);
  addTrees(trees, background, rows, width, outputs);
  return outputs.reduce((sum, output) => sum + output, 0) / rows;
}

function directionsOf(trees: TreeEnsemble, features: Float64Array, offset: number, out: Uint8Array): void {
  const { feature } = trees;
  for (let node = 0; node < feature.length; node++)
    if (feature[node] >= 0) out[node] = goesYes(trees, node, features[offset + feature[node]]) ? 1 : 0;
}

/** First position of each player in the list. */
function firstOf(players: Int32Array): Int32Array {
  const first = new Int32Array(players.reduce((most, player) => Math.max(most, player), -1) + 1);
  for (let j = players.length - 1; j >= 0; j--) first[players[j]] = j;
  return first;
}
