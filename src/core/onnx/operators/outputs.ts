import { ScoredeskError } from '../../errors';
import { TensorProto_DataType as Type } from '../schema/onnx_pb';
import type { Call, Value } from '../value';

/** Identity and ZipMap: the value passes unchanged. */
export function passThrough(call: Call): readonly Value[] {
  const value = call.inputs[0];
  if (!value) throw new ScoredeskError('onnx-graph', { reason: `${call.operator} without input` });
  return [value];
}

/** Cast between floating types keeps float32 values; a cast of columns to integers would cut them. */
export function cast(call: Call): readonly Value[] {
  const to = call.attributes.int('to', Type.FLOAT);
  if (call.inputs[0]?.kind === 'columns' && to !== Type.FLOAT && to !== Type.DOUBLE)
    throw new ScoredeskError('onnx-operator', { operator: `Cast to ${Type[to] ?? to}`, node: call.name });
  return passThrough(call);
}

/** Normalizer over class probabilities: they sum to one already, so L1 changes nothing. */
export function normalizer(call: Call): readonly Value[] {
  const norm = call.attributes.string('norm', 'MAX');
  const value = call.inputs[0];
  if (value?.kind === 'probabilities' && norm === 'L1') return [value];
  throw new ScoredeskError('onnx-operator', {
    operator: `Normalizer of ${value?.kind ?? 'nothing'}`,
    node: call.name,
  });
}

/** Mul of probabilities by one, as onnxmltools ends LightGBM graphs. */
export function mul(call: Call): readonly Value[] {
  const value = call.inputs.find((input) => input.kind !== 'constant');
  const factor = call.inputs.find((input) => input.kind === 'constant');
  if (!value || factor?.kind !== 'constant' || !factor.numbers.every((n) => n === 1))
    throw new ScoredeskError('onnx-operator', { operator: 'Mul', node: call.name });
  return [value];
}
