import { joinTrees, leastAndMost, nodeCount, type TreeEnsemble } from '../../model/trees';
import type { LinearModel } from '../../model/linear';
import { MOST_COLUMNS } from './shared';
import type { Probabilities, SourceColumn, Value } from '../value';

/** Raw scores and probabilities as values of a graph: what arithmetic makes of them. */

type Margin = Extract<Value, { kind: 'margin' }>;
type Raw = NonNullable<Margin['raw']>;
type Mix = Extract<Value, { kind: 'mix' }>;

/** Raw scores, shifted or scaled: their leaves or weights are, and their base. */
export function shifted(raw: Raw, operator: string, by: number): Margin {
  const { predictor } = raw.model;
  const factor = operator === 'Mul' ? by : operator === 'Div' ? 1 / by : 1;
  const base = predictor.base * factor + (operator === 'Add' ? by : operator === 'Sub' ? -by : 0);
  const scaled =
    predictor.kind === 'linear'
      ? { ...predictor, base, weights: predictor.weights.map((weight) => weight * factor) }
      : { ...predictor, base, value: predictor.value.map((value) => value * factor) };
  return { kind: 'margin', raw: { ...raw, model: { ...raw.model, predictor: scaled } } };
}

/** An ensemble added to itself again and again would fill the memory. */
const MOST_NODES = 5_000_000;

/** The sum of two ensembles' raw scores: one ensemble of all their trees; null where it is no such sum. */
export function summed(left: Value | undefined, right: Value | undefined): Margin | null {
  if (left?.kind !== 'margin' || right?.kind !== 'margin' || !left.raw || !right.raw) return null;
  const [a, b] = [left.raw, right.raw];
  const [first, second] = [a.model.predictor, b.model.predictor];
  if (first.kind !== 'trees' || second.kind !== 'trees' || a.covers !== b.covers) return null;
  const [own, other] = [a.model.features ?? [], b.model.features ?? []];
  if (nodeCount(first) + nodeCount(second) > MOST_NODES || own.length + other.length > MOST_COLUMNS)
    return null;
  const shared = own === other;
  const predictor: TreeEnsemble = joinTrees(first, second, shared ? 0 : own.length);
  const features = shared ? own : [...own, ...other];
  const given = a.given && b.given && Float64Array.from([...a.given, ...b.given]);
  return { kind: 'margin', raw: { ...a, model: { ...a.model, predictor, features }, given } };
}

/** By how much rounding may take a sum of shares beyond 0 or 1. */
const ROUNDING = 1e-5;

/** One class's probability: as it is, or raw scores of trees that can be nothing else; null for any other value. */
export function oneProbability(value: Value | undefined): Probabilities | null {
  if (value?.kind === 'probabilities') return value.only === undefined ? null : value;
  if (value?.kind !== 'margin' || !value.raw || value.raw.model.link !== 'identity') return null;
  const { predictor } = value.raw.model;
  if (predictor.kind !== 'trees') return null;
  const [least, most] = leastAndMost(predictor);
  if (!(least >= -ROUNDING && most <= 1 + ROUNDING)) return null;
  return { ...value.raw, kind: 'probabilities', only: 1, labels: ['0', '1'] };
}

/** 1 - p of one class is the other class. */
export function otherClass(value: Value | undefined, from: Value | undefined): Probabilities | null {
  const one = from?.kind === 'constant' && from.numbers.length === 1 && from.numbers[0] === 1;
  const probability = one ? oneProbability(value) : null;
  return probability && { ...probability, only: probability.only === 1 ? 0 : 1 };
}

/** Weighted sums of columns, each scaled and shifted by its own number. */
export function mixed(mix: Mix, operator: string, by: (k: number) => number): Mix {
  const factor = (k: number) => (operator === 'Mul' ? by(k) : operator === 'Div' ? 1 / by(k) : 1);
  const shift = (k: number) => (operator === 'Add' ? by(k) : operator === 'Sub' ? -by(k) : 0);
  return {
    ...mix,
    weights: mix.weights.map((weights, k) => weights.map((weight) => weight * factor(k))),
    offsets: mix.offsets.map((offset, k) => offset * factor(k) + shift(k)),
  };
}

/** Two lists of as many weighted sums, added or subtracted one by one; null where they are not. */
export function mixedTogether(left: Value | undefined, right: Value | undefined, sign: 1 | -1): Mix | null {
  if (left?.kind !== 'mix' || right?.kind !== 'mix' || left.weights.length !== right.weights.length)
    return null;
  if (left.weights.length * (left.columns.length + right.columns.length) > MOST_COLUMNS) return null;
  return {
    kind: 'mix',
    columns: [...left.columns, ...right.columns],
    weights: left.weights.map((own, k) =>
      Float64Array.from([...own, ...right.weights[k].map((weight) => sign * weight)]),
    ),
    offsets: left.offsets.map((offset, k) => offset + sign * right.offsets[k]),
  };
}

/** One weighted sum of columns whose weights are all 1. */
export const sumOf = (columns: readonly SourceColumn[]): Mix => ({
  kind: 'mix',
  columns,
  weights: [new Float64Array(columns.length).fill(1)],
  offsets: new Float64Array(1),
});

/** A linear model of a projection is a linear model of what was projected. */
export function throughMix(model: LinearModel, { columns, weights, offsets }: Mix): LinearModel {
  const through = new Float64Array(columns.length);
  let base = model.base;
  weights.forEach((row, k) => {
    base += model.weights[k] * offsets[k];
    row.forEach((weight, j) => (through[j] += model.weights[k] * weight));
  });
  return { kind: 'linear', weights: through, base };
}
