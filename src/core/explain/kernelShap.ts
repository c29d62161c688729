import { seededRandom } from '../numeric/random';
import { ridge } from '../numeric/solve';
import { ASKED_ROWS, type Explanation, type Scorer } from './agnostic';

export interface KernelOptions {
  /** Row-major background rows of input columns. */
  background: Float64Array;
  rows: number;
  /** Coalitions tried; all of them where they are no more. shap's own choice is 2 M + 2048. */
  samples?: number | undefined;
  seed: number;
}

/**
 * KernelSHAP (Lundberg & Lee 2017; shap.KernelExplainer with identity link and no L1): the weighted least
 * squares fit of coalitions' values, whose minimum is the Shapley value of v(S) = E_b f(x in S, b elsewhere).
 * Coalition sizes are taken whole from the outside in while the samples last, the rest at random in pairs.
 * With 2^M - 2 coalitions or fewer asked for the values are exact interventional SHAP values; beyond that
 * they are an estimate, the same for the same seed.
 *
 * @param row input columns of the row explained, float32 [width]
 */
export async function kernelShap(
  score: Scorer,
  row: Float64Array,
  options: KernelOptions,
): Promise<Explanation> {
  const { background, rows } = options;
  const width = row.length;
  const values = new Float64Array(width);
  const base = mean(await score(background, rows));
  const [output] = await score(row, 1);
  const players = varying(row, background, rows);
  const total = output - base;
  if (players.length === 1) values[players[0]] = total;
  if (players.length < 2) return { base, values };
  const coalitions = coalitionsOf(players.length, options.samples ?? 2 * players.length + 2048, options.seed);
  const found = await coalitionValues(score, row, players, coalitions.masks, options);
  const fitted = fit(
    coalitions,
    found.map((value) => value - base),
    players.length,
    total,
  );
  players.forEach((player, j) => (values[player] = fitted[j]));
  return { base, values };
}

/** Columns in which the row differs from any background row; the others have nothing to explain. */
function varying(row: Float64Array, background: Float64Array, rows: number): number[] {
  const differs = (j: number) => {
    for (let i = 0; i < rows; i++) if (!Object.is(background[i * row.length + j], row[j])) return true;
    return false;
  };
  return Array.from(row.keys()).filter(differs);
}

interface Coalitions {
  /** [coalitions, players]: 1 where the player is in. */
  masks: Uint8Array;
  weights: Float64Array;
}

function coalitionsOf(players: number, wanted: number, seed: number): Coalitions {
  const most = players <= 30 ? (1 << players) - 2 : Infinity;
  const samples = Math.min(wanted, most);
  const sizes = Math.ceil((players - 1) / 2);
  const paired = Math.floor((players - 1) / 2);
  const sizeWeight = Float64Array.from({ length: sizes }, (_, i) => {
    const size = i + 1;
    return ((players - 1) / (size * (players - size))) * (size <= paired ? 2 : 1);
  });
  const all = sizeWeight.reduce((a, b) => a + b, 0);
  sizeWeight.forEach((weight, i) => (sizeWeight[i] = weight / all));
  const chosen = new CoalitionSet(players, paired);
  const whole = chosen.addWholeSizes(sizeWeight, samples);
  if (whole < sizes) chosen.addRandom(sizeWeight, whole, samples, seededRandom(seed));
  return chosen.finish();
}

/** Coalitions chosen so far, each with its complement where sizes are paired. */
class CoalitionSet {
  readonly #players: number;
  readonly #paired: number;
  readonly #masks: Uint8Array[] = [];
  readonly #weights: number[] = [];

  constructor(players: number, paired: number) {
    this.#players = players;
    this.#paired = paired;
  }

