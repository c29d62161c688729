import type { Attributes } from '../parse';
import { layOutTrees, readNodes, indexNodes, type RawNodes } from '../trees';
import type { Call, Value } from '../value';
import { coversOf } from './treeEnsembleClassifier';
import { columnsOf, notRead } from './shared';

/** Raw scores of one target; a sigmoid of its own in the operator makes them the probability of class 1. */
function scores(
  call: Call,
  nodes: RawNodes,
  leafValues: Float64Array,
  base: number,
  logistic: boolean,
): readonly Value[] {
  const columns = columnsOf(call, 0);
  const { predictor, given } = layOutTrees(nodes, leafValues, base, columns.length, call.attributes);
  const covers = coversOf(nodes, 'logistic');
  if (!logistic) {
    const model = { predictor, link: 'identity' as const, features: columns };
    return [{ kind: 'margin', raw: { model, covers, given } }];
  }
  const model = { predictor, link: 'logistic' as const, features: columns };
  return [{ kind: 'probabilities', model, only: 1, labels: ['0', '1'], covers, given }];
}

/** ai.onnx.ml TreeEnsembleRegressor with one target: boosting exported by its raw score. */
export function treeEnsembleRegressor(call: Call): readonly Value[] {
  const { attributes } = call;
  const aggregate = attributes.string('aggregate_function', 'SUM');
  const transform = attributes.string('post_transform', 'NONE');
  if (attributes.int('n_targets', 1) !== 1 || (aggregate !== 'SUM' && aggregate !== 'AVERAGE'))
    throw notRead(call, aggregate.slice(0, 40));
  if (transform !== 'NONE' && transform !== 'LOGISTIC') throw notRead(call, transform.slice(0, 40));
  const nodes = readNodes(attributes);
  const trees = aggregate === 'SUM' ? 1 : new Set(nodes.tree).size;
  const weights = regressorWeights(nodes, attributes).map((weight) => weight / trees);
  const base = attributes.floats('base_values');
  if (base.length > 1 || !base.every(Number.isFinite))
    throw attributes.refuse('base_values', `${base.length} values`);
  return scores(call, nodes, weights, base[0] ?? 0, transform === 'LOGISTIC');
}

function regressorWeights(nodes: RawNodes, attributes: Attributes): Float64Array {
  const trees = attributes.ints('target_treeids');
  const ids = attributes.ints('target_nodeids');
  const weights = attributes.floats('target_weights');
  if (trees.length !== ids.length || weights.length !== ids.length)
    throw attributes.refuse('target_weights', `${weights.length} entries for ${ids.length} nodes`);
  const index = indexNodes(nodes, attributes);
  const out = new Float64Array(nodes.id.length);
  weights.forEach((weight, i) => {
    const node = index.get(`${trees[i]}:${ids[i]}`);
    if (node === undefined)
      throw attributes.refuse('target_nodeids', `no node ${ids[i]} in tree ${trees[i]}`);
    if (!Number.isFinite(weight)) throw attributes.refuse('target_weights', `weight ${weight}`);
    out[node] += weight;
  });
  return out;
}

const SUM = 1;
const NONE = 0;
const LOGISTIC = 2;
const MODES = [
  'BRANCH_LEQ',
  'BRANCH_LT',
  'BRANCH_GTE',
  'BRANCH_GT',
  'BRANCH_EQ',
  'BRANCH_NEQ',
  'BRANCH_MEMBER',
];

/**
 * What passed each split, then each leaf: the operator has a place for splits only, and in float32, so a constant of the
 * graph that is named after the node holds it.
 */
const HITS = '_hitrates';

/**
 * ai.onnx.ml TreeEnsemble (version 5) with one target. Splits and leaves are two lists there: leaf j becomes
 * node (number of splits + j); each split belongs to the tree of the root it is reached from.
 */
