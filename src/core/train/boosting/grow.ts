import type { BinnedRows } from './binnedRows';
import { packGradients, unpacked, type Gradients, type Scales } from './gradients';
import { STRIDE } from './kernel/loops';
import type { TreeParams } from './params';
import {
  bestBounded,
  bestSet,
  leastHessian,
  outputOf,
  scoreOf,
  type SearchedLeaf,
  type SearchUnits,
  type Split,
} from './search';

/** A node of a tree as it grows: by bins. */
export interface GrownNode {
  split: Split | null;
  /** Score that the split takes away beyond the leaf's own, in the loss's unit. */
  gain: number;
  yes: number;
  no: number;
  /** Rows that learned here. */
  rows: number;
  value: number;
}

/** The root comes first. */
export type GrownTree = GrownNode[];

interface Leaf extends SearchedLeaf {
  node: number;
  /** Its rows among those of the memory. */
  from: number;
  depth: number;
  /** Where its histograms are, -1 where it has none. */
  slot: number;
  l2: number;
  split: Split | null;
  /** What the split takes away beyond the leaf as it is. */
  gain: number;
  /** Score that a split has to beat; infinite where the leaf stays one. */
  toBeat: number;
}

/** A tree, and which of the memory's rows lie in each of its leaves. */
export interface Grown {
  tree: GrownTree;
  leaves: readonly Pick<Leaf, 'node' | 'from' | 'rows'>[];
}

/** Which columns a leaf may be split by. */
export type ColumnsOf = () => readonly number[];

/** Histograms that are held at once: of every leaf that may be split next; depth-first, of one larger sibling a level. */
export const slotsFor = ({ grow, leaves }: TreeParams, rows: number): number =>
  grow === 'leaf' ? Math.max(2, leaves) : 32 - Math.clz32(rows) + 2;

/** Grows one tree on the rows of a memory. */
export class Grower {
  readonly #rows: BinnedRows;
  readonly #params: TreeParams;
  readonly #bounded: boolean;
  #units!: SearchUnits;
  #scales!: Scales;
  #tree: GrownTree = [];
  #free: number[] = [];

  constructor(rows: BinnedRows, params: TreeParams) {
    this.#rows = rows;
    this.#params = params;
    this.#bounded = params.monotone.some((direction) => direction !== 0);
  }

  /**
   * @param gradients of all rows
   * @param taking rows that the tree learns from, ascending; copied
   * @param columnsOf asked for each leaf that is searched
   */
  grow(gradients: Gradients, taking: Uint32Array, columnsOf: ColumnsOf): Grown {
    const { at, u32, f64 } = this.#rows;
    u32.set(taking, at.rows / 4);
    this.#tree = [];
    this.#free = Array.from({ length: slotsFor(this.#params, this.#rows.rows) }, (_, slot) => slot).reverse();
    const packed = f64.subarray(at.packed / 8, at.packed / 8 + this.#rows.rows);
    const scales = packGradients(gradients, taking, packed);
    const root = this.#leaf({ from: 0, rows: taking.length, sum: 0, depth: 0, slot: -1 }, this.#params.l2);
    if (!scales) return this.#finished([root], gradients);
    this.#scales = scales;
    this.#units = {
      l1: this.#params.l1 * scales.first,
      l2: this.#params.l2 * scales.second,
      hessian: scales.second,
      params: this.#params,
    };
    root.l2 = this.#units.l2;
    root.slot = this.#free.pop() as number;
    root.sum = this.#count(root);
    this.#search(root, null, columnsOf());
    return this.#finished(this.#splitAll(root, columnsOf), gradients);
  }

  #splitAll(root: Leaf, columnsOf: ColumnsOf): Leaf[] {
    const { grow, leaves: most } = this.#params;
    const open = [root];
    const done: Leaf[] = [];
    for (;;) {
      const leaf = grow === 'leaf' ? takeBest(open) : open.pop();
      if (!leaf) return done;
      const isLast = grow === 'leaf' && open.length + done.length + 2 >= most;
      if (!leaf.split || (grow === 'leaf' && open.length + done.length + 1 >= most)) {
        this.#release(leaf);
        done.push(leaf);
        continue;
      }
      open.push(...this.#split(leaf, leaf.split, isLast, columnsOf));
    }
  }

