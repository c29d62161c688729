/**
 * A tree ensemble in flat arrays, every tree in preorder: the `yes` child of node n is n + 1, the
 * `no` child is `no[n]`. Two rules are enough for every ONNX mode (see `core/onnx/trees.ts`):
 * `x <= threshold`, and "x is one of a set of codes".
 */
export interface TreeEnsemble {
  kind: 'trees';
  /** First node of each tree, then the total number of nodes: trees + 1 entries. */
  roots: Int32Array;
  /** Feature tested by each node; -1 in a leaf. */
  feature: Int32Array;
  /** Threshold of a `<=` node, in the type of the graph (a float32 is a double too); in a set node, the smallest code of the set. */
  threshold: Float64Array;
  /** Index into `sets` for a set node, -1 for a `<=` node. */
  set: Int32Array;
  /** 1 where a missing value goes to the `yes` child. */
  missingYes: Uint8Array;
  no: Int32Array;
  /** Output of a leaf, 0 elsewhere. */
  value: Float64Array;
  /** Sets as bits: bit i says that code threshold + i belongs. */
  sets: readonly Uint32Array[];
  base: number;
}

/** The same output for every row, whatever it lacks: one split whose leaves are alike, since no operator holds a tree without. */
export const constantTrees = (base: number): TreeEnsemble => ({
  kind: 'trees',
  roots: Int32Array.of(0, 3),
  feature: Int32Array.of(0, -1, -1),
  threshold: Float64Array.of(0, 0, 0),
  set: Int32Array.of(-1, -1, -1),
  missingYes: Uint8Array.of(1, 0, 0),
  no: Int32Array.of(2, -1, -1),
  value: Float64Array.of(0, 0, 0),
  sets: [],
  base,
});

export const treeCount = (trees: TreeEnsemble): number => trees.roots.length - 1;
export const nodeCount = (trees: TreeEnsemble): number => trees.feature.length;

/** Whether value `x` of the node's feature goes to the `yes` child. */
export function goesYes(trees: TreeEnsemble, node: number, x: number): boolean {
  if (x !== x) return trees.missingYes[node] === 1;
  const set = trees.set[node];
  if (set < 0) return x <= trees.threshold[node];
  return inSet(trees.sets[set], x - trees.threshold[node]);
}

function inSet(bits: Uint32Array, code: number): boolean {
  if (!(code >= 0 && code < bits.length * 32) || code !== (code | 0)) return false;
  return ((bits[code >>> 5] >>> (code & 31)) & 1) === 1;
}

/** Largest number of distinct features on a path from a root to a leaf. */
export function deepestFeatureCount(trees: TreeEnsemble): number {
  const parent = parents(trees);
  const distinct = new Int32Array(parent.length);
  let deepest = 0;
  for (let n = 0; n < parent.length; n++) {
    const p = parent[n];
    if (p === n) continue;
    distinct[n] = distinct[p] + (sameFeatureAbove(trees, parent, p) < 0 ? 1 : 0);
    if (distinct[n] > deepest) deepest = distinct[n];
  }
  return deepest;
}

/** Nearest ancestor that tests the same feature as `node`, or -1. */
export function sameFeatureAbove(trees: TreeEnsemble, parent: Int32Array, node: number): number {
  for (let n = node; parent[n] !== n;) {
    n = parent[n];
    if (trees.feature[n] === trees.feature[node]) return n;
  }
  return -1;
}

/** Makes every split of [node] values what its children are together, leaves as they are; in place. */
export function sumLeavesUp(trees: TreeEnsemble, values: Float64Array): Float64Array {
  const parent = parents(trees);
  for (let n = 0; n < values.length; n++) if (trees.feature[n] >= 0) values[n] = 0;
  for (let n = values.length - 1; n >= 0; n--) if (parent[n] !== n) values[parent[n]] += values[n];
  return values;
}

/** The trees of two ensembles in one, those of the second on features from `shift` on. */
export function joinTrees(first: TreeEnsemble, second: TreeEnsemble, shift: number): TreeEnsemble {
  const nodes = nodeCount(first);
  return {
    kind: 'trees',
    roots: Int32Array.from([...first.roots.subarray(0, -1), ...second.roots.map((root) => root + nodes)]),
    feature: Int32Array.from([
      ...first.feature,
      ...second.feature.map((feature) => (feature < 0 ? feature : feature + shift)),
    ]),
    threshold: Float64Array.from([...first.threshold, ...second.threshold]),
    set: Int32Array.from([
      ...first.set,
      ...second.set.map((set) => (set < 0 ? set : set + first.sets.length)),
    ]),
    missingYes: Uint8Array.from([...first.missingYes, ...second.missingYes]),
    no: Int32Array.from([...first.no, ...second.no.map((no) => no + nodes)]),
    value: Float64Array.from([...first.value, ...second.value]),
    sets: [...first.sets, ...second.sets],
    base: first.base + second.base,
  };
}

/** Bounds of an ensemble's raw output: no row is outside. */
export function leastAndMost({ roots, feature, value, base }: TreeEnsemble): [number, number] {
  let [least, most] = [base, base];
  for (let t = 0; t + 1 < roots.length; t++) {
    let [low, high] = [Infinity, -Infinity];
    for (let n = roots[t]; n < roots[t + 1]; n++) {
      if (feature[n] >= 0) continue;
      low = Math.min(low, value[n]);
      high = Math.max(high, value[n]);
    }
    least += low;
    most += high;
  }
  return [least, most];
}

/** Parent of each node; a root is its own parent. */
export function parents(trees: TreeEnsemble): Int32Array {
  const parent = Int32Array.from({ length: nodeCount(trees) }, (_, n) => n);
  for (let n = 0; n < parent.length; n++) {
    if (trees.feature[n] < 0) continue;
    parent[n + 1] = n;
    parent[trees.no[n]] = n;
  }
  return parent;
}
