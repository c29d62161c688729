import { ScoredeskError } from '../../errors';
import type { Attributes } from '../parse';
import { indexNodes, layOutTrees, readNodes, type RawNodes } from '../trees';
import type { Call, Value } from '../value';
import { classLabels, columnsOf, notRead } from './shared';

/**
 * ai.onnx.ml TreeEnsembleClassifier, binary: LightGBM, XGBoost, CatBoost and forests.
 *
 * Follows onnxruntime: when all weights are of one class, their sum is the score of class 1
 * whatever that class's number is; LOGISTIC makes it a probability, NONE leaves it one already.
 */
export function treeEnsembleClassifier(call: Call): readonly Value[] {
  const { attributes } = call;
  const columns = columnsOf(call, 0);
  const labels = classLabels(attributes);
  if (labels.length !== 2) throw new ScoredeskError('onnx-classes', { found: labels.length });
  const transform = attributes.string('post_transform', 'NONE');
  if (!['NONE', 'LOGISTIC', 'SOFTMAX'].includes(transform)) throw notRead(call, transform.slice(0, 40));

  const nodes = readNodes(attributes);
  const weights = readWeights(nodes, attributes);
  const one = weights.ids.size === 1;
  const margin =
    transform === 'SOFTMAX' && !one ? (w: Float64Array[], i: number) => w[1][i] - w[0][i] : pickClass(one);
  const leafValues = Float64Array.from(nodes.id, (_, i) => margin(weights.byClass, i));
  const base = baseValue(attributes, one, transform);
  const { predictor, given } = layOutTrees(nodes, leafValues, base, columns.length, attributes);
  const link = transform === 'NONE' ? 'identity' : 'logistic';
  if (link === 'identity' && one && leafValues.some((v) => v < 0))
    return [{ kind: 'label' }, { kind: 'margin' }];
  return [
    { kind: 'label' },
    {
      kind: 'probabilities',
      model: { predictor, link, features: columns },
      labels,
      covers: coversOf(nodes, link),
      given,
    },
  ];
}

/** XGBoost alone splits by `<`, and weighs by hessians. */
export const coversOf = ({ mode }: RawNodes, link: string): 'rows' | 'hessian' =>
  link === 'logistic' && mode.every((name) => name === 'LEAF' || name === 'BRANCH_LT') ? 'hessian' : 'rows';

/** With weights of a single class, that class's slot 0 holds them; otherwise class 1 is what we want. */
const pickClass = (one: boolean) => (byClass: Float64Array[], i: number) => byClass[one ? 0 : 1][i];

/** Weights of each raw node by class slot; repeated entries of a leaf add up, as in onnxruntime. */
function readWeights(nodes: RawNodes, attributes: Attributes) {
  const trees = attributes.ints('class_treeids');
  const ids = attributes.ints('class_nodeids');
  const classes = attributes.ints('class_ids');
  const weights = attributes.floats('class_weights');
  if (trees.length !== ids.length || classes.length !== ids.length || weights.length !== ids.length)
    throw attributes.refuse('class_weights', `${weights.length} entries for ${ids.length} nodes`);
  const distinct = new Set(classes);
  for (const id of distinct)
    if (id !== 0 && id !== 1) throw attributes.refuse('class_ids', `class ${id} of 2`);
  const index = indexNodes(nodes, attributes);
  const byClass = [new Float64Array(nodes.id.length), new Float64Array(nodes.id.length)];
  weights.forEach((weight, i) => {
    const node = index.get(`${trees[i]}:${ids[i]}`);
    if (node === undefined) throw attributes.refuse('class_nodeids', `no node ${ids[i]} in tree ${trees[i]}`);
    if (!Number.isFinite(weight)) throw attributes.refuse('class_weights', `weight ${weight}`);
    byClass[distinct.size === 1 ? 0 : classes[i]][node] += weight;
  });
  return { byClass, ids: distinct };
}

function baseValue(attributes: Attributes, one: boolean, transform: string): number {
  const base = attributes.floats('base_values');
  if (base.length === 0) return 0;
  if (base.length > 2 || !base.every(Number.isFinite))
    throw attributes.refuse('base_values', `${base.length} values`);
  if (base.length === 1) return base[0];
  if (one) return base[1];
  return transform === 'SOFTMAX' ? base[1] - base[0] : base[1];
}
