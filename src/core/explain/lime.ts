import { exp, ln } from '../numeric/functions';
import { seededRandom } from '../numeric/random';
import { ridge } from '../numeric/solve';
import { quantileSorted } from '../stats/quantile';
import { ASKED_ROWS, type Explanation, type Scorer } from './agnostic';

export interface LimeOptions {
  /** Rows perturbed, the explained one among them; lime's own choice is 5,000. */
  samples?: number | undefined;
  /** In units of sqrt(columns); lime's own is 0.75. */
  kernelWidth?: number | undefined;
  seed: number;
}

/** What a column's values are drawn from: its bins, or its categories, as often as in the background. */
interface Bins {
  /** Upper ends of all bins but the last; null for a category, whose values are its bins. */
  edges: readonly number[] | null;
  bins: readonly Bin[];
}

interface Bin {
  /** Category code, or position among the quartile bins; NaN is a bin of its own. */
  value: number;
  share: number;
  low: number;
  high: number;
  mean: number;
  deviation: number;
}

/** Draws for one column: the number, and whether it lies in the explained row's bin. */
type Draw = (random: () => number) => { value: number; same: boolean };

/**
 * LIME for tables (Ribeiro et al. 2016; lime.lime_tabular with discretize_continuous, quartiles): rows are drawn
 * column by column from the background, weighed by how many of their columns lie in the explained row's bin,
 * sqrt(exp(-d² / kernelWidth²)), and a ridge regression (alpha 1) on "same bin" explains the output near the row.
 * A missing value is a bin of its own (lime refuses it). No column is left out.
 */
export class Lime {
  readonly #columns: readonly Bins[];

  /**
   * @param background row-major [rows, width]
   * @param categories whether each column holds codes
   */
  constructor(background: Float64Array, rows: number, categories: readonly boolean[]) {
    const width = categories.length;
    this.#columns = categories.map((category, j) =>
      binsOf(
        Float64Array.from({ length: rows }, (_, i) => background[i * width + j]),
        category,
      ),
    );
  }

  /** @returns the weights of "in this bin", and the intercept as base */
  async explain(score: Scorer, row: Float64Array, options: LimeOptions): Promise<Explanation> {
    const { samples = 5000, kernelWidth = 0.75, seed } = options;
    const width = row.length;
    const random = seededRandom(seed);
    const draws = this.#columns.map((bins, j) => drawOf(bins, row[j]));
    const same = new Float64Array(samples * width).fill(1, 0, width);
    const inputs = new Float64Array(samples * width);
    inputs.set(row);
    for (let i = 1; i < samples; i++)
      draws.forEach((draw, j) => {
        const drawn = draw(random);
        inputs[i * width + j] = drawn.value;
        same[i * width + j] = drawn.same ? 1 : 0;
      });
    const outputs = await scoreAll(score, inputs, samples, width);
    return fitLime(same, outputs, width, kernelWidth * Math.sqrt(width));
  }
}

/**
 * The weighted ridge fit (alpha 1, intercept free) of outputs on "same bin" [samples, width], weighed by the
 * distance from the first row: sklearn's Ridge as lime calls it.
 */
export function fitLime(
  same: Float64Array,
  outputs: Float64Array,
  width: number,
  kernelWidth: number,
): Explanation {
  const samples = outputs.length;
  const weights = Float64Array.from({ length: samples }, (_, i) => {
    let distance = 0;
    for (let j = 0; j < width; j++) distance += 1 - same[i * width + j];
    return Math.sqrt(exp(-distance / (kernelWidth * kernelWidth)));
  });
  const total = weights.reduce((a, b) => a + b, 0);
  const centre = new Float64Array(width);
  let level = 0;
  for (let i = 0; i < samples; i++) {
    level += (weights[i] * outputs[i]) / total;
    for (let j = 0; j < width; j++) centre[j] += (weights[i] * same[i * width + j]) / total;
  }
  const centred = same.map((value, k) => value - centre[k % width]);
  const values = ridge(
    centred,
    outputs.map((output) => output - level),
    weights,
    width,
    1,
  );
  return { base: level - values.reduce((sum, value, j) => sum + value * centre[j], 0), values };
}

async function scoreAll(
  score: Scorer,
  inputs: Float64Array,
  rows: number,
  width: number,
): Promise<Float64Array> {
  const out = new Float64Array(rows);
  for (let from = 0; from < rows; from += ASKED_ROWS) {
    const to = Math.min(rows, from + ASKED_ROWS);
    out.set(await score(inputs.subarray(from * width, to * width), to - from), from);
  }
  return out;
}

function binsOf(values: Float64Array, category: boolean): Bins {
  if (category) return { edges: null, bins: binned(values, (value) => value) };
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const edges = sorted.length
    ? [...new Set([0.25, 0.5, 0.75].map((share) => quantileSorted(sorted, share)))]
    : [];
  const bins = binned(values, (value) => binOf(edges, value)).map((bin) => ({
    ...bin,
    low: edges[bin.value - 1] ?? sorted[0],
    high: edges[bin.value] ?? sorted[sorted.length - 1],
  }));
  return { edges, bins };
}

/** Position of a number's bin: the first whose upper end is not below it (numpy searchsorted, left). */
function binOf(edges: readonly number[], value: number): number {
  if (Number.isNaN(value)) return NaN;
  const at = edges.findIndex((edge) => value <= edge);
  return at < 0 ? edges.length : at;
}

function binned(values: Float64Array, binned: (value: number) => number): Bin[] {
  const groups = new Map<number, number[]>();
  for (const value of values) {
    const bin = binned(value);
    const group = groups.get(bin);
    if (group) group.push(value);
    else groups.set(bin, [value]);
  }
  const order = [...groups].sort(([a], [b]) => (Number.isNaN(a) ? 1 : Number.isNaN(b) ? -1 : a - b));
  return order.map(([value, group]) => {
    const finite = group.filter(Number.isFinite);
    const mean = finite.reduce((a, b) => a + b, 0) / Math.max(1, finite.length);
    const spread = finite.reduce((sum, x) => sum + (x - mean) * (x - mean), 0) / Math.max(1, finite.length);
    const share = group.length / values.length;
    return { value, share, low: value, high: value, mean, deviation: Math.sqrt(spread) };
  });
}

function drawOf({ edges, bins }: Bins, own: number): Draw {
  const ownBin = edges ? binOf(edges, own) : own;
  return (random) => {
    let left = random();
    let bin = bins[bins.length - 1];
    for (const candidate of bins)
      if ((left -= candidate.share) < 0) {
        bin = candidate;
        break;
      }
    const value = Number.isNaN(bin.value) ? NaN : edges ? truncatedNormal(bin, random) : bin.value;
    return { value, same: Object.is(bin.value, ownBin) };
  };
}

/** Draws until one falls into the bin; most do, as mean and deviation are the bin's own. */
const MOST_DRAWS = 200;

function truncatedNormal({ low, high, mean, deviation }: Bin, random: () => number): number {
  if (!(high > low) || deviation === 0) return Math.min(high, Math.max(low, mean));
  for (let tries = 0; tries < MOST_DRAWS; tries++) {
    const value = mean + deviation * normal(random);
    if (value >= low && value <= high) return value;
  }
  return low + random() * (high - low);
}

/** A standard normal number: Marsaglia's polar method. */
function normal(random: () => number): number {
  for (;;) {
    const x = 2 * random() - 1;
    const y = 2 * random() - 1;
    const square = x * x + y * y;
    if (square > 0 && square < 1) return x * Math.sqrt((-2 * ln(square)) / square);
  }
}
