import type { LocalText, Manifest } from '../../bundle/schema';
import { nodeCount, parents, treeCount, type TreeEnsemble } from '../../core/model/trees';
import type { GraphProto } from '../../core/onnx/schema/onnx_pb';
import type { Engine } from '../engine';
import type { Method } from '../explanations';
import { METHODS } from '../explanations';

/** What the model is, as plain data. */
export interface ModelView {
  algorithm: LocalText;
  /** `runtime`: a graph that only the runtime can score. */
  kind: 'trees' | 'linear' | 'runtime';
  /** The operator that could not be read then. */
  unread: string;
  inputs: number;
  trees: { count: number; leaves: number; deepest: number } | null;
  covers: NonNullable<Manifest['model']['covers']> | null;
  unit: 'margin' | 'probability';
  /** The one that the client page uses. */
  method: Method;
  methods: Method[];
  /** Operators on the way to the probability, in the order of the computation; those that run side by side together. */
  steps: { operator: string; count: number }[][];
  /** Of the reference: rows that trained the model; `kept` of them are in the bundle, where that is not all. */
  rows: { part: 'reference' | 'kept' | 'test' | 'clients'; rows: number }[];
  sha256: string;
}

export function modelView(engine: Engine): ModelView {
  const { manifest, onnx } = engine;
  const predictor = onnx.model?.predictor;
  return {
    algorithm: manifest.model.algorithm ?? '',
    kind: predictor?.kind ?? 'runtime',
    unread: onnx.unread,
    inputs: onnx.width,
    trees: predictor?.kind === 'trees' ? shapeOf(predictor) : null,
    covers: manifest.model.covers ?? null,
    unit: engine.unit,
    method: engine.defaultMethod,
    methods: METHODS.filter((method) => allows(engine, method)),
    steps: stepsTo(onnx.proto.graph as GraphProto, onnx.output, onnx.model !== null),
    rows: rowsOf(manifest),
    sha256: manifest.files.find(({ path }) => path === manifest.model.file)?.sha256 ?? '',
  };
}

function rowsOf({ data, training }: Manifest): ModelView['rows'] {
  return (['reference', 'test', 'clients'] as const).flatMap((part): ModelView['rows'] => {
    const files = data[part]?.files;
    if (!files) return [];
    const rows = files.reduce((sum, file) => sum + file.rows, 0);
    const learned = part === 'reference' && training?.from === 'reference' ? training.rows : rows;
    return learned > rows
      ? [
          { part, rows: learned },
          { part: 'kept', rows },
        ]
      : [{ part, rows }];
  });
}

function allows({ onnx: { model }, manifest }: Engine, method: Method): boolean {
  if (method === 'path') return model?.predictor.kind === 'trees' && manifest.model.covers !== undefined;
  return method !== 'interventional' || model !== null;
}

function shapeOf(trees: TreeEnsemble): NonNullable<ModelView['trees']> {
  const parent = parents(trees);
  const depth = new Int32Array(nodeCount(trees));
  let deepest = 0;
  let leaves = 0;
  for (let n = 0; n < depth.length; n++) {
    if (parent[n] !== n) depth[n] = depth[parent[n]] + 1;
    if (trees.feature[n] >= 0) continue;
    leaves++;
    deepest = Math.max(deepest, depth[n]);
  }
  return { count: treeCount(trees), leaves, deepest };
}

/** Nodes that an output depends on, by their longest way from the inputs; what only passes values on is left out. */
function stepsTo(graph: GraphProto, output: string, read: boolean): ModelView['steps'] {
  const makers = new Map(graph.node.flatMap((node) => node.output.map((name) => [name, node] as const)));
  const level = new Map<string, number>();
  const counts: Map<string, number>[] = [];
  const predicted = new Set<string>();
  const pending = [output];
  for (let name = pending.at(-1); name !== undefined; name = pending.at(-1)) {
    const node = makers.get(name);
    const absent = node?.input.filter((input) => makers.has(input) && !level.has(input)) ?? [];
    if (node && absent.length && !level.has(name)) {
      pending.push(...absent);
      continue;
    }
    pending.pop();
    if (!node || level.has(name)) continue;
    const before = Math.max(0, ...node.input.map((input) => level.get(input) ?? 0));
    // A model that was read changes nothing after its predictor but by a sigmoid.
    const after = read && node.input.some((input) => predicted.has(input)) && node.opType !== 'Sigmoid';
    if (after || PREDICTORS.includes(node.opType)) for (const made of node.output) predicted.add(made);
    const own = after || PASSING.includes(node.opType) ? before : before + 1;
    for (const made of node.output) level.set(made, own);
    if (own === before) continue;
    const at = (counts[own - 1] ??= new Map<string, number>());
    at.set(node.opType, (at.get(node.opType) ?? 0) + 1);
  }
  return counts.map((operators) => [...operators].map(([operator, count]) => ({ operator, count })));
}

const PREDICTORS = ['TreeEnsembleClassifier', 'TreeEnsembleRegressor', 'TreeEnsemble', 'LinearClassifier'];
const PASSING = ['Identity', 'Cast', 'ZipMap', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze'];
