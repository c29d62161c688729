import { featureInputs, type Model } from '../model/model';
import { seededRandom, shuffled } from '../numeric/random';
import type { Scorer } from './agnostic';
import type { Covers } from './covers';
import type { Contributions } from './explainer';

/** Mean of |contribution| of each input column: what the model relies on, in its explanation unit. */
export function meanAbsolute({ values, rows, width }: Contributions): Float64Array {
  const out = new Float64Array(width);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < width; j++) out[j] += Math.abs(values[i * width + j]) / rows;
  return out;
}

/** Positions from the largest value to the least; equal ones keep their order. */
export const strongest = (values: ArrayLike<number>): number[] =>
  Array.from({ length: values.length }, (_, j) => j).sort((a, b) => values[b] - values[a] || a - b);

export interface SplitImportance {
  /** Splits on the column in all trees (LightGBM's `split`). */
  counts: Float64Array;
  /** Variance of the output that those splits take away, weighed by covers; null without covers. */
  gain: Float64Array | null;
}

/**
 * How often, and to what effect, trees split on each input column. The gain of a split is
 * yes (v_yes - v)² + no (v_no - v)², yes and no the covers of its children and v the cover-weighted mean of the
 * leaves below: for forests proportional to the Gini decrease of scikit-learn, for boosting to the
 * loss reduction without regularisation (Hastie et al. 2009, 10.13.1); an ONNX file does not hold the
 * training's own figure.
 *
 * @returns null for a model that has no trees
 */
export function splitImportance(model: Model, covers: Covers | null): SplitImportance | null {
  const { predictor, width } = model;
  if (predictor.kind !== 'trees') return null;
  const columns = featureInputs(model);
  const counts = new Float64Array(width);
  const gain = covers ? new Float64Array(width) : null;
  const means = covers && nodeMeans(predictor, covers.values);
  predictor.feature.forEach((feature, node) => {
    if (feature < 0) return;
    const column = columns[feature];
    counts[column]++;
    if (!gain || !means || !covers) return;
    for (const child of [node + 1, predictor.no[node]]) {
      const step = means[child] - means[node];
      gain[column] += covers.values[child] * step * step;
    }
  });
  return { counts, gain };
}

/** Mean of the leaves below each node, weighed by covers; children follow their parents in the arrays. */
function nodeMeans(
  { feature, no, value }: { feature: Int32Array; no: Int32Array; value: Float64Array },
  covers: Float64Array,
) {
  const means = Float64Array.from(value);
  for (let n = feature.length - 1; n >= 0; n--) {
    if (feature[n] < 0 || covers[n] === 0) continue;
    means[n] = (covers[n + 1] * means[n + 1] + covers[no[n]] * means[no[n]]) / covers[n];
  }
  return means;
}

export interface PermutationOptions {
  /** Larger is better. */
  metric: (target: Float64Array, scores: Float64Array) => number;
  repeats: number;
  seed: number;
  /** Told after each column. */
  progress?: ((columns: number) => void) | undefined;
}

export interface PermutationImportance {
  /** The metric on the rows as they are. */
  base: number;
  /** Mean and standard deviation (n) of its drop over the repeats, by column. */
  mean: Float64Array;
  spread: Float64Array;
}

/**
 * Drop of a metric when one column is shuffled among the rows (Breiman 2001;
 * sklearn.inspection.permutation_importance): all columns by themselves, the same shuffles for all.
 *
 * @param inputs row-major [rows, width]
 */
export async function permutationImportance(
  score: Scorer,
  inputs: Float64Array,
  target: Float64Array,
  { metric, repeats, seed, progress }: PermutationOptions,
): Promise<PermutationImportance> {
  const rows = target.length;
  const width = inputs.length / rows;
  const random = seededRandom(seed);
  const orders = Array.from({ length: repeats }, () => shuffled(rows, random));
  const base = metric(target, await score(inputs, rows));
  const mean = new Float64Array(width);
  const spread = new Float64Array(width);
  const changed = Float64Array.from(inputs);
  for (let j = 0; j < width; j++) {
    const drops = new Float64Array(repeats);
    for (let r = 0; r < repeats; r++) {
      for (let i = 0; i < rows; i++) changed[i * width + j] = inputs[orders[r][i] * width + j];
      drops[r] = base - metric(target, await score(changed, rows));
    }
    for (let i = 0; i < rows; i++) changed[i * width + j] = inputs[i * width + j];
    mean[j] = drops.reduce((a, b) => a + b, 0) / repeats;
    spread[j] = Math.sqrt(
      drops.reduce((sum, drop) => sum + (drop - mean[j]) * (drop - mean[j]), 0) / repeats,
    );
    progress?.(j + 1);
  }
  return { base, mean, spread };
}