  finish(): Coalitions {
    const masks = new Uint8Array(this.#masks.length * this.#players);
    this.#masks.forEach((mask, i) => masks.set(mask, i * this.#players));
    return { masks, weights: Float64Array.from(this.#weights) };
  }

  /** All coalitions of the outer sizes, as long as they take no more than their share. @returns how many sizes */
  addWholeSizes(sizeWeight: Float64Array, samples: number): number {
    let left = samples;
    let weightLeft = 1;
    for (let size = 1; size <= sizeWeight.length; size++) {
      const ways = choose(this.#players, size);
      const taken = ways * (size <= this.#paired ? 2 : 1);
      if ((left * sizeWeight[size - 1]) / weightLeft < taken * (1 - 1e-8)) return size - 1;
      left -= taken;
      weightLeft -= sizeWeight[size - 1];
      const weight = sizeWeight[size - 1] / taken;
      for (const members of combinations(this.#players, size)) this.#add(members, weight);
    }
    return sizeWeight.length;
  }

  addRandom(sizeWeight: Float64Array, whole: number, samples: number, random: () => number): void {
    const first = this.#masks.length;
    const weights = sizeWeight
      .slice(whole)
      .map((weight, i) => (whole + i < this.#paired ? weight / 2 : weight));
    const known = new Map<string, number>();
    for (let tries = 4 * (samples - first); tries > 0 && this.#masks.length < samples; tries--) {
      const size = whole + 1 + pick(weights, random);
      const members = randomMembers(this.#players, size, random);
      const key = members.join();
      const before = known.get(key);
      if (before === undefined) {
        known.set(key, this.#masks.length);
        this.#add(members, 1);
      } else for (let k = before; k < before + (size <= this.#paired ? 2 : 1); k++) this.#weights[k]++;
    }
    const drawn = this.#weights.slice(first).reduce((a, b) => a + b, 0);
    const scale = sizeWeight.slice(whole).reduce((a, b) => a + b, 0) / drawn;
    for (let k = first; k < this.#weights.length; k++) this.#weights[k] *= scale;
  }

  #add(members: readonly number[], weight: number): void {
    const mask = new Uint8Array(this.#players);
    for (const member of members) mask[member] = 1;
    this.#masks.push(mask);
    this.#weights.push(weight);
    if (members.length > this.#paired) return;
    this.#masks.push(mask.map((inside) => 1 - inside));
    this.#weights.push(weight);
  }
}

function choose(n: number, k: number): number {
  let ways = 1;
  for (let i = 1; i <= k; i++) ways = (ways * (n - k + i)) / i;
  return ways;
}

function* combinations(n: number, size: number): Generator<readonly number[]> {
  const members = Array.from({ length: size }, (_, i) => i);
  for (;;) {
    yield members;
    let i = size - 1;
    while (i >= 0 && members[i] === n - size + i) i--;
    if (i < 0) return;
    members[i]++;
    for (let k = i + 1; k < size; k++) members[k] = members[k - 1] + 1;
  }
}

function pick(weights: Float64Array, random: () => number): number {
  let left = random() * weights.reduce((a, b) => a + b, 0);
  for (let i = 0; i < weights.length; i++) if ((left -= weights[i]) < 0) return i;
  return weights.length - 1;
}

/** `size` of `n` players in ascending order. */
function randomMembers(n: number, size: number, random: () => number): number[] {
  const order = Array.from({ length: n }, (_, i) => i);
  for (let i = 0; i < size; i++) {
    const j = i + Math.floor(random() * (n - i));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order.slice(0, size).sort((a, b) => a - b);
}

/** Mean output over the background with each coalition's players from the row. */
async function coalitionValues(
  score: Scorer,
  row: Float64Array,
  players: readonly number[],
  masks: Uint8Array,
  { background, rows }: KernelOptions,
): Promise<Float64Array> {
  const width = row.length;
  const count = masks.length / players.length;
  const out = new Float64Array(count);
  const together = Math.max(1, Math.floor(ASKED_ROWS / rows));
  for (let from = 0; from < count; from += together) {
    const own = Math.min(together, count - from);
    const inputs = new Float64Array(own * rows * width);
    for (let c = 0; c < own; c++) {
      const at = c * rows * width;
      inputs.set(background, at);
      players.forEach((player, j) => {
        if (masks[(from + c) * players.length + j] === 0) return;
        for (let i = 0; i < rows; i++) inputs[at + i * width + player] = row[player];
      });
    }
    const scores = await score(inputs, own * rows);
    for (let c = 0; c < own; c++) out[from + c] = mean(scores.subarray(c * rows, (c + 1) * rows));
  }
  return out;
}

/** Least squares with the sum of all players fixed to `total`: the last player is put in by the others. */
function fit(
  { masks, weights }: Coalitions,
  values: Float64Array,
  players: number,
  total: number,
): Float64Array {
  const free = players - 1;
  const x = new Float64Array(values.length * free);
  const y = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const last = masks[i * players + free];
    y[i] = values[i] - last * total;
    for (let j = 0; j < free; j++) x[i * free + j] = masks[i * players + j] - last;
  }
  const solved = ridge(x, y, weights, free, 0);
  return Float64Array.of(...solved, total - solved.reduce((a, b) => a + b, 0));
}

function mean(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
