import { unitCosts, type Costs } from '../decision/cost';
import { auc } from '../metrics/binary';
import { calibrationOf } from '../metrics/calibration';
import { confusionMetric, confusionOf } from '../metrics/confusion';
import { isotonicAt } from '../metrics/isotonic';
import { momentsOf } from '../stats/moments';
import { isAlert, limitsOf, type Limits } from './limits';
import { METRICS, type Metric, type MetricValue } from './metric';

/** Scores of some rows, the decisions made with them, and the outcomes where they are known. */
export interface Scored {
  probability: Float64Array;
  /** 1 refused, 0 not. */
  refused: Uint8Array;
  /** 1 default, 0 repaid, -1 not known yet; null without labels. */
  target: Int8Array | null;
  /** What costs by amount are shares of; left out for costs by count. */
  amount?: Float64Array | undefined;
}

/** Scores of which every outcome is known. */
export type Labelled = Scored & { target: Int8Array };

/** What is fitted on the labelled reference, once. */
export interface PerformanceFit {
  /** Scores are calibrated (isotonic) before metrics are expected from them; null where that would not help. */
  calibration: ReturnType<typeof calibrationOf>;
  costs: Costs;
  limits: Record<Metric, Limits>;
  /** Standard deviation a row and share of rows it counts for, by metric. */
  errors: Record<Metric, { sd: number; share: number }>;
}

/**
 * Fits confidence-based performance estimation (CBPE, NannyML 0.13) on a labelled reference.
 *
 * @param pieces the reference's chunks: their realised metrics, mean ± 3 standard deviations, give the limits
 */
export function fitPerformance(
  reference: Labelled,
  pieces: readonly Labelled[],
  costs: Costs,
): PerformanceFit {
  const limits = {} as Record<Metric, Limits>;
  for (const metric of METRICS)
    limits[metric] = limitsOf(
      pieces.map((piece) => realizedOf(metric, piece, costs)),
      metric === 'cost' ? null : 0,
      metric === 'cost' ? null : 1,
    );
  return {
    calibration: calibrationOf(reference.target, reference.probability),
    costs,
    limits,
    errors: errorsOf(reference, costs),
  };
}

/** Estimates and, with labels, realised values of a chunk. Rows without a score must be left out before. */
export function performanceOf(fit: PerformanceFit, chunk: Scored): MetricValue[] {
  const labelled = labelledOf(chunk);
  const expected = fit.calibration ? isotonicAt(fit.calibration, chunk.probability) : chunk.probability;
  return METRICS.map((name) => {
    const estimated = estimateOf(name, chunk, expected, fit.costs);
    const { sd, share } = fit.errors[name];
    return {
      name,
      estimated,
      realized: realizedOf(name, labelled, fit.costs),
      ...fit.limits[name],
      alert: isAlert(estimated, fit.limits[name]),
      samplingError: sd / Math.sqrt(chunk.probability.length * share),
    };
  });
}

/** These rows of scores. */
export function takeScored<S extends Scored>(scored: S, rows: Int32Array): S {
  const { probability, refused, target, amount } = scored;
  return {
    ...scored,
    probability: Float64Array.from(rows, (row) => probability[row]),
    refused: Uint8Array.from(rows, (row) => refused[row]),
    target: target && Int8Array.from(rows, (row) => target[row]),
    amount: amount && Float64Array.from(rows, (row) => amount[row]),
  };
}

/** The rows whose outcome is known. */
export function labelledOf(scored: Scored): Labelled {
  const target = scored.target ?? new Int8Array(0);
  const rows = Int32Array.from(target, (_, row) => row).filter((row) => target[row] >= 0);
  return takeScored({ ...scored, target }, rows);
}

function estimateOf(metric: Metric, chunk: Scored, expected: Float64Array, costs: Costs): number {
  if (chunk.probability.length === 0) return NaN;
  if (metric === 'roc_auc') return expectedAuc(chunk.probability, expected);
  if (metric === 'cost') return momentsOf(costsOf(chunk, expected, costs)).mean;
  return confusionMetric(metric, confusionOf(chunk.refused, expected));
}

/** Cost of each row's decision, of the rows whose amount is known. @param defaults P(default) or the outcome */
function costsOf({ refused, amount }: Scored, defaults: ArrayLike<number>, costs: Costs): Float64Array {
  const unit = unitCosts(costs);
  const all = Float64Array.from(
    defaults,
    (p, row) => (amount?.[row] ?? 1) * (refused[row] ? unit.falsePositive * (1 - p) : unit.falseNegative * p),
  );
  return amount ? all.filter((cost) => !Number.isNaN(cost)) : all;
}

