import { ScoredeskError } from '../errors';
import { TensorProto_DataType as Type, type TensorProto } from './schema/onnx_pb';

/**
 * The numbers of a small constant tensor (initializers of preprocessing steps).
 * @throws onnx-graph where it is damaged; onnx-operator for types that are left to the runtime
 */
export function tensorNumbers(tensor: TensorProto): number[] {
  const typed = [
    ...tensor.floatData,
    ...tensor.int32Data,
    ...tensor.int64Data.map(Number),
    ...tensor.doubleData,
  ];
  if (typed.length || !tensor.rawData.length) return typed;
  const { buffer, byteOffset, byteLength } = tensor.rawData;
  const copy = buffer.slice(byteOffset, byteOffset + byteLength);
  switch (tensor.dataType) {
    case Type.FLOAT:
      return whole(tensor, 4) && [...new Float32Array(copy)];
    case Type.DOUBLE:
      return whole(tensor, 8) && [...new Float64Array(copy)];
    case Type.UINT8:
    case Type.BOOL:
      return [...new Uint8Array(copy)];
    case Type.INT8:
      return [...new Int8Array(copy)];
    case Type.INT16:
      return whole(tensor, 2) && [...new Int16Array(copy)];
    case Type.UINT16:
      return whole(tensor, 2) && [...new Uint16Array(copy)];
    case Type.UINT32:
      return whole(tensor, 4) && [...new Uint32Array(copy)];
    case Type.INT32:
      return whole(tensor, 4) && [...new Int32Array(copy)];
    case Type.INT64:
      return whole(tensor, 8) && [...new BigInt64Array(copy)].map(Number);
    default:
      throw new ScoredeskError('onnx-operator', {
        operator: `a constant of type ${Type[tensor.dataType] ?? tensor.dataType}`,
        node: tensor.name.slice(0, 60),
      });
  }
}

function whole(tensor: TensorProto, size: number): [] {
  if (tensor.rawData.length % size)
    throw new ScoredeskError('onnx-graph', {
      reason: `tensor ${tensor.name} has ${tensor.rawData.length} bytes`,
    });
  return [];
}
