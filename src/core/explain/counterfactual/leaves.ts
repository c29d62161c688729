import { upperBound } from '../../stats/search';
import type { LinearModel } from '../../model/linear';
import { goesYes, type TreeEnsemble } from '../../model/trees';
import type { Lever } from './lever';
import { turnOf, type Moves, type Turn } from './moves';

/**
 * Where a client can get to in a model by moving few levers: of each tree the leaves, each with what it asks of the levers.
 * A linear model is a tree a lever here, each value with a leaf of its own.
 */
export interface Leaf {
  tree: number;
  value: number;
  /** Levers that must move to get there, as `setKey` writes them; 0 for the leaf of the client as it is. */
  key: number;
  asks: readonly Ask[];
}

/** What a leaf asks of a lever: `from` < value <= `to`; of an unordered one the values whose bits are set. */
export interface Ask {
  lever: number;
  from: number;
  to: number;
  bits: number;
}

/** Of an unordered lever's bits the one of the current value; those of its values are 0, 1, … */
export const CURRENT_BIT = 1 << 30;
const ALL_BITS = 0x7fffffff;
/** More than any bundle has columns: three places fit into a double. */
const PLACE = 32_768;

/** A set of at most three levers, ascending, as one number. */
export const setKey = (levers: readonly number[]): number =>
  levers.reduceRight((key, lever) => key * PLACE + lever + 1, 0);

/** Leaves that are at most `most` moves away. */
export function leavesOf(predictor: TreeEnsemble | LinearModel, moves: Moves, most: number): Leaf[] {
  return predictor.kind === 'trees'
    ? new Walk(predictor, moves, most).leaves()
    : linearLeaves(predictor, moves);
}

class Walk {
  readonly #trees: TreeEnsemble;
  readonly #moves: Moves;
  readonly #most: number;
  readonly #from: Float64Array;
  readonly #to: Float64Array;
  readonly #bits: Int32Array;
  /** Levers that have moved, in the order in which they did; and those that have been asked anything. */
  readonly #moved: number[] = [];
  readonly #asked: number[] = [];
  readonly #turns = new Map<number, Map<number, Turn>>();
  readonly #leaves: Leaf[] = [];
  #tree = 0;

  constructor(trees: TreeEnsemble, moves: Moves, most: number) {
    this.#trees = trees;
    this.#moves = moves;
    this.#most = most;
    const count = moves.levers.length;
    this.#from = new Float64Array(count).fill(-Infinity);
    this.#to = new Float64Array(count).fill(Infinity);
    this.#bits = new Int32Array(count).fill(ALL_BITS);
  }

