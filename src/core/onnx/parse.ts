import { fromBinary } from '@bufbuild/protobuf';
import { reasonOf, ScoredeskError } from '../errors';
import { tensorNumbers } from './tensor';
import { ModelProtoSchema, type ModelProto, type NodeProto } from './schema/onnx_pb';

/** Decodes an ONNX file. @throws onnx-unreadable when the bytes are not one. */
export function parseOnnx(bytes: Uint8Array): ModelProto {
  let proto: ModelProto;
  try {
    proto = fromBinary(ModelProtoSchema, bytes);
  } catch (error) {
    throw new ScoredeskError('onnx-unreadable', { reason: reasonOf(error) }, { cause: error });
  }
  if (!proto.graph || proto.graph.node.length === 0)
    throw new ScoredeskError('onnx-unreadable', { reason: 'no graph' });
  return proto;
}

const decoder = new TextDecoder();

/** The typed attributes of a node; each getter throws onnx-attribute when the type is another one. */
export class Attributes {
  readonly #node: NodeProto;

  constructor(node: NodeProto) {
    this.#node = node;
  }

  floats(name: string): readonly number[] {
    return this.#find(name)?.floats ?? [];
  }

  ints(name: string): readonly number[] {
    const ints = this.#find(name)?.ints ?? [];
    return ints.map((value) => this.#safe(name, value));
  }

  strings(name: string): readonly string[] {
    return (this.#find(name)?.strings ?? []).map((bytes) => decoder.decode(bytes));
  }

  /** Numbers of a tensor; none when it is absent. */
  tensor(name: string): readonly number[] {
    const tensor = this.#find(name)?.t;
    return tensor ? tensorNumbers(tensor) : [];
  }

  string(name: string, fallback: string): string {
    const attribute = this.#find(name);
    return attribute?.s.length ? decoder.decode(attribute.s) : fallback;
  }

  float(name: string, fallback: number): number {
    return this.#find(name)?.f ?? fallback;
  }

  int(name: string, fallback: number): number {
    const attribute = this.#find(name);
    return attribute ? this.#safe(name, attribute.i) : fallback;
  }

  /** The refusal of one attribute of this node. */
  refuse(attribute: string, reason: string): ScoredeskError {
    return new ScoredeskError('onnx-attribute', { operator: this.#node.opType, attribute, reason });
  }

  #find(name: string) {
    return this.#node.attribute.find((attribute) => attribute.name === name);
  }

  #safe(name: string, value: bigint): number {
    if (value > 2147483647n || value < -2147483648n) throw this.refuse(name, `value ${value}`);
    return Number(value);
  }
}
