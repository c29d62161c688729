import { previousDouble } from '../../numeric/functions';
import { applyStepsTo } from '../../model/steps';
import type { Model } from '../../model/model';
import { goesYes, type TreeEnsemble } from '../../model/trees';
import { unordered, type Lever } from './lever';

/** An input column that follows others. */
export interface Follower {
  input: number;
  of: readonly number[];
  /** Its value for those of `of`. */
  rule: (values: readonly number[]) => number;
}

/**
 * How the predictor's features of one client move with its levers: directly, or through a column that follows. A feature
 * that follows two levers is known for each of them while the other stays: no set holds both.
 */
export class Moves {
  readonly levers: readonly Lever[];
  /** Levers of each feature, [features]. */
  readonly leversOf: readonly (readonly number[])[];
  /** Pairs of levers that one feature follows: [levers] of levers. */
  readonly together: readonly ReadonlySet<number>[];
  readonly #model: Model;
  readonly #row: Float64Array;
  readonly #followers: readonly Follower[];
  /** Whether a feature is a lever's own number. */
  readonly #plain: readonly ('double' | 'float32' | null)[];
  /** Features of the row as it is. */
  readonly #still: Float64Array;

  /** @param row the client's inputs, float64 [model.width] @param followers each after those that it follows */
  constructor(model: Model, row: Float64Array, levers: readonly Lever[], followers: readonly Follower[]) {
    this.#model = model;
    this.#row = row;
    this.#followers = followers;
    const inputs = leversOfInputs(model.width, levers, followers);
    const count = model.features?.length ?? model.width;
    this.leversOf = Array.from({ length: count }, (_, f) => inputs[inputOf(model, f)]);
    this.#still = Float64Array.from({ length: count }, (_, f) => this.#stepped(f, row[inputOf(model, f)]));
    this.#plain = Array.from({ length: count }, (_, f) => plainnessOf(model, f));
    this.together = togetherOf(levers.length, this.leversOf);
    const sets = setFeatures(model);
    const featuresOf = levers.map((): number[] => []);
    this.leversOf.forEach((own, feature) => own.forEach((lever) => featuresOf[lever].push(feature)));
    this.levers = levers.map((lever, l) =>
      lever.ordered && !this.#goesOneWay(lever, featuresOf[l], sets) ? unordered(lever) : lever,
    );
  }

