import * as v from 'valibot';
import { ScoredeskError } from '../../core/errors';
import { SMOTE_NEIGHBOURS } from '../../core/train/search/search';
import type { Dimension } from '../../core/train/search/space';
import { firstFinding, parseJson, type SchemaFinding } from '../../bundle/validate';

/** How a model is trained: every part may be left out. Names are the field's; see `scoredesk train --help`. */

const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const whole = (least: number, most: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));
const atLeast = (least: number) => v.pipe(v.number(), v.finite(), v.minValue(least));
const positive = v.pipe(v.number(), v.finite(), v.gtValue(0));

const stepSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('dropMissing'), over: v.optional(share, 0.5) }),
  v.strictObject({ kind: v.literal('dropConstant'), share: v.optional(share, 1) }),
  v.strictObject({
    kind: v.literal('dropCorrelated'),
    over: v.optional(share, 0.9),
    keep: v.optional(v.picklist(['first', 'associated']), 'associated'),
  }),
  v.strictObject({
    kind: v.literal('dropWeak'),
    by: v.optional(v.picklist(['informationValue', 'etaSquared', 'cramersV']), 'informationValue'),
    below: v.optional(atLeast(0), 0.02),
  }),
  v.strictObject({
    kind: v.literal('impute'),
    with: v.optional(v.picklist(['mean', 'median', 'min', 'max', 'mostFrequent', 'constant']), 'median'),
    value: v.optional(v.pipe(v.number(), v.finite()), 0),
  }),
  v.strictObject({ kind: v.literal('clip'), from: v.optional(share, 0.01), to: v.optional(share, 0.99) }),
  v.strictObject({
    kind: v.literal('scale'),
    with: v.optional(v.picklist(['minMax', 'standard', 'robust', 'power']), 'standard'),
  }),
  v.strictObject({ kind: v.literal('oneHot'), most: v.optional(whole(1, 1000), 100) }),
  v.strictObject({
    kind: v.literal('neighbours'),
    neighbours: v.optional(whole(1, 100), 5),
    seed: v.optional(whole(0, 2_147_483_647), 1),
  }),
  v.strictObject({ kind: v.literal('pca'), share: v.optional(share, 0.95) }),
]);

const boostingSchema = v.strictObject({
  trees: v.optional(whole(1, 10_000)),
  learningRate: v.optional(v.pipe(v.number(), v.gtValue(0), v.maxValue(1))),
  grow: v.optional(v.picklist(['leaf', 'depth'])),
  leaves: v.optional(whole(2, 1024)),
  maxDepth: v.optional(whole(0, 64)),
  minChildRows: v.optional(whole(0, 1_000_000)),
  minChildWeight: v.optional(atLeast(0)),
  l1: v.optional(atLeast(0)),
  l2: v.optional(atLeast(0)),
  minGain: v.optional(atLeast(0)),
  rowShare: v.optional(v.pipe(v.number(), v.gtValue(0), v.maxValue(1))),
  columnShare: v.optional(v.pipe(v.number(), v.gtValue(0), v.maxValue(1))),
  bins: v.optional(whole(2, 255)),
  minBinRows: v.optional(whole(1, 1000)),
  maxOneHot: v.optional(whole(0, 255)),
  categorySmoothing: v.optional(atLeast(0)),
  categoryL2: v.optional(atLeast(0)),
  maxCategories: v.optional(whole(1, 255)),
  minCategoryRows: v.optional(whole(0, 1_000_000)),
  patience: v.optional(whole(0, 1000)),
});

const forestSchema = v.strictObject({
  trees: v.optional(whole(1, 10_000)),
  minChildRows: v.optional(whole(1, 1_000_000)),
  maxDepth: v.optional(whole(0, 64)),
  columnShare: v.optional(share),
  bins: v.optional(whole(2, 255)),
});

const logisticSchema = v.strictObject({
  c: v.optional(positive),
  l1Share: v.optional(share),
  maxSteps: v.optional(whole(1, 10_000)),
  tolerance: v.optional(positive),
});

const learnerSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('dummy') }),
  v.strictObject({ kind: v.literal('logistic'), params: v.optional(logisticSchema, {}) }),
  v.strictObject({ kind: v.literal('scorecard'), params: v.optional(logisticSchema, {}) }),
  v.strictObject({ kind: v.literal('forest'), params: v.optional(forestSchema, {}) }),
  v.strictObject({ kind: v.literal('boosting'), params: v.optional(boostingSchema, {}) }),
]);

const costsSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('count'), falseNegative: atLeast(0), falsePositive: atLeast(0) }),
  v.strictObject({ kind: v.literal('amount'), column: v.string(), loss: atLeast(0), margin: atLeast(0) }),
]);

