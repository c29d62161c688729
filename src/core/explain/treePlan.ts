import type { TreeEnsemble } from '../model/trees';

/**
 * How the rows' bit patterns of one tree are found: splits near the root one by one, then groups of leaves.
 *
 * A group is a subtree so small that its splits and the players above it fit one table: a row's pattern
 * holds one bit a player above (the row follows all of that player's splits) and one bit a split inside
 * (the row goes to its yes child). All leaves of a group share one look into one table a player.
 */
export type Plan = SplitPlan | Group;

export interface SplitPlan {
  kind: 'split';
  node: number;
  /** Bit of the node's player among the players above its children. */
  bit: number;
  /** Whether the player has a bit already: its splits higher up. */
  again: boolean;
  yes: Plan;
  no: Plan;
}

export interface Group {
  kind: 'group';
  /** Splits inside, with their bits. */
  splits: readonly { node: number; bit: number }[];
  leaves: readonly GroupLeaf[];
  /** Bits of a pattern. */
  bits: number;
  /** Every player of its leaves. */
  players: readonly number[];
}

export interface GroupLeaf {
  node: number;
  /** What matters for this leaf: for each of its players the bits to look at and what they must be. */
  players: readonly { player: number; care: number; want: number; splits: readonly Step[] }[];
}

/** A split on the way to a leaf, and the child that lies on it. */
export interface Step {
  node: number;
  child: number;
}

/** Patterns of a group are kept to so many bits, unless a single leaf needs more: its tables stay in the nearest cache. */
const GROUP_BITS = 7;
/** A leaf below more players than this is left to the row by row algorithms: its tables would be megabytes. */
const MOST_BITS = 14;

/** The plan of the tree at `root`; null when a leaf lies below more than MOST_BITS players. */
export function planTree(trees: TreeEnsemble, root: number, player: Int32Array): Plan | null {
  return planBelow(trees, player, root, [], []);
}

function planBelow(
  trees: TreeEnsemble,
  player: Int32Array,
  node: number,
  above: readonly number[],
  steps: readonly Step[],
): Plan | null {
  if (above.length > MOST_BITS) return null;
  const inside = splitsBelow(trees, node, GROUP_BITS - above.length);
  if (inside) return groupOf(trees, player, inside, node, above, steps);
  const own = player[node];
  const known = above.indexOf(own);
  const players = known < 0 ? [...above, own] : above;
  const below = (child: number) => planBelow(trees, player, child, players, [...steps, { node, child }]);
  const yes = below(node + 1);
  const no = yes && below(trees.no[node]);
  return no && { kind: 'split', node, bit: players.indexOf(own), again: known >= 0, yes, no };
}

/** The splits of a subtree, none for a leaf; null when there are more than `most`. */
function splitsBelow(trees: TreeEnsemble, node: number, most: number): number[] | null {
  const splits: number[] = [];
  const pending = [node];
  for (let n = pending.pop(); n !== undefined; n = pending.pop()) {
    if (trees.feature[n] < 0) continue;
    if (splits.push(n) > most) return null;
    pending.push(n + 1, trees.no[n]);
  }
  return splits;
}

function groupOf(
  trees: TreeEnsemble,
  player: Int32Array,
  inside: readonly number[],
  root: number,
  above: readonly number[],
  steps: readonly Step[],
): Group {
  const splits = inside.map((node, i) => ({ node, bit: above.length + i }));
  const bitOf = new Map(splits.map(({ node, bit }) => [node, bit]));
  const leaves: GroupLeaf[] = [];
  const visit = (node: number, path: readonly Step[]): void => {
    if (trees.feature[node] < 0) {
      leaves.push({ node, players: leafPlayers(player, bitOf, above, path) });
      return;
    }
    for (const child of [node + 1, trees.no[node]]) visit(child, [...path, { node, child }]);
  };
  visit(root, steps);
  const players = [...new Set(leaves.flatMap((leaf) => leaf.players.map((p) => p.player)))];
  return { kind: 'group', splits, leaves, bits: above.length + splits.length, players };
}

function leafPlayers(
  player: Int32Array,
  bitOf: ReadonlyMap<number, number>,
  above: readonly number[],
  path: readonly Step[],
): GroupLeaf['players'] {
  const own = new Map<number, { player: number; care: number; want: number; splits: Step[] }>();
  for (const step of path) {
    const who = player[step.node];
    const bit = bitOf.get(step.node);
    const entry = own.get(who) ?? { player: who, care: 0, want: 0, splits: [] };
    const mask = 1 << (bit ?? above.indexOf(who));
    entry.care |= mask;
    // Bits of players above say "follows"; bits of splits inside say "goes to the yes child".
    if (bit === undefined || step.child === step.node + 1) entry.want |= mask;
    entry.splits.push(step);
    own.set(who, entry);
  }
  return [...own.values()];
}

/** What each pattern of the group is for one leaf: bit i says whether the row follows its player i. */
export function projection(group: Group, leaf: GroupLeaf): Uint16Array {
  const out = new Uint16Array(1 << group.bits);
  leaf.players.forEach(({ care, want }, i) => {
    for (let p = 0; p < out.length; p++) if ((p & care) === want) out[p] |= 1 << i;
  });
  return out;
}

/** The groups of plans, in the order in which rows meet them. */
export function groupsOf(plans: readonly Plan[]): Group[] {
  return plans.flatMap((plan) => (plan.kind === 'group' ? [plan] : groupsOf([plan.yes, plan.no])));
}

/** Numbers that the tables of a plan hold. */
export function tableEntries(plan: Plan): number {
  return plan.kind === 'group'
    ? plan.players.length << plan.bits
    : tableEntries(plan.yes) + tableEntries(plan.no);
}
