import { create, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProto_DataType as Type,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProtoSchema,
  TypeProto_TensorSchema,
  ValueInfoProtoSchema,
  AttributeProto_AttributeType as Kind,
  OperatorSetIdProtoSchema,
} from '../../src/core/onnx/schema/onnx_pb';
import { ScoredeskError } from '../../src/core/errors';
import type { Model } from '../../src/core/model/model';
import { readOnnx, type OnnxModel, type ReadOptions } from '../../src/core/onnx/read';

/** An ONNX file that is read into a model. @throws onnx-operator */
export function readWhole(bytes: Uint8Array, options: ReadOptions = {}): OnnxModel & { model: Model } {
  const onnx = readOnnx(bytes, options);
  if (!onnx.model) throw new ScoredeskError('onnx-operator', { operator: onnx.unread, node: '' });
  return { ...onnx, model: onnx.model };
}

export type AttributeValue = number | string | number[] | string[] | { floats: number[] };

const bytes = (text: string) => new TextEncoder().encode(text);

function attribute(name: string, value: AttributeValue) {
  if (typeof value === 'number')
    return create(AttributeProtoSchema, { name, type: Kind.INT, i: BigInt(value) });
  if (typeof value === 'string')
    return create(AttributeProtoSchema, { name, type: Kind.STRING, s: bytes(value) });
  if (!Array.isArray(value))
    return create(AttributeProtoSchema, { name, type: Kind.FLOATS, floats: value.floats });
  if (typeof value[0] === 'string')
    return create(AttributeProtoSchema, {
      name,
      type: Kind.STRINGS,
      strings: (value as string[]).map(bytes),
    });
  return create(AttributeProtoSchema, { name, type: Kind.INTS, ints: (value as number[]).map(BigInt) });
}

export interface NodeSpec {
  op: string;
  inputs: string[];
  outputs: string[];
  attributes?: Record<string, AttributeValue>;
}

function info(name: string, elemType: Type, columns: number) {
  const dim = [0, columns].map((size) =>
    create(TensorShapeProto_DimensionSchema, {
      value: size ? { case: 'dimValue', value: BigInt(size) } : { case: 'dimParam', value: 'n' },
    }),
  );
  const tensor = create(TypeProto_TensorSchema, { elemType, shape: create(TensorShapeProtoSchema, { dim }) });
  return create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, { value: { case: 'tensorType', value: tensor } }),
  });
}

/** Operators of ONNX itself; all others are those of ai.onnx.ml. */
const STANDARD = new Set(['Add', 'Cast', 'Concat', 'Identity', 'ReduceMax', 'Unsqueeze']);

/** A small ONNX file of these nodes: one float input `x`, or one of a column for each name; the outputs named. */
export function onnxFile(
  width: number,
  nodes: NodeSpec[],
  outputs: { name: string; type?: Type }[],
  inputs?: { name: string; type?: Type }[],
): Uint8Array {
  const graph = create(GraphProtoSchema, {
    name: 'test',
    node: nodes.map(({ op, inputs, outputs: names, attributes = {} }, i) =>
      create(NodeProtoSchema, {
        opType: op,
        domain: STANDARD.has(op) ? '' : 'ai.onnx.ml',
        name: nodes.findIndex((other) => other.op === op) < i ? `${op.toLowerCase()}-${i}` : op.toLowerCase(),
        input: inputs,
        output: names,
        attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
      }),
    ),
    input: inputs
      ? inputs.map(({ name, type }) => info(name, type ?? Type.FLOAT, 1))
      : [info('x', Type.FLOAT, width)],
    output: outputs.map(({ name, type }) => info(name, type ?? Type.FLOAT, 2)),
  });
  const opsetImport = [
    create(OperatorSetIdProtoSchema, { domain: 'ai.onnx.ml', version: 1n }),
    create(OperatorSetIdProtoSchema, { domain: '', version: 9n }),
  ];
  return toBinary(ModelProtoSchema, create(ModelProtoSchema, { irVersion: 4n, opsetImport, graph }));
}

/** A node of a test tree: a leaf with its value, or a split. */
export type TestTree =
  | { value: number }
  | { feature: number; mode: string; threshold: number; missingYes?: boolean; yes: TestTree; no: TestTree };

/** The attributes of a binary TreeEnsembleClassifier with these trees; equal subtree objects are shared nodes. */
export function treeAttributes(trees: TestTree[], transform = 'LOGISTIC'): Record<string, AttributeValue> {
  const rows: {
    tree: number;
    id: number;
    feature: number;
    mode: string;
    threshold: number;
    yes: number;
    no: number;
    missing: number;
  }[] = [];
  const leaves: { tree: number; id: number; weight: number }[] = [];
  trees.forEach((root, tree) => {
    const ids = new Map<TestTree, number>();
    const visit = (node: TestTree): number => {
      const known = ids.get(node);
      if (known !== undefined) return known;
      const id = ids.size;
      ids.set(node, id);
      if ('value' in node) {
        rows.push({ tree, id, feature: 0, mode: 'LEAF', threshold: 0, yes: 0, no: 0, missing: 0 });
        leaves.push({ tree, id, weight: node.value });
        return id;
      }
      const row = {
        tree,
        id,
        feature: node.feature,
        mode: node.mode,
        threshold: node.threshold,
        yes: 0,
        no: 0,
        missing: node.missingYes ? 1 : 0,
      };
      rows.push(row);
      row.yes = visit(node.yes);
      row.no = visit(node.no);
      return id;
    };
    visit(root);
  });
  return {
    nodes_treeids: rows.map((r) => r.tree),
    nodes_nodeids: rows.map((r) => r.id),
    nodes_featureids: rows.map((r) => r.feature),
    nodes_modes: rows.map((r) => r.mode),
    nodes_values: { floats: rows.map((r) => r.threshold) },
    nodes_truenodeids: rows.map((r) => r.yes),
    nodes_falsenodeids: rows.map((r) => r.no),
    nodes_missing_value_tracks_true: rows.map((r) => r.missing),
    class_treeids: leaves.map((l) => l.tree),
    class_nodeids: leaves.map((l) => l.id),
    class_ids: leaves.map(() => 0),
    class_weights: { floats: leaves.map((l) => l.weight) },
    classlabels_int64s: [0, 1],
    post_transform: transform,
  };
}

export function treeFile(width: number, trees: TestTree[], transform = 'LOGISTIC'): Uint8Array {
  const node = {
    op: 'TreeEnsembleClassifier',
    inputs: ['x'],
    outputs: ['label', 'probabilities'],
    attributes: treeAttributes(trees, transform),
  };
  return onnxFile(width, [node], [{ name: 'label', type: Type.INT64 }, { name: 'probabilities' }]);
}