  /** @returns the children, the smaller one last: depth-first it is the next, and the other one alone waits */
  #split(leaf: Leaf, split: Split, isLast: boolean, columnsOf: ColumnsOf): Leaf[] {
    const yesRows = this.#partition(leaf, split);
    const bounds = this.#boundsBelow(leaf, split);
    const child = (from: number, rows: number, [lower, upper]: readonly [number, number]): Leaf =>
      this.#leaf({ from, rows, sum: 0, depth: leaf.depth + 1, slot: -1, lower, upper }, split.l2);
    const yes = child(leaf.from, yesRows, bounds[0]);
    const no = child(leaf.from + yesRows, leaf.rows - yesRows, bounds[1]);
    const node = this.#tree[leaf.node];
    node.split = split;
    node.gain = (leaf.gain * this.#scales.second) / (this.#scales.first * this.#scales.first);
    [node.yes, node.no] = [yes.node, no.node];
    const [small, large] = yesRows <= no.rows ? [yes, no] : [no, yes];
    const goesOn = !isLast && [small, large].some((one) => this.#mayBeSplit(one));
    if (goesOn) this.#countChildren(leaf, small, large, columnsOf());
    else this.#release(leaf);
    return [large, small];
  }

  #countChildren(leaf: Leaf, small: Leaf, large: Leaf, columns: readonly number[]): void {
    const { kernel, binnings } = this.#rows;
    small.slot = this.#free.pop() as number;
    small.sum = this.#count(small);
    large.slot = leaf.slot;
    large.sum = leaf.sum - small.sum;
    leaf.slot = -1;
    kernel.subtract(this.#rows.slot(large.slot), this.#rows.slot(small.slot), binnings.length);
    this.#search(small, large, columns);
    for (const one of [small, large]) if (!one.split) this.#release(one);
  }

  #release(leaf: Leaf): void {
    if (leaf.slot >= 0) this.#free.push(leaf.slot);
    leaf.slot = -1;
  }

