/**
 * Recipes to begin from: the preparations that earlier scoring systems for Home Credit's data were built on (s0 to s4), each with
 * the objective that it was chosen by.
 */
export const TEMPLATES: Readonly<Record<string, object>> = {
  /** z-scores, constants dropped; recall three times as dear as precision. */
  s0: {
    steps: [
      { kind: 'dropConstant' },
      { kind: 'impute', with: 'median' },
      { kind: 'scale', with: 'standard' },
      { kind: 'oneHot' },
    ],
    learner: { kind: 'boosting' },
    imbalance: 'balanced',
    calibration: 'platt',
    threshold: { fBeta: 3 },
  },
  /** Columns with gaps or twins dropped, medians. */
  s1: {
    steps: [
      { kind: 'dropMissing', over: 0.08 },
      { kind: 'impute', with: 'median' },
      { kind: 'dropCorrelated', over: 0.65, keep: 'first' },
      { kind: 'scale', with: 'standard' },
      { kind: 'oneHot' },
    ],
    learner: { kind: 'logistic' },
    imbalance: 'balanced',
    calibration: 'platt',
    search: {
      kind: 'grid',
      metric: 'objective',
      params: { c: { min: 0.001, max: 10, n: 5, scale: 'log' } },
    },
    threshold: { costs: { kind: 'count', falseNegative: 10, falsePositive: 1 } },
  },
  /** Percentiles clipped, scaled, gaps by the nearest neighbours; parameters by TPE. */
  s3: {
    steps: [
      { kind: 'dropConstant' },
      { kind: 'clip', from: 0.01, to: 0.99 },
      { kind: 'scale', with: 'minMax' },
      { kind: 'neighbours', neighbours: 5 },
      { kind: 'oneHot' },
    ],
    learner: { kind: 'boosting' },
    search: {
      kind: 'tpe',
      trials: 30,
      metric: 'objective',
      rowShare: 0.5,
      params: {
        learningRate: { min: 0.01, max: 0.3, scale: 'log' },
        leaves: { min: 7, max: 63, whole: true },
        minChildRows: { min: 10, max: 200, scale: 'log', whole: true },
        columnShare: { min: 0.3, max: 1 },
      },
    },
    threshold: { costs: { kind: 'count', falseNegative: 10, falsePositive: 1 } },
  },
  /** Percentiles clipped, scaled, one flag a level, rows of the rarer outcome added; the neighbours of these are searched. */
  s4: {
    steps: [
      { kind: 'dropConstant' },
      { kind: 'clip', from: 0.01, to: 0.99 },
      { kind: 'impute', with: 'median' },
      { kind: 'scale', with: 'standard' },
      { kind: 'oneHot' },
    ],
    learner: { kind: 'boosting', params: { trees: 200, learningRate: 0.05 } },
    imbalance: { kind: 'smote' },
    calibration: 'isotonic',
    search: { kind: 'grid', metric: 'objective', params: { smoteNeighbours: [3, 5, 10] } },
    threshold: { costs: { kind: 'count', falseNegative: 10, falsePositive: 1 } },
  },
};
