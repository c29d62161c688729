import { emptyTreeLists, treesOf } from '../../model/treeLists';
import type { TreeEnsemble } from '../../model/trees';
import type { Covers } from '../../explain/covers';
import type { Binning } from './bins';
import type { GrownNode, GrownTree } from './grow';

/** Trees by values instead of bins, and how many rows learned at each node. */
export interface Ensemble {
  trees: TreeEnsemble;
  covers: Covers;
  /** Sum of the gains of each column's splits. */
  gains: Float64Array;
}

/** @param base raw output of a row before any tree */
export function ensembleOf(
  grown: readonly GrownTree[],
  binnings: readonly Binning[],
  base: number,
): Ensemble {
  const out = new Flat(binnings);
  for (const tree of grown) out.add(tree);
  return out.finished(base);
}

/** Nodes in preorder, as `TreeEnsemble` has them. */
class Flat {
  readonly #binnings: readonly Binning[];
  readonly #lists = emptyTreeLists();
  readonly #rows: number[] = [];
  readonly #gains: Float64Array;

  constructor(binnings: readonly Binning[]) {
    this.#binnings = binnings;
    this.#gains = new Float64Array(binnings.length);
  }

  add(tree: GrownTree): void {
    this.#lists.roots.push(this.#lists.feature.length);
    // The parent of a `no` child learns where it begins when it is reached.
    const pending: { at: number; parent: number }[] = [{ at: 0, parent: -1 }];
    for (let item = pending.pop(); item; item = pending.pop()) {
      const own = this.#lists.feature.length;
      if (item.parent >= 0) this.#lists.no[item.parent] = own;
      const node = tree[item.at];
      this.#push(node, tree);
      if (node.split) pending.push({ at: node.no, parent: own }, { at: node.yes, parent: -1 });
    }
  }

  #push({ split, rows, value, yes, no, gain }: GrownNode, tree: GrownTree): void {
    this.#rows.push(rows);
    this.#lists.no.push(-1);
    this.#lists.value.push(split ? 0 : value);
    this.#lists.feature.push(split ? split.column : -1);
    if (!split) {
      this.#lists.threshold.push(0);
      this.#lists.set.push(-1);
      this.#lists.missingYes.push(0);
      return;
    }
    this.#gains[split.column] += gain;
    const { bounds, codes, hasMissing } = this.#binnings[split.column];
    // Of a column that was never missing, a gap goes where most rows go.
    const larger = tree[yes].rows >= tree[no].rows;
    this.#lists.missingYes.push(Number(split.set ? false : hasMissing ? split.missingLeft : larger));
    const set = split.set?.map((bin) => codes[bin]);
    const least = set ? Math.min(...set) : 0;
    this.#lists.threshold.push(bounds ? bounds[split.bin] : least);
    this.#lists.set.push(set ? this.#lists.sets.length : -1);
    if (set) this.#lists.sets.push(bitsOf(set, least));
  }

  finished(base: number): Ensemble {
    const trees = treesOf(this.#lists, base);
    const covers: Covers = { kind: 'rows', values: Float64Array.from(this.#rows) };
    return { trees, covers, gains: this.#gains };
  }
}

/** Codes as bits, from the least one on. */
function bitsOf(codes: readonly number[], least: number): Uint32Array {
  const bits = new Uint32Array(((Math.max(...codes) - least) >>> 5) + 1);
  for (const code of codes) bits[(code - least) >>> 5] |= 1 << ((code - least) & 31);
  return bits;
}