  #mayBeSplit({ rows, depth }: Leaf): boolean {
    const { maxDepth, minChildRows } = this.#params;
    return rows >= 2 * Math.max(1, minChildRows) && (maxDepth === 0 || depth < maxDepth);
  }

  #leaf(known: Pick<Leaf, 'from' | 'rows' | 'sum' | 'depth' | 'slot'> & Partial<Leaf>, l2: number): Leaf {
    this.#tree.push({ split: null, gain: 0, yes: -1, no: -1, rows: known.rows, value: 0 });
    return {
      node: this.#tree.length - 1,
      lower: -Infinity,
      upper: Infinity,
      split: null,
      gain: -Infinity,
      toBeat: Infinity,
      l2,
      ...known,
    };
  }

  #count({ from, rows, slot }: Leaf): number {
    const { kernel, at, groups } = this.#rows;
    const target = this.#rows.slot(slot);
    return kernel.count(at.rows + 4 * from, rows, at.bins, groups, at.packed, at.scratch, target);
  }

  #partition({ from, rows }: Leaf, { column, bin, missingLeft, set }: Split): number {
    const { kernel, at, u8 } = this.#rows;
    const table = u8.subarray(at.table, at.table + 256).fill(0);
    if (set) for (const one of set) table[one] = 1;
    else table.fill(1, 0, bin + 1);
    if (missingLeft) table[255] = 1;
    const columnAt = at.columns + column * this.#rows.rows;
    return kernel.partition(at.rows + 4 * from, rows, columnAt, at.table, at.others);
  }

  /** Looks for the best split of one leaf, or of two siblings. */
  #search(first: Leaf, second: Leaf | null, columns: readonly number[]): void {
    const leaves = [first, second].filter((leaf) => leaf !== null && this.#mayBeSplit(leaf)) as Leaf[];
    const numbers = columns.filter((column) => this.#binning(column).bounds !== null);
    for (const leaf of leaves) leaf.toBeat = this.#scoreToBeat(leaf);
    if (!this.#bounded) this.#searchNumbers(first, second, numbers);
    for (const leaf of leaves)
      for (const column of columns) {
        const binning = this.#binning(column);
        if (binning.bounds && !this.#bounded) continue;
        const best = leaf.split?.score ?? leaf.toBeat;
        const sums = this.#sums(leaf, column);
        const found = binning.bounds
          ? bestBounded(sums, binning, this.#params.monotone[column] ?? 0, leaf, this.#units, best)
          : bestSet(sums, binning, leaf, this.#units, best);
        if (found) leaf.split = { ...found, column };
      }
    for (const leaf of leaves)
      if (leaf.split) leaf.gain = leaf.split.score - scoreOf(leaf.sum, this.#units.l1, this.#units.l2);
  }

  #binning = (column: number) => this.#rows.binnings[column];

  #sums({ slot }: Leaf, column: number): Float64Array {
    const at = this.#rows.histogram(slot, column);
    return this.#rows.f64.subarray(at, at + STRIDE / 8);
  }

  /** Score of the leaf as it is, and what a split has to gain beyond. */
  #scoreToBeat({ sum }: Leaf): number {
    const { first, second } = this.#scales;
    return scoreOf(sum, this.#units.l1, this.#units.l2) + (this.#params.minGain * first * first) / second;
  }

  #searchNumbers(first: Leaf, second: Leaf | null, columns: readonly number[]): void {
    const { kernel, at, i32, f64 } = this.#rows;
    columns.forEach((column, k) => {
      const { bins, hasMissing } = this.#binning(column);
      i32[at.searched / 4 + 2 * k] = column;
      i32[at.searched / 4 + 2 * k + 1] = hasMissing ? -bins : bins;
    });
    const lanes = [first, second ?? first];
    lanes.forEach((leaf, lane) => {
      const wanted = lane === 0 || second ? leaf.toBeat : Infinity;
      const of = [leaf.sum, leastHessian(leaf, this.#units), wanted, this.#units.l2, this.#units.l1];
      of.forEach((value, k) => (f64[at.leaves / 8 + 2 * k + lane] = value));
      i32[at.out / 4 + 4 + 4 * lane] = -1;
    });
    const [one, other] = lanes.map(({ slot }) => this.#rows.slot(slot));
    kernel.best(one, other, at.searched, columns.length, at.leaves, at.out);
    lanes.slice(0, second ? 2 : 1).forEach((leaf, lane) => {
      const told = at.out / 4 + 4 + 4 * lane;
      const [column, bin, side] = [i32[told], i32[told + 1], i32[told + 2]];
      if (column < 0) return;
      const score = f64[at.out / 8 + lane];
      leaf.split = { score, column, bin, missingLeft: side === 1, set: null, l2: this.#units.l2 };
    });
  }

  /** Where a number has to rise or fall, its children's outputs stay on their sides of the middle between them. */
  #boundsBelow(leaf: Leaf, split: Split): readonly [readonly [number, number], readonly [number, number]] {
    const own = [leaf.lower, leaf.upper] as const;
    const direction = this.#params.monotone[split.column] ?? 0;
    if (direction === 0) return [own, own];
    const left = this.#leftSum(leaf, split);
    const [l, r] = [left, leaf.sum - left].map((sum) => {
      const { first, second } = unpacked(sum);
      return Math.min(leaf.upper, Math.max(leaf.lower, outputOf(first, second, this.#units.l1, split.l2)));
    });
    const middle = (l + r) / 2;
    const [below, above] = [[leaf.lower, middle] as const, [middle, leaf.upper] as const];
    return direction > 0 ? [below, above] : [above, below];
  }

  #leftSum(leaf: Leaf, { column, bin, missingLeft }: Split): number {
    const sums = this.#sums(leaf, column);
    let sum = missingLeft ? sums[255] : 0;
    for (let b = 0; b <= bin; b++) sum += sums[b];
    return sum;
  }

  /** Leaf values from the gradients as they were. */
  #finished(leaves: Leaf[], { first, second }: Gradients): Grown {
    const { at, u32 } = this.#rows;
    const scale = this.#scales as Scales | undefined;
    const unit = scale ? scale.second / scale.first : 1;
    for (const leaf of leaves) {
      let [g, h] = [0, 0];
      const start = at.rows / 4 + leaf.from;
      for (let i = start; i < start + leaf.rows; i++) {
        g += first[u32[i]];
        h += second[u32[i]];
      }
      const l2 = scale ? leaf.l2 / scale.second : leaf.l2;
      const output = h + l2 > 0 ? outputOf(g, h, this.#params.l1, l2) : 0;
      this.#tree[leaf.node].value = Math.min(leaf.upper * unit, Math.max(leaf.lower * unit, output));
    }
    return { tree: this.#tree, leaves };
  }
}

/** Takes out the leaf whose split gains most, the first of equals; one without a split when there is no other. */
function takeBest(open: Leaf[]): Leaf | undefined {
  let at = -1;
  for (let i = 0; i < open.length; i++) if (at < 0 || open[i].gain > open[at].gain) at = i;
  return at < 0 ? undefined : open.splice(at, 1)[0];
}
