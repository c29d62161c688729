import { BLOCK, BlockPatterns } from './blockPatterns';
import type { Covers } from './covers';
import { independentShares, leafValues } from './leafGame';
import {
  groupsOf,
  projection,
  tableEntries,
  type Group,
  type GroupLeaf,
  type Plan,
  type Step,
} from './treePlan';
import type { TreeEnsemble } from '../model/trees';

/** Tables of many groups in one array, in the order in which they are looked at. */
export interface GroupTables {
  values: Float64Array;
  /** First entry of each group: [players, 2^bits], what a row of a pattern gets from all its leaves. */
  first: ReadonlyMap<Group, number>;
  /** Expected output of the trees. */
  base: number;
}

/** Share of the background rows of each pattern over a leaf's players. */
type SharesOf = (group: Group, leaf: GroupLeaf) => Float64Array;

/** Tables of path-dependent SHAP: each player follows with its covers' share, independently of the others. */
export function pathTables(trees: TreeEnsemble, plans: readonly Plan[], { values }: Covers): GroupTables {
  const share = (splits: readonly Step[]) =>
    splits.reduce(
      (product, { node, child }) => (values[node] > 0 ? (product * values[child]) / values[node] : 0),
      1,
    );
  return tabulate(trees, plans, (_, leaf) =>
    independentShares(leaf.players.map(({ splits }) => share(splits))),
  );
}

/** Tables of interventional SHAP over rows [rows, width] of features: their patterns are counted once. */
export function rowTables(
  trees: TreeEnsemble,
  plans: readonly Plan[],
  background: Float64Array,
  rows: number,
  width: number,
): GroupTables {
  const counts = countPatterns(trees, plans, background, rows, width);
  return tabulate(trees, plans, (group, leaf) => {
    const project = projection(group, leaf);
    const shares = new Float64Array(1 << leaf.players.length);
    (counts.get(group) as Float64Array).forEach(
      (count, pattern) => (shares[project[pattern]] += count / rows),
    );
    return shares;
  });
}

function countPatterns(
  trees: TreeEnsemble,
  plans: readonly Plan[],
  background: Float64Array,
  rows: number,
  width: number,
): Map<Group, Float64Array> {
  const counts = new Map(groupsOf(plans).map((group) => [group, new Float64Array(1 << group.bits)]));
  const block = new BlockPatterns(trees, width);
  for (let from = 0; from < rows; from += BLOCK) {
    block.load(background, from, Math.min(BLOCK, rows - from));
    for (const plan of plans)
      block.walk(plan, (group, patterns, count) => {
        const own = counts.get(group) as Float64Array;
        for (let i = 0; i < count; i++) own[patterns[i]]++;
      });
  }
  return counts;
}

function tabulate(trees: TreeEnsemble, plans: readonly Plan[], sharesOf: SharesOf): GroupTables {
  const values = new Float64Array(plans.reduce((sum, plan) => sum + tableEntries(plan), 0));
  const first = new Map<Group, number>();
  let end = 0;
  let base = 0;
  for (const group of groupsOf(plans)) {
    first.set(group, end);
    const own = values.subarray(end, (end += tableEntries(group)));
    for (const leaf of group.leaves) {
      const shares = sharesOf(group, leaf);
      const value = trees.value[leaf.node];
      addLeaf(group, leaf, value, shares, own);
      // A background row reaches the leaf when it follows every player.
      base += value * shares[shares.length - 1];
    }
  }
  return { values, first, base };
}

function addLeaf(
  group: Group,
  leaf: GroupLeaf,
  value: number,
  shares: Float64Array,
  out: Float64Array,
): void {
  const size = 1 << group.bits;
  const values = leafValues(shares, leaf.players.length);
  const project = projection(group, leaf);
  leaf.players.forEach(({ player }, i) => {
    const to = group.players.indexOf(player) * size;
    const from = i * shares.length;
    for (let pattern = 0; pattern < size; pattern++)
      out[to + pattern] += value * values[from + project[pattern]];
  });
}