/**
 * Area under the ROC curve that calibrated scores let expect: expected true and false positives, cumulated by
 * descending raw score and rounded to five digits as NannyML does, under trapezoids.
 */
function expectedAuc(raw: Float64Array, expected: Float64Array): number {
  const order = Uint32Array.from({ length: raw.length }, (_, i) => i).sort((a, b) => raw[b] - raw[a]);
  let sum = 0;
  for (let i = 0; i < order.length; i++) sum += expected[order[i]];
  const positives = toFive(sum);
  const negatives = toFive(order.length - sum);
  let area = 0;
  let cumulated = 0;
  let lastTrue = 0;
  let lastFalse = 0;
  for (let i = 0; i < order.length; i++) {
    cumulated += expected[order[i]];
    const [nowTrue, nowFalse] = [toFive(cumulated), toFive(i + 1 - cumulated)];
    area += ((nowFalse - lastFalse) * (nowTrue + lastTrue)) / 2;
    [lastTrue, lastFalse] = [nowTrue, nowFalse];
  }
  return area / positives / negatives;
}

const toFive = (x: number): number => Math.round(x * 1e5) / 1e5;

/** A metric of known outcomes; NaN where it needs both classes and one is missing, as NannyML has it. */
function realizedOf(metric: Metric, labelled: Labelled, costs: Costs): number {
  const { probability, refused, target } = labelled;
  if (target.length === 0) return NaN;
  const defaults = target.reduce((sum, label) => sum + label, 0);
  const bothOutcomes = defaults > 0 && defaults < target.length;
  if (metric === 'roc_auc') return bothOutcomes ? auc(target, probability) : NaN;
  if (metric === 'cost') return momentsOf(costsOf(labelled, target, costs)).mean;
  const confusion = confusionOf(refused, target);
  const refusedRows = confusion.tp + confusion.fp;
  const bothDecisions = refusedRows > 0 && refusedRows < target.length;
  const needsBoth = metric === 'f1' || metric === 'precision' || metric === 'recall';
  if (needsBoth && !(bothOutcomes && bothDecisions)) return NaN;
  if (metric === 'specificity' && defaults === target.length) return NaN;
  return confusionMetric(metric, confusion);
}

/** Standard deviations a row, from the reference (NannyML 0.13, sampling_error/binary_classification.py). */
function errorsOf(reference: Labelled, costs: Costs): Record<Metric, { sd: number; share: number }> {
  const n = reference.target.length;
  const { tp, fp, fn, tn } = confusionOf(reference.refused, reference.target);
  const wrong = fp + fn;
  const ofRows = costsOf(reference, reference.target, costs);
  return {
    roc_auc: placementError(reference),
    f1: { sd: spreadOf(tp, tp + wrong) * ((tp + wrong) / (tp + wrong / 2)), share: (tp + wrong) / n },
    precision: { sd: spreadOf(tp, tp + fp), share: (tp + fp) / n },
    recall: { sd: spreadOf(tp, tp + fn), share: (tp + fn) / n },
    specificity: { sd: spreadOf(tn, tn + fp), share: (tn + fp) / n },
    accuracy: { sd: spreadOf(tp + tn, n), share: 1 },
    cost: { sd: momentsOf(ofRows).sd, share: ofRows.length / n },
  };
}

/** Standard deviation of `ones` ones among `all` zeros and ones. */
const spreadOf = (ones: number, all: number): number => Math.sqrt((ones / all) * (1 - ones / all));

/**
 * Spread of the share of repayers that each default outscores. Tied scores count half; NannyML takes them in the
 * order its sort leaves them.
 */
function placementError({ probability, target }: Labelled): { sd: number; share: number } {
  const n = target.length;
  const order = Uint32Array.from({ length: n }, (_, i) => i).sort((a, b) => probability[a] - probability[b]);
  const defaults = target.reduce((sum, label) => sum + label, 0);
  // The rarer outcome is the event, as NannyML has it.
  const event = defaults > n / 2 ? 0 : 1;
  const events = event === 1 ? defaults : n - defaults;
  const shares: number[] = [];
  let below = 0;
  for (let i = 0; i < n;) {
    let j = i;
    let tied = 0;
    for (; j < n && probability[order[j]] === probability[order[i]]; j++)
      if (target[order[j]] !== event) tied++;
    for (let k = i; k < j; k++)
      if (target[order[k]] === event) shares.push((below + tied / 2) / (n - events));
    below += tied;
    i = j;
  }
  return { sd: momentsOf(shares).sd, share: events / n };
}
