import { nodeCount, treeCount, type TreeEnsemble } from '../model/trees';
import type { Covers } from './covers';
import type { RowExplainer, TableExplainer } from './explainer';
import { pathTables, rowTables } from './groupTables';
import { InterventionalShap } from './interventionalShap';
import { PathShap } from './pathShap';
import { TabledShap } from './tabledShap';
import { planTree, tableEntries, type Plan } from './treePlan';

/** What tree SHAP compares a row with. */
export type Against =
  | { kind: 'path'; covers: Covers }
  /** Row-major features [rows, players.length]; the input column of each feature: features of one column are one player. */
  | { kind: 'interventional'; background: Float64Array; rows: number; players: Int32Array };

/** Numbers that all tables together may hold: 128 MB; 500 trees of depth 5 need 11. */
const MOST_ENTRIES = 16_000_000;
/** What one table entry costs to make, in visits of the row by row algorithms (measured: 40 ns to 3, and to 5 ns). */
const ENTRY_COST = { path: 13, interventional: 8 };
/** Node visits of the interventional row by row algorithm for one background row, of all nodes. */
const VISITED = 0.5;
/** Fewer rows are never worth tables. */
const FEW_ROWS = 32;

/**
 * Tree SHAP for about so many rows: tree by tree either row by row (quadrature, or descents beside each
 * background row) or by tables over bit patterns, whichever is less work. Both are exact and agree
 * within rounding.
 *
 * @param width features of a row
 */
export function treeShap(
  trees: TreeEnsemble,
  width: number,
  against: Against,
  rows: number,
): RowExplainer | TableExplainer {
  const byRow = (own: TreeEnsemble, kept: Int32Array): RowExplainer =>
    against.kind === 'path'
      ? new PathShap(own, pick(against.covers, kept))
      : new InterventionalShap(own, against.background, against.rows, against.players);
  const plans = rows < FEW_ROWS ? [] : worthTables(trees, against, rows);
  if (plans.length === 0) return byRow(trees, allNodes(trees));
  const tabled = new Set(plans.map(({ tree }) => tree));
  const { ensemble, kept } = selectTrees(trees, (tree) => !tabled.has(tree));
  return together(
    trees,
    plans.map(({ plan }) => plan),
    width,
    against,
    byRow(ensemble, kept),
  );
}

/** Tables for the plans' trees, row by row for the rest. */
function together(
  trees: TreeEnsemble,
  plans: readonly Plan[],
  width: number,
  against: Against,
  rest: RowExplainer,
): TableExplainer {
  const tabled = new TabledShap(trees, plans, width, (into) =>
    against.kind === 'path'
      ? pathTables(trees, plans, against.covers, into)
      : rowTables(trees, plans, against.background, against.rows, width, into),
  );
  return {
    base: rest.base + tabled.base,
    addRows: (features, rows, out) => {
      tabled.addRows(features, rows, out);
      for (let i = 0; i < rows; i++) rest.addRow(features, i * width, out, i * width);
    },
  };
}

/** Trees whose tables cost less than explaining the rows one by one; the smallest first, as far as memory goes. */
function worthTables(trees: TreeEnsemble, against: Against, rows: number) {
  const player = playersOf(trees, against);
  const worth: { tree: number; plan: Plan; entries: number }[] = [];
  for (let tree = 0; tree < treeCount(trees); tree++) {
    const nodes = trees.roots[tree + 1] - trees.roots[tree];
    const plan = planTree(trees, trees.roots[tree], player);
    if (!plan || nodes < 2) continue;
    const entries = tableEntries(plan);
    const visits =
      against.kind === 'path' ? nodes * Math.ceil(deepest(plan) / 2) : nodes * against.rows * VISITED;
    if (entries * ENTRY_COST[against.kind] <= rows * visits) worth.push({ tree, plan, entries });
  }
  let room = MOST_ENTRIES;
  return worth
    .sort((a, b) => a.entries - b.entries)
    .filter(({ entries }) => (room -= entries) >= 0)
    .sort((a, b) => a.tree - b.tree);
}

const deepest = (plan: Plan): number =>
  plan.kind === 'group'
    ? Math.max(1, ...plan.leaves.map(({ players }) => players.length))
    : Math.max(deepest(plan.yes), deepest(plan.no));

/** Player of each node, named by the feature where its contribution is booked: the first of its column. */
function playersOf({ feature }: TreeEnsemble, against: Against): Int32Array {
  if (against.kind === 'path') return feature;
  const { players } = against;
  const first = new Map<number, number>();
  players.forEach((player, j) => first.has(player) || first.set(player, j));
  return feature.map((f) => (f < 0 ? f : (first.get(players[f]) as number)));
}

const allNodes = (trees: TreeEnsemble): Int32Array =>
  Int32Array.from({ length: nodeCount(trees) }, (_, n) => n);

const pick = ({ kind, values }: Covers, nodes: Int32Array): Covers => ({
  kind,
  values: Float64Array.from(nodes, (n) => values[n]),
});

/** The trees wanted, as an ensemble of their own with the same base, and which nodes they are. */
export function selectTrees(trees: TreeEnsemble, wanted: (tree: number) => boolean) {
  const kept: number[] = [];
  const roots: number[] = [];
  const no: number[] = [];
  for (let tree = 0; tree < treeCount(trees); tree++) {
    if (!wanted(tree)) continue;
    const shift = kept.length - trees.roots[tree];
    roots.push(kept.length);
    for (let n = trees.roots[tree]; n < trees.roots[tree + 1]; n++) {
      kept.push(n);
      no.push(trees.feature[n] < 0 ? trees.no[n] : trees.no[n] + shift);
    }
  }
  const nodes = Int32Array.from(kept);
  const of = <T extends Int32Array | Float64Array | Uint8Array>(array: T): T => {
    const out = array.slice(0, nodes.length) as T;
    nodes.forEach((n, i) => (out[i] = array[n]));
    return out;
  };
  const ensemble: TreeEnsemble = {
    ...trees,
    roots: Int32Array.from([...roots, kept.length]),
    feature: of(trees.feature),
    threshold: of(trees.threshold),
    set: of(trees.set),
    missingYes: of(trees.missingYes),
    no: Int32Array.from(no),
    value: of(trees.value),
  };
  return { ensemble, kept: nodes };
}
