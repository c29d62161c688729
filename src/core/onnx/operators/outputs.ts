import { ScoredeskError } from '../../errors';
import { asSingle, notRead } from './shared';
import { TensorProto_DataType as Type } from '../schema/onnx_pb';
import type { Call, Probabilities, SourceColumn, Value } from '../value';

/** Identity and ZipMap: the value passes unchanged. */
export function passThrough(call: Call): readonly Value[] {
  const value = call.inputs[0];
  if (!value) throw new ScoredeskError('onnx-graph', { reason: `${call.operator} without input` });
  return [value];
}

/** A cast to float32 rounds; one of columns to integers would cut them, unless they are whole already. */
export function cast(call: Call): readonly Value[] {
  const to = call.attributes.int('to', Type.FLOAT);
  const [value] = call.inputs;
  const floating = to === Type.FLOAT || to === Type.DOUBLE;
  const whole = to === Type.INT64 && value?.kind === 'columns' && value.columns.every(isWhole);
  if ((value?.kind === 'columns' || value?.kind === 'mix') && !floating && !whole)
    throw new ScoredeskError('onnx-operator', { operator: `Cast to ${Type[to] ?? to}`, node: call.name });
  if (value?.kind !== 'columns') return passThrough(call);
  const columns = to === Type.FLOAT ? asSingle(value.columns) : value.columns.map(asDouble);
  return [{ kind: 'columns', columns }];
}

const asDouble = (column: SourceColumn): SourceColumn => ({ ...column, single: false });

const TRUTHS: ReadonlySet<string> = new Set([
  'Less',
  'LessOrEqual',
  'Greater',
  'GreaterOrEqual',
  'Equal',
  'And',
  'Or',
]);

/** The last step only ever gives whole numbers. */
function isWhole({ steps }: SourceColumn): boolean {
  const last = steps.findLast(({ kind }) => kind !== 'round');
  if (last?.kind === 'combine') return TRUTHS.has(last.op);
  if (last?.kind === 'unary') return last.op === 'Not' || last.op === 'IsNaN' || last.op === 'Floor';
  if (last?.kind !== 'map') return false;
  return [...last.to.values(), last.otherwise, last.missing].every(Number.isInteger);
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

/** Sigmoid of raw scores, of trees or of a weighted sum of columns: the probability of class 1 alone. */
export function sigmoid(call: Call): readonly Value[] {
  const [value] = call.inputs;
  if (value?.kind === 'mix' && value.weights.length === 1) return [ofMix(value)];
  if (value?.kind !== 'margin' || !value.raw) throw notRead(call, value?.kind);
  const { raw } = value;
  if (raw.model.link !== 'identity') throw notRead(call, 'probabilities');
  const model = { ...raw.model, link: 'logistic' as const };
  return [{ ...raw, kind: 'probabilities', model, only: 1, labels: ['0', '1'] }];
}

function ofMix({ columns, weights, offsets }: Extract<Value, { kind: 'mix' }>): Probabilities {
  const predictor = { kind: 'linear' as const, weights: weights[0], base: offsets[0] };
  const model = { predictor, link: 'logistic' as const, features: columns };
  return { kind: 'probabilities', model, only: 1, labels: ['0', '1'], covers: 'rows', given: null };
}
