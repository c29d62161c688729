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
  /** First entry of each group: [players, 2^bits], what a row of a pattern gets from all its leaves. */
  first: ReadonlyMap<Group, number>;
  /** Expected output of the trees. */
  base: number;
}

/** Numbers that the tables of these plans hold. */
export const tableRoom = (plans: readonly Plan[]): number =>
  plans.reduce((sum, plan) => sum + tableEntries(plan), 0);

/** Share of the background rows of each pattern over a leaf's players. */
type SharesOf = (group: Group, leaf: GroupLeaf) => Float64Array;

/** Fills in the tables of path-dependent SHAP: each player follows with its covers' share, independently of the others. */
export function pathTables(
  trees: TreeEnsemble,
  plans: readonly Plan[],
  { values: cover }: Covers,
  into: Float64Array,
): GroupTables {
  const share = (splits: readonly Step[]) =>
    splits.reduce(
      (product, { node, child }) => (cover[node] > 0 ? (product * cover[child]) / cover[node] : 0),
      1,
    );
  return tabulate(trees, plans, into, (_, leaf) =>
    independentShares(leaf.players.map(({ splits }) => share(splits))),
  );
}

/** Fills in the tables of interventional SHAP over rows [rows, width] of features: their patterns are counted once. */
export function rowTables(
  trees: TreeEnsemble,
  plans: readonly Plan[],
  background: Float64Array,
  rows: number,
  width: number,
  into: Float64Array,
): GroupTables {
  const counts = countPatterns(trees, plans, background, rows, width);
  return tabulate(trees, plans, into, (group, leaf) => {
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
  const block = new BlockPatterns(trees, plans, width);
  const { buffer } = block.kernel;
  for (let from = 0; from < rows; from += BLOCK) {
    block.load(background, from, Math.min(BLOCK, rows - from));
    for (const plan of plans)
      block.walk(plan, (group, at) => {
        const own = counts.get(group) as Float64Array;
        const patterns = new Uint16Array(buffer, at, block.count);
        for (const pattern of patterns) own[pattern]++;
      });
  }
  return counts;
}

function tabulate(
  trees: TreeEnsemble,
  plans: readonly Plan[],
  into: Float64Array,
  sharesOf: SharesOf,
): GroupTables {
  const first = new Map<Group, number>();
  let end = 0;
  let base = 0;
  for (const group of groupsOf(plans)) {
    first.set(group, end);
    const own = into.subarray(end, (end += tableEntries(group)));
    for (const leaf of group.leaves) {
      const shares = sharesOf(group, leaf);
      const value = trees.value[leaf.node];
      addLeaf(group, leaf, value, shares, own);
      // A background row reaches the leaf when it follows every player.
      base += value * shares[shares.length - 1];
    }
  }
  return { first, base };
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
  for (let i = 0; i < leaf.players.length; i++) {
    const to = group.players.indexOf(leaf.players[i].player) * size;
    const from = i * shares.length;
    for (let pattern = 0; pattern < size; pattern++)
      out[to + pattern] += value * values[from + project[pattern]];
  }
}