  leaves(): Leaf[] {
    const { roots } = this.#trees;
    for (this.#tree = 0; this.#tree + 1 < roots.length; this.#tree++) this.#visit(roots[this.#tree]);
    return this.#leaves;
  }

  #visit(node: number): void {
    const feature = this.#trees.feature[node];
    if (feature < 0) {
      this.#arrive(node);
      return;
    }
    const own = this.#moves.leversOf[feature];
    const answer = goesYes(this.#trees, node, this.#moves.still(feature));
    if (own.length === 0) {
      this.#visit(this.#child(node, answer));
      return;
    }
    const moved = own.find((lever) => this.#moved.includes(lever));
    // The other levers of the feature stay while this one moves.
    if (moved !== undefined) {
      this.#via(node, [moved], true);
      this.#via(node, [moved], false);
      return;
    }
    this.#via(node, own, answer);
    for (const lever of own) this.#via(node, [lever], !answer);
  }

  #child = (node: number, yes: boolean): number => (yes ? node + 1 : this.#trees.no[node]);

  /** Goes one way, with these levers held to what that asks of them; back as it was. */
  #via(node: number, levers: readonly number[], yes: boolean): void {
    const before = levers.map((lever) => [this.#from[lever], this.#to[lever], this.#bits[lever]] as const);
    const [moved, asked] = [this.#moved.length, this.#asked.length];
    if (levers.every((lever) => this.#narrow(node, lever, yes))) this.#visit(this.#child(node, yes));
    this.#moved.length = moved;
    this.#asked.length = asked;
    levers.forEach((lever, i) => {
      [this.#from[lever], this.#to[lever], this.#bits[lever]] = before[i];
    });
  }

  /** @returns whether anything that the client may be is left */
  #narrow(node: number, lever: number, yes: boolean): boolean {
    if (!this.#asked.includes(lever)) this.#asked.push(lever);
    const { ordered } = this.#moves.levers[lever];
    if (ordered) this.#narrowRange(node, lever, yes);
    else this.#bits[lever] &= this.#bitsOf(node, lever, yes);
    if (this.#isAtCurrent(lever)) return true;
    if (!this.#moved.includes(lever)) this.#moved.push(lever);
    return this.#moved.length <= this.#most && this.#mayBe(lever);
  }

  #narrowRange(node: number, lever: number, yes: boolean): void {
    const { at, left } = this.#turn(node, lever);
    if (yes === left) this.#to[lever] = Math.min(this.#to[lever], at);
    else this.#from[lever] = Math.max(this.#from[lever], at);
  }

  #turn(node: number, lever: number): Turn {
    const moves = this.#moves;
    const feature = this.#trees.feature[node];
    const plain = moves.plain(feature, lever);
    const find = () =>
      turnOf(this.#trees, node, moves.levers[lever], (x) => moves.at(feature, lever, x), plain);
    if (plain) return find();
    const key = feature * moves.levers.length + lever;
    const known = this.#turns.get(key) ?? new Map<number, Turn>();
    this.#turns.set(key, known);
    const threshold = this.#trees.threshold[node];
    const turn = known.get(threshold) ?? find();
    known.set(threshold, turn);
    return turn;
  }

  #bitsOf(node: number, lever: number, yes: boolean): number {
    const feature = this.#trees.feature[node];
    const { values, current } = this.#moves.levers[lever];
    const goes = (value: number) => goesYes(this.#trees, node, this.#moves.at(feature, lever, value)) === yes;
    let bits = goes(current) ? CURRENT_BIT : 0;
    for (let i = 0; i < values.length; i++) if (goes(values[i])) bits |= 1 << i;
    return bits;
  }

  #isAtCurrent(lever: number): boolean {
    const { ordered, current } = this.#moves.levers[lever];
    return ordered
      ? current > this.#from[lever] && current <= this.#to[lever]
      : (this.#bits[lever] & CURRENT_BIT) !== 0;
  }

  #mayBe(lever: number): boolean {
    const { ordered, values } = this.#moves.levers[lever];
    if (!ordered) return (this.#bits[lever] & ((1 << values.length) - 1)) !== 0;
    const first = upperBound(values, this.#from[lever]);
    return first < values.length && values[first] <= this.#to[lever];
  }

  #arrive(node: number): void {
    const asks = this.#asked.map((lever) => ({
      lever,
      from: this.#from[lever],
      to: this.#to[lever],
      bits: this.#bits[lever],
    }));
    const key = setKey([...this.#moved].sort((a, b) => a - b));
    this.#leaves.push({ tree: this.#tree, value: this.#trees.value[node], key, asks });
  }
}

/** A leaf for each value that a lever may take, worth what the lever's features are then together. */
function linearLeaves({ weights }: LinearModel, moves: Moves): Leaf[] {
  return moves.levers.flatMap((lever, l) => {
    const own = moves.leversOf.flatMap((levers, feature) => (levers.includes(l) ? [feature] : []));
    const worth = (value: number) =>
      own.reduce((sum, feature) => sum + weights[feature] * moves.at(feature, l, value), 0);
    const here = { tree: l, key: 0, value: worth(lever.current) };
    return lever.ordered ? rangesAround(lever, l, worth, here) : bitsApart(lever, l, worth, here);
  });
}

type Worth = (value: number) => number;
type Here = Pick<Leaf, 'tree' | 'key' | 'value'>;

/** Between two values the sum lies between theirs: what holds at all of them holds all along. */
function rangesAround({ values, current }: Lever, lever: number, worth: Worth, here: Here): Leaf[] {
  const points = [...values, current].sort((a, b) => a - b);
  return points.map((point, i) => {
    const from = i === 0 ? -Infinity : points[i - 1];
    const to = i + 1 === points.length ? Infinity : point;
    const leaf = point === current ? here : { tree: lever, key: setKey([lever]), value: worth(point) };
    return { ...leaf, asks: [{ lever, from, to, bits: ALL_BITS }] };
  });
}

function bitsApart({ values }: Lever, lever: number, worth: Worth, here: Here): Leaf[] {
  const ask = (bits: number) => [{ lever, from: -Infinity, to: Infinity, bits }];
  const others = Array.from(values, (value, i) => ({
    tree: lever,
    key: setKey([lever]),
    value: worth(value),
    asks: ask(1 << i),
  }));
  return [{ ...here, asks: ask(CURRENT_BIT) }, ...others];
}