const dimensionSchema = v.union(
  [
    v.pipe(
      v.array(v.union([v.pipe(v.number(), v.finite()), v.string()])),
      v.minLength(1),
      v.transform((values) => ({ kind: 'values' as const, values })),
    ),
    v.pipe(
      v.strictObject({
        min: v.pipe(v.number(), v.finite()),
        max: v.pipe(v.number(), v.finite()),
        n: v.optional(whole(1, 1000), 5),
        scale: v.optional(v.picklist(['linear', 'log']), 'linear'),
        whole: v.optional(v.boolean(), false),
      }),
      v.check(({ min, max }) => min < max, 'min below max'),
      v.check(({ min, scale }) => scale === 'linear' || min > 0, 'a min above 0 on a logarithmic scale'),
      v.transform((range) => ({ kind: 'range' as const, ...range })),
    ),
  ],
  'values [a, b], or {min, max, n, scale, whole}',
);

const searchSchema = v.strictObject({
  kind: v.optional(v.picklist(['grid', 'random', 'tpe']), 'tpe'),
  trials: v.optional(whole(1, 10_000), 50),
  metric: v.optional(v.picklist(['auc', 'logLoss', 'brier', 'objective']), 'logLoss'),
  rowShare: v.optional(v.pipe(v.number(), v.gtValue(0), v.maxValue(1)), 1),
  params: v.pipe(
    v.record(v.string(), dimensionSchema),
    v.check((params) => Object.keys(params).length > 0, 'at least one parameter'),
  ),
});

const imbalanceSchema = v.union(
  [
    v.picklist(['none', 'balanced']),
    v.strictObject({ kind: v.literal('smote'), neighbours: v.optional(whole(1, 100), 5) }),
  ],
  'none, balanced or {"kind": "smote", "neighbours": 5}',
);

const recipeSchema = v.strictObject({
  seed: v.optional(whole(0, 2_147_483_647), 1),
  split: v.optional(
    v.strictObject({
      test: v.optional(v.pipe(v.number(), v.gtValue(0), v.maxValue(0.9)), 0.2),
      time: v.optional(v.string()),
      /** The rows kept aside are those with a value in a column. */
      given: v.optional(v.strictObject({ column: v.string(), value: v.union([v.string(), v.number()]) })),
    }),
    {},
  ),
  folds: v.optional(whole(2, 20), 5),
  leaveOut: v.optional(v.array(v.string()), []),
  /** Column of how much each row counts in learning; figures count each row once. */
  weights: v.optional(v.string()),
  steps: v.optional(v.array(stepSchema), []),
  learner: v.optional(learnerSchema, { kind: 'boosting', params: {} }),
  imbalance: v.optional(imbalanceSchema, 'none'),
  search: v.optional(searchSchema),
  calibration: v.optional(v.picklist(['none', 'platt', 'isotonic']), 'none'),
  threshold: v.optional(
    v.strictObject({
      costs: v.optional(costsSchema),
      fBeta: v.optional(positive),
      /** Beyond the least cost: from the lowest threshold that costs no more on, a case is looked at by hand. */
      reviewMargin: v.optional(share, 0.05),
    }),
    {},
  ),
});

export type Recipe = v.InferOutput<typeof recipeSchema>;

/** A recipe with every part that was left out. @throws recipe-invalid with the path */
export function parseRecipe(bytes: Uint8Array): Recipe {
  const refuse = (finding: SchemaFinding) => new ScoredeskError('recipe-invalid', { ...finding });
  return checkedRecipe(parseJson(bytes, refuse));
}

/** @throws recipe-invalid with the path */
export function checkedRecipe(json: unknown): Recipe {
  const result = v.safeParse(recipeSchema, json, { abortEarly: true });
  if (!result.success) throw new ScoredeskError('recipe-invalid', { ...firstFinding(result.issues[0]) });
  checkSearched(result.output);
  return result.output;
}

/** A parameter that the learner lacks, or a value that it can't have, is found before anything is tried. */
function checkSearched({ learner, imbalance, search }: Recipe): void {
  for (const [name, dimension] of Object.entries(search?.params ?? {})) {
    const isSmote = name === SMOTE_NEIGHBOURS && typeof imbalance !== 'string';
    for (const value of endsOf(dimension)) {
      const tried = isSmote
        ? v.safeParse(imbalanceSchema, { ...imbalance, neighbours: value }, { abortEarly: true })
        : v.safeParse(learnerSchema, { ...learner, params: { [name]: value } }, { abortEarly: true });
      if (tried.success) continue;
      const { found, expected } = firstFinding(tried.issues[0]);
      throw new ScoredeskError('recipe-invalid', { path: `search.params.${name}`, found, expected });
    }
  }
}

function endsOf(dimension: Dimension): readonly (number | string)[] {
  if (dimension.kind === 'values') return dimension.values;
  const { min, max, whole: isWhole } = dimension;
  return isWhole ? [Math.round(min), Math.round(max)] : [min, max];
}
