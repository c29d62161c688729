import { previousDouble } from '../numeric/functions';
import { goesYes, nodeCount, parents, treeCount, type TreeEnsemble } from './trees';

/**
 * An ensemble laid out for walking four rows at once without a branch that depends on a value: each node
 * asks `sign * x <= bound` and goes to child 0 or 1. A node that sends missing values to its yes child asks
 * the opposite, -x <= -(next number above the threshold), with its children exchanged: NaN says no to both.
 * Leaves are their own children, so that every row makes as many steps as the tree is deep.
 */
export interface Questions {
  feature: Int32Array;
  sign: Float64Array;
  bound: Float64Array;
  /** [node, answer] */
  child: Int32Array;
  /** Steps of each tree; -1 where a node asks for one of a set of codes, which this layout can't. */
  steps: Int32Array;
}

/** Made when an ensemble is first asked. */
const questions = new WeakMap<TreeEnsemble, Questions>();

export function questionsOf(trees: TreeEnsemble): Questions {
  const known = questions.get(trees) ?? makeQuestions(trees);
  questions.set(trees, known);
  return known;
}

function makeQuestions(trees: TreeEnsemble): Questions {
  const nodes = nodeCount(trees);
  const walk: Questions = {
    feature: trees.feature.map((f) => Math.max(0, f)),
    sign: new Float64Array(nodes).fill(1),
    bound: Float64Array.from(trees.threshold),
    child: new Int32Array(2 * nodes),
    steps: stepsOf(trees),
  };
  for (let n = 0; n < nodes; n++) {
    const leaf = trees.feature[n] < 0;
    const turned = trees.missingYes[n] === 1;
    const yes = leaf ? n : n + 1;
    const no = leaf ? n : trees.no[n];
    walk.child[2 * n] = turned ? yes : no;
    walk.child[2 * n + 1] = turned ? no : yes;
    if (!turned) continue;
    walk.sign[n] = -1;
    const above = previousDouble(-trees.threshold[n]);
    // A threshold that no number is below: every number says yes to the opposite.
    walk.bound[n] = Number.isNaN(trees.threshold[n]) ? Infinity : above;
  }
  return walk;
}

function stepsOf(trees: TreeEnsemble): Int32Array {
  const parent = parents(trees);
  const depth = new Int32Array(parent.length);
  for (let n = 0; n < parent.length; n++) if (parent[n] !== n) depth[n] = depth[parent[n]] + 1;
  return Int32Array.from({ length: treeCount(trees) }, (_, tree) => {
    let most = 0;
    for (let n = trees.roots[tree]; n < trees.roots[tree + 1]; n++) {
      if (trees.set[n] >= 0) return -1;
      most = Math.max(most, depth[n]);
    }
    return most;
  });
}

/**
 * Leaves that `rows` rows of features [.., width], from row `from` on, reach in a tree: into out[0 .. rows).
 */
export function leavesOf(
  trees: TreeEnsemble,
  tree: number,
  features: Float64Array,
  from: number,
  rows: number,
  width: number,
  out: Int32Array,
): void {
  const walk = questionsOf(trees);
  const steps = walk.steps[tree];
  const root = trees.roots[tree];
  const together = steps < 0 ? 0 : rows - (rows % 4);
  for (let i = 0; i < together; i += 4)
    walkFour(walk, root, steps, features, (from + i) * width, width, out, i);
  for (let i = together; i < rows; i++) out[i] = leafOf(trees, root, features, (from + i) * width);
}

function walkFour(
  { feature, sign, bound, child }: Questions,
  root: number,
  steps: number,
  features: Float64Array,
  first: number,
  width: number,
  out: Int32Array,
  at: number,
): void {
  const second = first + width;
  const third = second + width;
  const fourth = third + width;
  let a = root;
  let b = root;
  let c = root;
  let d = root;
  for (let step = 0; step < steps; step++) {
    a = child[2 * a + Number(sign[a] * features[first + feature[a]] <= bound[a])];
    b = child[2 * b + Number(sign[b] * features[second + feature[b]] <= bound[b])];
    c = child[2 * c + Number(sign[c] * features[third + feature[c]] <= bound[c])];
    d = child[2 * d + Number(sign[d] * features[fourth + feature[d]] <= bound[d])];
  }
  out[at] = a;
  out[at + 1] = b;
  out[at + 2] = c;
  out[at + 3] = d;
}

/** Leaf of the tree that starts at `root`, for the row of features that starts at `offset`. */
function leafOf(trees: TreeEnsemble, root: number, features: Float64Array, offset: number): number {
  const { feature, threshold, set, no } = trees;
  let node = root;
  for (let f = feature[node]; f >= 0; f = feature[node]) {
    const x = features[offset + f];
    const yes = set[node] < 0 && x === x ? x <= threshold[node] : goesYes(trees, node, x);
    node = yes ? node + 1 : no[node];
  }
  return node;
}

/** Rows that pass all trees together: their features stay in the processor's cache. */
const BLOCK = 128;

/** Visits every tree with the leaves of a block of rows: `visit(tree, first row, rows, leaves)`. */
export function eachBlock(
  trees: TreeEnsemble,
  features: Float64Array,
  rows: number,
  width: number,
  visit: (tree: number, from: number, count: number, leaves: Int32Array) => void,
): void {
  const leaves = new Int32Array(BLOCK);
  for (let from = 0; from < rows; from += BLOCK) {
    const count = Math.min(BLOCK, rows - from);
    for (let tree = 0; tree < treeCount(trees); tree++) {
      leavesOf(trees, tree, features, from, count, width, leaves);
      visit(tree, from, count, leaves);
    }
  }
}

/** Raw outputs of rows of features [rows, width], added into `out`: trees are summed in file order, in float64. */
export function addTrees(
  trees: TreeEnsemble,
  features: Float64Array,
  rows: number,
  width: number,
  out: Float64Array,
): void {
  const { value, base } = trees;
  for (let i = 0; i < rows; i++) out[i] += base;
  eachBlock(trees, features, rows, width, (_, from, count, leaves) => {
    for (let i = 0; i < count; i++) out[from + i] += value[leaves[i]];
  });
}
