import type { Recipe } from '../engine/lab/recipe';

/** A recipe as a file and as a list, for whoever keeps or compares runs. */

/** The recipe as `scoredesk train --recipe` and the import read it. */
export function recipeJson(recipe: Recipe): string {
  const { search, ...rest } = recipe;
  if (!search) return JSON.stringify(rest, null, 2);
  const params = Object.entries(search.params).map(([name, dimension]): [string, unknown] => {
    if (dimension.kind === 'values') return [name, dimension.values];
    const { min, max, n, scale, whole } = dimension;
    return [name, { min, max, n, scale, whole }];
  });
  return JSON.stringify({ ...rest, search: { ...search, params: Object.fromEntries(params) } }, null, 2);
}

/** What a recipe says, by path: what runs are compared by. */
export function parametersOf(recipe: Recipe): Map<string, string> {
  const found = new Map<string, string>();
  const { steps, learner, search, imbalance, calibration, threshold, split, folds, seed } = recipe;
  found.set('learner', learner.kind);
  for (const step of steps) found.set(step.kind, detailsOf(step));
  const params = 'params' in learner ? Object.entries(learner.params) : [];
  for (const [name, value] of params) if (value !== undefined) found.set(name, String(value));
  found.set(
    'imbalance',
    typeof imbalance === 'string' ? imbalance : `${imbalance.kind} ${imbalance.neighbours}`,
  );
  found.set('calibration', calibration);
  found.set('search', search ? `${search.kind} ${search.trials} ${search.metric}` : '—');
  const { costs, fBeta, reviewMargin } = threshold;
  found.set('threshold', fBeta === undefined ? (costs ? Object.values(costs).join(' ') : '—') : `F${fBeta}`);
  found.set('reviewMargin', String(reviewMargin));
  found.set('split', JSON.stringify(split));
  found.set('folds', String(folds));
  found.set('seed', String(seed));
  return found;
}

function detailsOf(step: Recipe['steps'][number]): string {
  if (step.kind === 'impute' && step.with !== 'constant') return step.with;
  const said = Object.entries(step).filter(([name]) => name !== 'kind');
  return said.map(([, value]) => String(value)).join(' ') || '✓';
}
