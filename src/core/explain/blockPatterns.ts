import { goesYes, type TreeEnsemble } from '../model/trees';
import { BLOCK, patternKernel, type PatternKernel } from './kernel/patterns';
import { ranksOf, type Ranks, type Scale } from './ranks';
import type { Group, Plan, SplitPlan } from './treePlan';

export { BLOCK };

/** From one column of sums to the next: no power of two, which would put all columns in the same few cache lines. */
export const STRIDE = BLOCK + 24;

/** What is done with the patterns of a block's rows at one group; `at` is their address in the kernel's memory. */
export type Visit = (group: Group, at: number) => void;

/**
 * The bit patterns (`treePlan.ts`) of a block of rows at every group of a tree.
 *
 * Rows are held as ranks, column by column, and every inner loop runs over consecutive memory with no branch that
 * depends on a value: one comparison a row and split, whatever the way the row takes.
 */
export class BlockPatterns {
  readonly kernel: PatternKernel;
  /** Where the bytes begin that were asked for beside. */
  readonly beside: number;
  /** Rows of the block. */
  count = 0;
  readonly #trees: TreeEnsemble;
  readonly #width: number;
  readonly #ranks: Ranks;
  readonly #at: Layout;
  readonly #values: Float64Array;
  readonly #answers: Uint16Array;
  readonly #root: Uint16Array;
  #features: Float64Array = new Float64Array(0);
  #from = 0;

  /** @param beside bytes of the same memory for what is looked up by the patterns */
  constructor(trees: TreeEnsemble, plans: readonly Plan[], width: number, beside = 0) {
    this.#trees = trees;
    this.#width = width;
    this.#ranks = ranksOf(trees);
    const levels = Math.max(0, ...plans.map(splitsAbove));
    this.#at = layOut(this.#ranks.scales, levels);
    this.beside = this.#at.end;
    this.kernel = patternKernel(this.#at.end + beside);
    const { buffer } = this.kernel;
    this.#values = new Float64Array(buffer, this.#at.values, BLOCK);
    this.#answers = new Uint16Array(buffer, this.#at.answers, BLOCK);
    this.#root = new Uint16Array(buffer, this.#at.patterns, BLOCK);
    this.#ranks.scales.forEach(({ bounds }, scale) =>
      new Float64Array(buffer, this.#at.bounds[scale], sizeOf(bounds)).fill(Infinity).set(bounds),
    );
  }

  /** Takes rows [from, from + count) of row-major features, at most BLOCK. */
  load(features: Float64Array, from: number, count: number): void {
    this.#features = features;
    this.#from = from;
    this.count = count;
    const { values, bounds, ranks } = this.#at;
    this.#ranks.scales.forEach((scale, k) => {
      for (let i = 0, at = from * this.#width + scale.feature; i < count; i++, at += this.#width)
        this.#values[i] = features[at];
      const rank = scale.turned ? 'rankFrom' : 'rankAbove';
      this.kernel[rank](values, bounds[k], sizeOf(scale.bounds), ranks + 2 * BLOCK * k);
    });
  }

  walk(plan: Plan, visit: Visit): void {
    this.#root.fill(0);
    this.#descend(plan, this.#at.patterns, 0, visit);
  }

  #descend(plan: Plan, patterns: number, level: number, visit: Visit): void {
    if (plan.kind === 'group') {
      for (const { node, bit } of plan.splits)
        this.kernel.mark(this.#ranksAt(node), this.#most(node), patterns, 1 << bit);
      visit(plan, patterns);
      return;
    }
    const yes = this.#at.patterns + 2 * BLOCK * (2 * level + 1);
    const no = yes + 2 * BLOCK;
    this.#follow(plan, patterns, yes, no);
    this.#descend(plan.yes, yes, level + 1, visit);
    this.#descend(plan.no, no, level + 1, visit);
  }

  /** The split's player follows on one side: a new bit, or its bit where it followed higher up as well. */
  #follow({ node, bit, again }: SplitPlan, above: number, yes: number, no: number): void {
    const own = 1 << bit;
    this.kernel.follow(this.#ranksAt(node), this.#most(node), above, again ? 0 : own, own, yes, no);
  }

  /** Address of the ranks that a split is asked by: those of its scale, else its own answers. */
  #ranksAt(node: number): number {
    const scale = this.#ranks.scale[node];
    if (scale >= 0) return this.#at.ranks + 2 * BLOCK * scale;
    for (let i = 0, at = this.#from * this.#width + this.#trees.feature[node]; i < this.count; i++) {
      this.#answers[i] = goesYes(this.#trees, node, this.#features[at]) ? 1 : 2;
      at += this.#width;
    }
    return this.#at.answers;
  }

  #most(node: number): number {
    return this.#ranks.scale[node] < 0 ? 1 : this.#ranks.most[node];
  }
}

/** Splits that are asked one by one before the first group, on the longest way. */
const splitsAbove = (plan: Plan): number =>
  plan.kind === 'group' ? 0 : 1 + Math.max(splitsAbove(plan.yes), splitsAbove(plan.no));

/** The power of two above the number of bounds. */
const sizeOf = ({ length }: Float64Array): number => 1 << (32 - Math.clz32(length));

/** Addresses in bytes. */
interface Layout {
  values: number;
  bounds: number[];
  ranks: number;
  answers: number;
  /** The root's patterns, then those of the two children at each level. */
  patterns: number;
  end: number;
}

function layOut(scales: readonly Scale[], levels: number): Layout {
  let end = 0;
  const take = (bytes: number): number => (end += bytes) - bytes;
  return {
    values: take(8 * BLOCK),
    bounds: scales.map(({ bounds }) => take(8 * sizeOf(bounds))),
    ranks: take(2 * BLOCK * scales.length),
    answers: take(2 * BLOCK),
    patterns: take(2 * BLOCK * (2 * levels + 1)),
    // Evaluated last: what all of it takes.
    end,
  };
}
