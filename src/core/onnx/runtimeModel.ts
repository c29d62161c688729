import { clone, create, toBinary } from '@bufbuild/protobuf';
import type { OnnxModel } from './read';
import {
  ModelProtoSchema,
  TensorProto_DataType as Type,
  TypeProtoSchema,
  TypeProto_TensorSchema,
  type GraphProto,
} from './schema/onnx_pb';

/**
 * The file as a runtime should run it: the probabilities as a tensor.
 *
 * A ZipMap turns them into a sequence of maps, which onnxruntime-web can't return; the node is
 * dropped and its input becomes the output. Everything else stays byte for byte as exported.
 */
export function runtimeModel(onnx: OnnxModel, bytes: Uint8Array): { bytes: Uint8Array; output: string } {
  const zipMap = onnx.proto.graph?.node.find(
    (node) => node.opType === 'ZipMap' && node.output.includes(onnx.output),
  );
  if (!zipMap) return { bytes, output: onnx.output };
  const proto = clone(ModelProtoSchema, onnx.proto);
  const graph = proto.graph as GraphProto;
  const output = zipMap.input[0];
  graph.node = graph.node.filter((node) => !node.output.includes(onnx.output));
  const tensorType = create(TypeProto_TensorSchema, { elemType: Type.FLOAT });
  for (const info of graph.output) {
    if (info.name !== onnx.output) continue;
    info.name = output;
    info.type = create(TypeProtoSchema, { value: { case: 'tensorType', value: tensorType } });
  }
  return { bytes: toBinary(ModelProtoSchema, proto), output };
}
