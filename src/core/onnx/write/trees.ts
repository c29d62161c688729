import type { Covers } from '../../explain/covers';
import { constantTrees, treeCount, type TreeEnsemble } from '../../model/trees';
import { GraphWriter, tensor } from './graph';

/** Modes of the operator: `<=`, and "is one of a set". */
const LEQ = 0;
const MEMBER = 6;
const SUM = 1;

/**
 * An ensemble as TreeEnsemble of ai.onnx.ml 5, in double, which is exact: the same sums as `core/model`'s but for their order.
 *
 * @param features name of a tensor float64 [rows, features]
 * @returns the name of the raw output, float64 [rows, 1]
 */
export function writeTrees(
  graph: GraphWriter,
  features: string,
  trees: TreeEnsemble,
  covers: Covers | null,
): string {
  const { splits, leaves, roots, base } = numbered(trees);
  if (roots.length === 0) return writeTrees(graph, features, constantTrees(base), null);
  const of = (pick: (node: number) => number): number[] => splits.map(pick);
  const place = placesOf(splits, leaves);
  const isLeaf = (node: number): number => Number(trees.feature[node] < 0);
  const sets = splits.filter((node) => trees.set[node] >= 0);
  const raw = graph.op('TreeEnsemble', [features], {
    nodes_featureids: of((node) => trees.feature[node]),
    nodes_modes: tensor(Uint8Array.from(of((node) => (trees.set[node] < 0 ? LEQ : MEMBER)))),
    nodes_splits: tensor(Float64Array.from(of((node) => (trees.set[node] < 0 ? trees.threshold[node] : 0)))),
    nodes_truenodeids: of((node) => place.get(node + 1) as number),
    nodes_trueleafs: of((node) => isLeaf(node + 1)),
    nodes_falsenodeids: of((node) => place.get(trees.no[node]) as number),
    nodes_falseleafs: of((node) => isLeaf(trees.no[node])),
    nodes_missing_value_tracks_true: of((node) => trees.missingYes[node]),
    leaf_weights: tensor(Float64Array.from(leaves, (node) => trees.value[node])),
    leaf_targetids: leaves.map(() => 0),
    tree_roots: roots.map((node) => place.get(node) as number),
    n_targets: 1,
    aggregate_function: SUM,
    post_transform: 0,
    ...(sets.length > 0
      ? {
          membership_values: tensor(
            Float64Array.from(sets.flatMap((node) => [...codesOf(trees, node), NaN])),
          ),
        }
      : {}),
  });
  // The operator has a place for those of splits alone, and in float32.
  if (covers)
    graph.constant(
      Float64Array.from([...splits, ...leaves], (node) => covers.values[node]),
      { name: `${raw}_hitrates` },
    );
  return base === 0 ? raw : graph.op('Add', [raw, graph.constant(Float64Array.of(base))]);
}

/** Splits and leaves in two lists; a tree that is one leaf has no place in the operator, and is added to the base. */
function numbered(trees: TreeEnsemble) {
  const splits: number[] = [];
  const leaves: number[] = [];
  const roots: number[] = [];
  let { base } = trees;
  for (let t = 0; t < treeCount(trees); t++) {
    const [from, to] = [trees.roots[t], trees.roots[t + 1]];
    if (to - from === 1) {
      base += trees.value[from];
      continue;
    }
    roots.push(from);
    for (let node = from; node < to; node++) (trees.feature[node] < 0 ? leaves : splits).push(node);
  }
  return { splits, leaves, roots, base };
}

function placesOf(splits: readonly number[], leaves: readonly number[]): Map<number, number> {
  const place = new Map<number, number>();
  splits.forEach((node, i) => place.set(node, i));
  leaves.forEach((node, i) => place.set(node, i));
  return place;
}

/** Codes of a set node, ascending. */
function codesOf(trees: TreeEnsemble, node: number): number[] {
  const bits = trees.sets[trees.set[node]];
  const codes: number[] = [];
  for (let i = 0; i < bits.length * 32; i++)
    if ((bits[i >>> 5] >>> (i & 31)) & 1) codes.push(trees.threshold[node] + i);
  return codes;
}
