import { t } from '../../state/locale.svelte';

/** Parameters of a recipe and of what came of it, in the words of the form. */

const NAMES = {
  learner: 'lab.model',
  inputs: 'lab.parameterInputs',
  rows: 'lab.parameterRows',
  rounds: 'lab.parameterRounds',
  seconds: 'lab.parameterSeconds',
  dropMissing: 'lab.step.dropMissing',
  dropCorrelated: 'lab.step.dropCorrelated',
  impute: 'lab.step.impute',
  scale: 'lab.step.scale',
  oneHot: 'lab.step.oneHot',
  imbalance: 'lab.imbalance',
  calibration: 'lab.calibration',
  search: 'lab.search',
  threshold: 'lab.threshold',
  split: 'lab.aside',
  folds: 'lab.folds',
  seed: 'lab.seed',
} as const;

const VALUES = {
  learner: ['dummy', 'logistic', 'scorecard', 'forest', 'boosting'],
  impute: ['median', 'mean', 'mostFrequent', 'min', 'max'],
  scale: ['standard', 'robust', 'minMax', 'power'],
  imbalance: ['none', 'balanced'],
  calibration: ['none', 'platt', 'isotonic'],
} as const;

/** Null for the parameters of a learner: they are called as its recipe calls them. */
export const parameterText = (name: string): string | null =>
  name in NAMES ? t(NAMES[name as keyof typeof NAMES]) : null;

export function valueText(name: string, value: string): string {
  if (!(name in VALUES)) return value;
  const of = name as keyof typeof VALUES;
  const known = VALUES[of].find((one) => one === value);
  return known === undefined ? value : t(`lab.${of}.${known}` as 'lab.impute.median');
}
