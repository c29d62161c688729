import { goesYes, type TreeEnsemble } from '../model/trees';
import { questionsOf, type Questions } from '../model/leaves';
import type { Group, Plan, SplitPlan } from './treePlan';

/** Rows that pass all trees together: so many that a tree's tables are worth fetching, so few that they stay near. */
export const BLOCK = 1024;
/** From one column to the next: no power of two, which would put all columns in the same few cache lines. */
export const STRIDE = BLOCK + 24;

/** What is done with the patterns of a block's rows at one group. */
export type Visit = (group: Group, patterns: Uint16Array, count: number) => void;

/**
 * The bit patterns (`treePlan.ts`) of a block of rows at every group of a tree.
 *
 * Rows are held column by column, and every inner loop runs over consecutive memory with no branch that
 * depends on a value: one comparison a row and split, whatever the way the row takes.
 */
export class BlockPatterns {
  readonly #trees: TreeEnsemble;
  readonly #width: number;
  readonly #columns: Float64Array;
  readonly #root = new Uint16Array(BLOCK);
  readonly #questions: Questions;
  /** Patterns of the two children of the split at each level. */
  readonly #levels: { yes: Uint16Array; no: Uint16Array }[] = [];
  #count = 0;

  constructor(trees: TreeEnsemble, width: number) {
    this.#trees = trees;
    this.#questions = questionsOf(trees);
    this.#width = width;
    this.#columns = new Float64Array(width * STRIDE);
  }

  /** Takes rows [from, from + count) of row-major features, at most BLOCK. */
  load(features: Float64Array, from: number, count: number): void {
    const width = this.#width;
    for (let i = 0; i < count; i++)
      for (let j = 0, at = (from + i) * width; j < width; j++)
        this.#columns[j * STRIDE + i] = features[at + j];
    this.#count = count;
  }

  walk(plan: Plan, visit: Visit): void {
    this.#root.fill(0);
    this.#descend(plan, this.#root, 0, visit);
  }

  #descend(plan: Plan, patterns: Uint16Array, level: number, visit: Visit): void {
    if (plan.kind === 'group') {
      for (const { node, bit } of plan.splits) this.#decide(node, patterns, bit);
      visit(plan, patterns, this.#count);
      return;
    }
    const below = (this.#levels[level] ??= { yes: new Uint16Array(BLOCK), no: new Uint16Array(BLOCK) });
    const question = this.#ask(plan.node);
    if (question) follow(this.#columns, question, plan, patterns, below.yes, below.no, BLOCK);
    else this.#followEach(plan, patterns, below.yes, below.no);
    this.#descend(plan.yes, below.yes, level + 1, visit);
    this.#descend(plan.no, below.no, level + 1, visit);
  }

  /** Sets the bit of every row that goes to the node's yes child. */
  #decide(node: number, patterns: Uint16Array, bit: number): void {
    const question = this.#ask(node);
    if (question) mark(this.#columns, question, patterns, bit, BLOCK);
    else for (let i = 0; i < this.#count; i++) patterns[i] |= this.#goesYes(node, i) << bit;
  }

  #followEach({ node, bit, again }: SplitPlan, above: Uint16Array, yes: Uint16Array, no: Uint16Array): void {
    const own = 1 << bit;
    for (let i = 0; i < this.#count; i++) {
      const followed = this.#goesYes(node, i);
      const pattern = again ? above[i] : above[i] | own;
      yes[i] = followed ? pattern : pattern & ~own;
      no[i] = followed ? pattern & ~own : pattern;
    }
  }

  #goesYes(node: number, row: number): number {
    const start = this.#trees.feature[node] * STRIDE;
    return Number(goesYes(this.#trees, node, this.#columns[start + row]));
  }

  /** What a split asks of a column; null where it asks for one of a set of codes. */
  #ask(node: number): Question | null {
    const { feature, sign, bound } = this.#questions;
    if (this.#trees.set[node] >= 0) return null;
    const turned = sign[node] < 0 ? 1 : 0;
    return { start: feature[node] * STRIDE, sign: sign[node], bound: bound[node], turned };
  }
}

/** `sign * x <= bound` over the column at `start`; the answer means no where it is turned. */
interface Question {
  start: number;
  sign: number;
  bound: number;
  turned: number;
}

// `count` is a multiple of four: rows beyond the last one are done too.

function mark(values: Float64Array, question: Question, out: Uint16Array, bit: number, count: number): void {
  const { start, sign, bound, turned } = question;
  for (let i = 0; i < count; i += 4) {
    out[i] |= (Number(sign * values[start + i] <= bound) ^ turned) << bit;
    out[i + 1] |= (Number(sign * values[start + i + 1] <= bound) ^ turned) << bit;
    out[i + 2] |= (Number(sign * values[start + i + 2] <= bound) ^ turned) << bit;
    out[i + 3] |= (Number(sign * values[start + i + 3] <= bound) ^ turned) << bit;
  }
}

/** The split's player follows on one side: a new bit, or its bit where it followed higher up as well. */
function follow(
  values: Float64Array,
  question: Question,
  { bit, again }: SplitPlan,
  above: Uint16Array,
  yes: Uint16Array,
  no: Uint16Array,
  count: number,
): void {
  const { start, sign, bound, turned } = question;
  const own = 1 << bit;
  const others = ~own;
  const fresh = again ? 0 : own;
  for (let i = 0; i < count; i += 2) {
    const first = (Number(sign * values[start + i] <= bound) ^ turned) << bit;
    const second = (Number(sign * values[start + i + 1] <= bound) ^ turned) << bit;
    const a = above[i] | fresh;
    const b = above[i + 1] | fresh;
    yes[i] = a & (others | first);
    no[i] = a & ~first;
    yes[i + 1] = b & (others | second);
    no[i + 1] = b & ~second;
  }
}
