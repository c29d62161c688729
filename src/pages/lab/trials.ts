import { parametersOf } from '../../report/recipeText';
import type { LabRun } from '../../protocol/lab';
import type { Metric } from './runs';

/** What was tried, to be held against its parameters: runs, or the candidates of one search. */
export interface Trial {
  name: string;
  params: ReadonlyMap<string, number>;
  values: Readonly<Record<string, number>>;
}

export const METRICS: readonly Metric[] = [
  ...(['cost', 'auc', 'gini', 'ks', 'logLoss', 'brier'] as const),
  ...(['accuracy', 'balancedAccuracy', 'precision', 'recall', 'f1'] as const),
];
export const LESS: readonly Metric[] = ['cost', 'logLoss', 'brier'];

/** The runs that came to an end, by their figures on the rows kept aside. */
export const trialsOfRuns = (runs: readonly LabRun[]): Trial[] =>
  runs.flatMap(({ name, recipe, result, seconds }) => {
    if (!result) return [];
    const said = [...parametersOf(recipe), ...Object.entries(result.search?.best.params ?? {})];
    const params = new Map(said.map(([key, value]) => [key, value === '' ? NaN : Number(value)]));
    params.set('inputs', result.columns.length).set('rows', result.rows.train);
    params.set('rounds', result.rounds).set('seconds', seconds);
    return [{ name, params, values: { ...result.metrics.test } }];
  });

/** The candidates of a run's search, by what they reached in the folds. @param nameOf the candidate, from 1 */
export const trialsOfSearch = (
  { tried }: LabRun,
  metric: string,
  nameOf: (candidate: number) => string,
): Trial[] =>
  tried.map(({ params, value }, i) => ({
    name: nameOf(i + 1),
    params: new Map(Object.entries(params).map(([key, one]) => [key, Number(one)])),
    values: { [metric]: value },
  }));

/** Parameters that are numbers, and not the same everywhere. */
export function numericParams(trials: readonly Trial[]): string[] {
  const names = new Set(trials.flatMap(({ params }) => [...params.keys()]));
  return [...names].filter((name) => {
    const values = trials.map(({ params }) => params.get(name) ?? NaN).filter(Number.isFinite);
    return new Set(values).size > 1;
  });
}
