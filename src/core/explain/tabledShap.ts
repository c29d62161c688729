import type { TreeEnsemble } from '../model/trees';
import { BLOCK, BlockPatterns, STRIDE } from './blockPatterns';
import { tableRoom, type GroupTables } from './groupTables';
import type { Group, Plan } from './treePlan';

/**
 * Tree SHAP of many rows, exact, by tables over bit patterns (`leafGame.ts`): a row costs a few looks a
 * tree, whatever the background was. Rows pass in blocks, so that memory does not grow with them.
 */
export class TabledShap {
  readonly #plans: readonly Plan[];
  readonly #first: GroupTables['first'];
  readonly #block: BlockPatterns;
  readonly #width: number;
  /** Contributions of one block, column by column, and their address. */
  readonly #sums: Float64Array;
  readonly #sumsAt: number;
  readonly #tablesAt: number;
  /** Expected output of the trees. */
  readonly base: number;

  /**
   * @param width features of a row; players are named by features
   * @param fill fills in the tables, where they will be looked at
   */
  constructor(
    trees: TreeEnsemble,
    plans: readonly Plan[],
    width: number,
    fill: (tables: Float64Array) => GroupTables,
  ) {
    this.#plans = plans;
    this.#width = width;
    const room = tableRoom(plans);
    this.#block = new BlockPatterns(trees, plans, width, 8 * (width * STRIDE + room));
    this.#sumsAt = this.#block.beside;
    this.#tablesAt = this.#sumsAt + 8 * width * STRIDE;
    const { buffer } = this.#block.kernel;
    this.#sums = new Float64Array(buffer, this.#sumsAt, width * STRIDE);
    const { first, base } = fill(new Float64Array(buffer, this.#tablesAt, room));
    this.#first = first;
    this.base = base;
  }

  /** Adds the contributions of row-major features [rows, width] into `out`, of the same shape. */
  addRows(features: Float64Array, rows: number, out: Float64Array): void {
    const look = (group: Group, patterns: number): void => this.#look(group, patterns);
    for (let from = 0; from < rows; from += BLOCK) {
      const count = Math.min(BLOCK, rows - from);
      this.#block.load(features, from, count);
      this.#sums.fill(0);
      for (const plan of this.#plans) this.#block.walk(plan, look);
      this.#unload(from, count, out);
    }
  }

  #look(group: Group, patterns: number): void {
    const { kernel } = this.#block;
    let table = this.#tablesAt + 8 * (this.#first.get(group) as number);
    for (const player of group.players) {
      kernel.add(table, patterns, this.#sumsAt + 8 * STRIDE * player);
      table += 8 << group.bits;
    }
  }

  #unload(from: number, count: number, out: Float64Array): void {
    const width = this.#width;
    for (let i = 0; i < count; i++)
      for (let j = 0, at = (from + i) * width; j < width; j++) out[at + j] += this.#sums[j * STRIDE + i];
  }
}
