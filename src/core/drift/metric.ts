/** Metrics that can be estimated without labels; `roc_auc` is NannyML's name. Cost is a mean per client. */
export const METRICS = ['roc_auc', 'f1', 'precision', 'recall', 'specificity', 'accuracy', 'cost'] as const;
export type Metric = (typeof METRICS)[number];

export interface MetricValue {
  name: Metric;
  estimated: number;
  /** NaN without labels, or where one class is missing. */
  realized: number;
  lower: number | null;
  upper: number | null;
  alert: boolean;
  /** Standard error of the estimate, from the reference. */
  samplingError: number;
}

/** Ends of what a metric can be. */
export const rangeOf = (metric: Metric): [number, number] => [0, metric === 'cost' ? Infinity : 1];

/** Three standard errors about an estimate, within what the metric can be. */
export function intervalOf({ name, estimated, samplingError }: MetricValue): [number, number] {
  const [least, most] = rangeOf(name);
  return [Math.max(least, estimated - 3 * samplingError), Math.min(most, estimated + 3 * samplingError)];
}
