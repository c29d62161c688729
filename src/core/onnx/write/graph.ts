import { create, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType as Kind,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  TensorProto_DataType as Type,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  ValueInfoProtoSchema,
  type AttributeProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from '../schema/onnx_pb';

/** What onnxruntime-web runs. */
const OPSET = 17n;
const ML_OPSET = 5n;
const IR = 8n;
export const ML = 'ai.onnx.ml';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Numbers as a tensor; little-endian, as ONNX has raw data. */
export function tensor(
  values: Float64Array | BigInt64Array | Uint8Array,
  dims: readonly number[] = [values.length],
  name = '',
): TensorProto {
  const dataType =
    values instanceof Float64Array ? Type.DOUBLE : values instanceof Uint8Array ? Type.UINT8 : Type.INT64;
  const rawData = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return create(TensorProtoSchema, { name, dims: dims.map(BigInt), dataType, rawData: rawData.slice() });
}

export type AttributeValue = number | readonly number[] | readonly string[] | TensorProto;

function attribute(name: string, value: AttributeValue): AttributeProto {
  if (typeof value === 'number')
    return create(AttributeProtoSchema, { name, type: Kind.INT, i: BigInt(value) });
  if (!isList(value)) return create(AttributeProtoSchema, { name, type: Kind.TENSOR, t: value });
  if (isTexts(value))
    return create(AttributeProtoSchema, { name, type: Kind.STRINGS, strings: value.map(utf8) });
  return create(AttributeProtoSchema, { name, type: Kind.INTS, ints: value.map(BigInt) });
}

const isList = (value: AttributeValue): value is readonly number[] | readonly string[] =>
  Array.isArray(value);
const isTexts = (value: readonly number[] | readonly string[]): value is readonly string[] =>
  typeof value[0] === 'string';

function valueInfo(name: string, elemType: Type, columns: number): ValueInfoProto {
  const rows = create(TensorShapeProto_DimensionSchema, { value: { case: 'dimParam', value: 'rows' } });
  const width = create(TensorShapeProto_DimensionSchema, {
    value: { case: 'dimValue', value: BigInt(columns) },
  });
  const shape = create(TensorShapeProtoSchema, { dim: [rows, width] });
  const type = create(TypeProto_TensorSchema, { elemType, shape });
  return create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, { value: { case: 'tensorType', value: type } }),
  });
}

/** A graph in double, node by node. Names are numbered: the same model gives the same bytes. */
export class GraphWriter {
  readonly #nodes: NodeProto[] = [];
  readonly #inputs: ValueInfoProto[] = [];
  readonly #constants = new Map<string, TensorProto>();

  /** An input [rows, columns]: its name. */
  input(name: string, kind: 'number' | 'text', columns: number): string {
    this.#inputs.push(valueInfo(name, kind === 'number' ? Type.DOUBLE : Type.STRING, columns));
    return name;
  }

  /** Numbers that the graph holds: their name. */
  constant(
    values: Float64Array | BigInt64Array,
    { name = `constant${this.#constants.size}`, dims = [values.length] as readonly number[] } = {},
  ): string {
    this.#constants.set(name, tensor(values, dims, name));
    return name;
  }

  /** @param output its name where it matters @returns the name of its output */
  op(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
    output = `${operator}.${this.#nodes.length}`,
  ): string {
    return this.#add(operator, inputs, attributes, [output])[0];
  }

  /** An operator with several outputs: their names. */
  opOf(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>>,
    outputs: number,
  ): string[] {
    const name = `${operator}.${this.#nodes.length}`;
    return this.#add(
      operator,
      inputs,
      attributes,
      Array.from({ length: outputs }, (_, k) => `${name}.${k}`),
    );
  }

  #add(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>>,
    outputs: string[],
  ): string[] {
    this.#nodes.push(
      create(NodeProtoSchema, {
        opType: operator,
        domain: ML_OPERATORS.has(operator) ? ML : '',
        name: outputs[0],
        input: [...inputs],
        output: outputs,
        attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
      }),
    );
    return outputs;
  }

  /** The file. @param output float64 [rows, 2] */
  finished(output: string): Uint8Array {
    const graph = create(GraphProtoSchema, {
      name: 'model',
      node: this.#nodes,
      input: this.#inputs,
      output: [valueInfo(output, Type.DOUBLE, 2)],
      initializer: [...this.#constants.values()],
    });
    const opsetImport = [
      create(OperatorSetIdProtoSchema, { domain: '', version: OPSET }),
      create(OperatorSetIdProtoSchema, { domain: ML, version: ML_OPSET }),
    ];
    const model = create(ModelProtoSchema, { irVersion: IR, producerName: 'scoredesk', opsetImport, graph });
    return toBinary(ModelProtoSchema, model);
  }
}

const ML_OPERATORS = new Set(['TreeEnsemble', 'LabelEncoder']);
