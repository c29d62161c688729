import type { Recipe } from '../../engine/lab/recipe';

/** A recipe as its form reads and changes it; parts that the form does not show stay as they are. */

export type Step = Recipe['steps'][number];
export type StepKind = Step['kind'];
export type LearnerKind = Recipe['learner']['kind'];
type Search = NonNullable<Recipe['search']>;
export type Dimension = Search['params'][string];

/** Where a step goes that is added: what fills gaps before what measures, texts made numbers last. */
const ORDER: readonly StepKind[] = [
  ...(['dropMissing', 'dropConstant', 'impute', 'neighbours', 'clip'] as const),
  ...(['dropCorrelated', 'dropWeak', 'scale', 'oneHot', 'pca'] as const),
];

export const LEARNERS: readonly LearnerKind[] = ['logistic', 'scorecard', 'forest', 'boosting'];

export const stepOf = <K extends StepKind>(recipe: Recipe, kind: K): Extract<Step, { kind: K }> | null =>
  (recipe.steps.find((step) => step.kind === kind) as Extract<Step, { kind: K }> | undefined) ?? null;

/** The recipe with a step in its place, in place of the one of its kind. */
export function withStep(recipe: Recipe, step: Step): Recipe {
  const { steps } = recipe;
  const at = steps.findIndex(({ kind }) => kind === step.kind);
  if (at >= 0) return { ...recipe, steps: steps.map((own, i) => (i === at ? step : own)) };
  const after = steps.findIndex(({ kind }) => ORDER.indexOf(kind) > ORDER.indexOf(step.kind));
  const place = after < 0 ? steps.length : after;
  return { ...recipe, steps: [...steps.slice(0, place), step, ...steps.slice(place)] };
}

export const withoutStep = (recipe: Recipe, kind: StepKind): Recipe => ({
  ...recipe,
  steps: recipe.steps.filter((step) => step.kind !== kind),
});

/** What a regression needs: numbers without gaps, of one size. */
const FOR_REGRESSION: readonly Step[] = [
  { kind: 'impute', with: 'median', value: 0 },
  { kind: 'scale', with: 'standard' },
  { kind: 'oneHot', most: 100 },
];

/** Another learner with its usual parameters, and the steps that it needs; those that only the one before needed go. */
export function withLearner(recipe: Recipe, kind: LearnerKind): Recipe {
  const learner = (kind === 'dummy' ? { kind } : { kind, params: {} }) as Recipe['learner'];
  const isNeeded = (step: Step): boolean =>
    FOR_REGRESSION.some((own) => JSON.stringify(own) === JSON.stringify(step));
  const steps = recipe.steps.filter((step) => !isNeeded(step));
  const search = recipe.search && searchOf(kind, recipe.search);
  const changed: Recipe = { ...recipe, learner, search, steps };
  if (kind !== 'logistic') return changed;
  return FOR_REGRESSION.reduce(
    (before, step) => (stepOf(before, step.kind) ? before : withStep(before, step)),
    changed,
  );
}

const range = (min: number, max: number, scale: 'linear' | 'log' = 'log', whole = false): Dimension => ({
  ...{ kind: 'range', min, max, n: 4, scale, whole },
});

/** Ranges in which parameters are usually looked for. */
const USUAL: Readonly<Record<LearnerKind, Search['params']>> = {
  dummy: {},
  logistic: { c: range(0.001, 10), l1Share: range(0, 1, 'linear') },
  scorecard: { c: range(0.001, 10) },
  forest: { trees: range(100, 400, 'linear', true), minChildRows: range(1, 50, 'log', true) },
  boosting: {
    trees: range(50, 400, 'linear', true),
    learningRate: range(0.02, 0.3),
    leaves: range(7, 63, 'log', true),
    minChildRows: range(5, 100, 'log', true),
  },
};

/** A search over the usual ranges of a learner. */
export const searchOf = (
  learner: LearnerKind,
  how: Omit<Search, 'params'> = { kind: 'tpe', trials: 20, metric: 'logLoss', rowShare: 1 },
): Search => ({ ...how, params: USUAL[learner] });
