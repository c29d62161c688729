import type { TreeEnsemble } from '../model/trees';
import { BLOCK, BlockPatterns, STRIDE } from './blockPatterns';
import type { GroupTables } from './groupTables';
import type { Group, Plan } from './treePlan';

/**
 * Tree SHAP of many rows, exact, by tables over bit patterns (`leafGame.ts`): a row costs a few looks a
 * tree, whatever the background was. Rows pass in blocks, so that memory does not grow with them.
 */
export class TabledShap {
  readonly #plans: readonly Plan[];
  readonly #tables: GroupTables;
  readonly #block: BlockPatterns;
  readonly #width: number;
  /** Contributions of one block, column by column. */
  readonly #sums: Float64Array;

  /** @param width features of a row; players are named by features */
  constructor(trees: TreeEnsemble, plans: readonly Plan[], width: number, tables: GroupTables) {
    this.#plans = plans;
    this.#tables = tables;
    this.#width = width;
    this.#block = new BlockPatterns(trees, width);
    this.#sums = new Float64Array(width * STRIDE);
  }

  /** Adds the contributions of row-major features [rows, width] into `out`, of the same shape. */
  addRows(features: Float64Array, rows: number, out: Float64Array): void {
    for (let from = 0; from < rows; from += BLOCK) {
      const count = Math.min(BLOCK, rows - from);
      this.#block.load(features, from, count);
      this.#sums.fill(0);
      for (const plan of this.#plans)
        this.#block.walk(plan, (group, patterns) => this.#look(group, patterns));
      this.#unload(from, count, out);
    }
  }

  #look(group: Group, patterns: Uint16Array): void {
    const first = this.#tables.first.get(group) as number;
    const size = 1 << group.bits;
    for (let j = 0; j < group.players.length; j++)
      addLooks(this.#tables.values, first + j * size, patterns, this.#sums, group.players[j] * STRIDE, BLOCK);
  }

  #unload(from: number, count: number, out: Float64Array): void {
    const width = this.#width;
    for (let i = 0; i < count; i++)
      for (let j = 0, at = (from + i) * width; j < width; j++) out[at + j] += this.#sums[j * STRIDE + i];
  }
}

function addLooks(
  table: Float64Array,
  first: number,
  patterns: Uint16Array,
  out: Float64Array,
  to: number,
  count: number,
): void {
  for (let i = 0; i < count; i += 4) {
    const a = patterns[i];
    const b = patterns[i + 1];
    const c = patterns[i + 2];
    const d = patterns[i + 3];
    out[to + i] += table[first + a];
    out[to + i + 1] += table[first + b];
    out[to + i + 2] += table[first + c];
    out[to + i + 3] += table[first + d];
  }
}