export function treeEnsemble(call: Call): readonly Value[] {
  const { attributes } = call;
  const aggregate = attributes.int('aggregate_function', SUM);
  const transform = attributes.int('post_transform', NONE);
  if (attributes.int('n_targets', 1) !== 1 || aggregate !== SUM)
    throw notRead(call, `aggregate ${aggregate}`);
  if (transform !== NONE && transform !== LOGISTIC) throw notRead(call, `transform ${transform}`);
  const weights = attributes.tensor('leaf_weights');
  if (!weights.every(Number.isFinite)) throw attributes.refuse('leaf_weights', 'not finite');
  const nodes = nodesOf(attributes, weights.length, call.constant(call.name + HITS));
  const splits = nodes.id.length - weights.length;
  const values = Float64Array.from(nodes.id, (_, i) => (i < splits ? 0 : weights[i - splits]));
  return scores(call, nodes, values, 0, transform === LOGISTIC);
}

function nodesOf(attributes: Attributes, leaves: number, hits: readonly number[]): RawNodes {
  const feature = attributes.ints('nodes_featureids');
  const splits = feature.length;
  const list = (name: string, numbers: readonly number[]): readonly number[] => {
    if (numbers.length !== splits)
      throw attributes.refuse(name, `${numbers.length} entries for ${splits} nodes`);
    return numbers;
  };
  const modes = list('nodes_modes', attributes.tensor('nodes_modes'));
  const child = (side: string) => {
    const isLeaf = list(`nodes_${side}leafs`, attributes.ints(`nodes_${side}leafs`));
    return list(`nodes_${side}nodeids`, attributes.ints(`nodes_${side}nodeids`)).map((id, i) =>
      isLeaf[i] ? splits + id : id,
    );
  };
  const yes = child('true');
  const no = child('false');
  const padded = <T>(numbers: readonly T[], leaf: T): T[] => [...numbers, ...new Array<T>(leaves).fill(leaf)];
  const missing = attributes.ints('nodes_missing_value_tracks_true');
  return {
    id: Array.from({ length: splits + leaves }, (_, i) => i),
    tree: treesOf(attributes, yes, no, splits, leaves),
    feature: padded(feature, 0),
    mode: padded(
      modes.map((mode) => MODES[mode] ?? `mode ${mode}`),
      'LEAF',
    ),
    threshold: padded(list('nodes_splits', attributes.tensor('nodes_splits')), 0),
    yes: padded(yes, 0),
    no: padded(no, 0),
    missingYes: padded(
      missing.length ? list('nodes_missing_value_tracks_true', missing) : feature.map(() => 0),
      0,
    ),
    hits: hits.length === splits + leaves ? hits : [],
    members: padded(membersOf(attributes, modes), null),
  };
}

/** Tree of each node, by the root that it is reached from first. */
function treesOf(
  attributes: Attributes,
  yes: readonly number[],
  no: readonly number[],
  splits: number,
  leaves: number,
): number[] {
  const tree = new Array<number>(splits + leaves).fill(-1);
  attributes.ints('tree_roots').forEach((root, t) => {
    const pending = [root];
    for (let n = pending.pop(); n !== undefined; n = pending.pop()) {
      if (!(n >= 0 && n < tree.length)) throw attributes.refuse('nodes_truenodeids', `no node ${n}`);
      if (tree[n] === t) continue;
      if (tree[n] >= 0) throw attributes.refuse('tree_roots', `node ${n} in two trees`);
      tree[n] = t;
      if (n < splits) pending.push(yes[n], no[n]);
    }
  });
  if (tree.includes(-1)) throw attributes.refuse('tree_roots', 'a node of no tree');
  return tree;
}

/** Sets of the BRANCH_MEMBER nodes, in their order, divided by NaN. */
function membersOf(attributes: Attributes, modes: readonly number[]): (readonly number[] | null)[] {
  const sets: number[][] = [[]];
  for (const value of attributes.tensor('membership_values'))
    if (Number.isNaN(value)) sets.push([]);
    else sets[sets.length - 1].push(value);
  let next = 0;
  return modes.map((mode) => {
    if (MODES[mode] !== 'BRANCH_MEMBER') return null;
    const own = sets[next++];
    if (!own?.length) throw attributes.refuse('membership_values', 'a set without values');
    return own;
  });
}