  /** The feature when the lever has this value and all others stay. */
  at(feature: number, lever: number, value: number): number {
    const input = inputOf(this.#model, feature);
    const { input: own } = this.levers[lever];
    if (input === own) return this.#stepped(feature, value);
    return this.#stepped(feature, this.#followed(own, value)[input]);
  }

  /** The feature as it is. */
  still(feature: number): number {
    return this.#still[feature];
  }

  /** How the feature is the lever's own number; null where steps or a rule lie between. */
  plain(feature: number, lever: number): 'double' | 'float32' | null {
    return inputOf(this.#model, feature) === this.levers[lever].input ? this.#plain[feature] : null;
  }

  /** The client's inputs with these values of levers, and what follows them. */
  changed(changes: readonly { lever: number; value: number }[]): Float64Array {
    const row = this.#row.slice();
    for (const { lever, value } of changes) row[this.levers[lever].input] = value;
    return follow(row, this.#followers, new Set(changes.map(({ lever }) => this.levers[lever].input)));
  }

  #followed(input: number, value: number): Float64Array {
    const row = this.#row.slice();
    row[input] = value;
    return follow(row, this.#followers, new Set([input]));
  }

  #stepped(feature: number, x: number): number {
    const source = this.#model.features?.[feature];
    return source ? applyStepsTo(source, x) : x;
  }

  /** Whether every feature rises or falls all along the lever, and no set of codes is asked of it. */
  #goesOneWay(lever: Lever, features: readonly number[], sets: ReadonlySet<number>): boolean {
    if (features.some((feature) => sets.has(feature))) return false;
    const isPlain = (feature: number) =>
      inputOf(this.#model, feature) === lever.input && this.#plain[feature] !== null;
    const others = features.filter((feature) => !isPlain(feature));
    if (others.length === 0) return true;
    const at = Float64Array.from([...lever.values, lever.current, lever.least, lever.most])
      .filter(Number.isFinite)
      .sort();
    return others.every((feature) => isMonotone(at, (x) => this.#valueAt(feature, lever, x)));
  }

  #valueAt(feature: number, lever: Lever, x: number): number {
    const input = inputOf(this.#model, feature);
    return this.#stepped(feature, input === lever.input ? x : this.#followed(lever.input, x)[input]);
  }
}

/** Recomputes what follows the changed inputs, in place. */
export function follow(
  row: Float64Array,
  followers: readonly Follower[],
  changed: Set<number>,
): Float64Array {
  for (const { input, of, rule } of followers) {
    if (!of.some((operand) => changed.has(operand))) continue;
    row[input] = rule(of.map((operand) => row[operand]));
    changed.add(input);
  }
  return row;
}

const inputOf = (model: Model, feature: number): number => model.features?.[feature].input ?? feature;

/** A feature that is its input, or its input as a float32; null for any other. */
function plainnessOf(model: Model, feature: number): 'double' | 'float32' | null {
  const steps = model.features?.[feature].steps ?? [];
  if (steps.some(({ kind }) => kind !== 'round')) return null;
  return steps.length > 0 ? 'float32' : 'double';
}

function leversOfInputs(width: number, levers: readonly Lever[], followers: readonly Follower[]): number[][] {
  const out = Array.from({ length: width }, (): number[] => []);
  levers.forEach(({ input }, l) => out[input].push(l));
  for (const { input, of } of followers)
    out[input] = [...new Set([...out[input], ...of.flatMap((operand) => out[operand])])];
  return out;
}

function togetherOf(count: number, features: readonly (readonly number[])[]): Set<number>[] {
  const out = Array.from({ length: count }, () => new Set<number>());
  for (const own of features) for (const a of own) for (const b of own) if (a !== b) out[a].add(b);
  return out;
}

/** Features of which some node asks for a set of codes. */
function setFeatures({ predictor }: Model): Set<number> {
  const out = new Set<number>();
  if (predictor.kind === 'trees')
    predictor.set.forEach((set, node) => set >= 0 && out.add(predictor.feature[node]));
  return out;
}

function isMonotone(at: Float64Array, value: (x: number) => number): boolean {
  let [up, down] = [true, true];
  for (let i = 1; i < at.length; i++) {
    const [before, here] = [value(at[i - 1]), value(at[i])];
    up &&= here >= before;
    down &&= here <= before;
  }
  return up || down;
}

/** Where along a lever the answer of a node changes: `left` up to `at`, the other answer beyond; Infinity: never. */
export interface Turn {
  at: number;
  left: boolean;
}

/** The turn of a node along an ordered lever, exact to the last double, by bisection where steps lie between. */
export function turnOf(
  trees: TreeEnsemble,
  node: number,
  lever: Lever,
  value: (x: number) => number,
  plain: 'double' | 'float32' | null,
): Turn {
  if (plain)
    return { at: plain === 'double' ? trees.threshold[node] : roundsUpTo(trees.threshold[node]), left: true };
  const answer = (x: number): boolean => goesYes(trees, node, value(x));
  let low = Math.min(lever.least, lever.current);
  let high = Math.max(lever.most, lever.current);
  const left = answer(low);
  if (answer(high) === left) return { at: Infinity, left };
  for (;;) {
    const middle = low + (high - low) / 2;
    if (middle === low || middle === high) return { at: low, left };
    if (answer(middle) === left) low = middle;
    else high = middle;
  }
}

/** The largest double that is at most `threshold` once it is a float32. */
function roundsUpTo(threshold: number): number {
  let below = Math.fround(threshold);
  if (below > threshold) below = -nextFloat(-below);
  const middle = (below + nextFloat(below)) / 2;
  return Math.fround(middle) <= threshold ? middle : previousDouble(middle);
}

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

const LEAST_FLOAT = 1.401298464324817e-45;

function nextFloat(x: number): number {
  if (x === 0) return LEAST_FLOAT;
  float[0] = x;
  bits[0] += x > 0 ? 1 : -1;
  return float[0];
}
