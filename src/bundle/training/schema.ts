import * as v from 'valibot';

const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const finite = v.pipe(v.number(), v.finite());

/** Where the quantiles of a column stand: numpy's default rule, of the finite values. */
export const QUANTILES = [0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1] as const;
const quantiles = v.pipe(v.array(finite), v.length(QUANTILES.length));

const columnFacts = v.looseObject({
  /** Share of the rows without a value. */
  missing: share,
  /** Of numbers that have a finite value. */
  quantiles: v.optional(quantiles),
  /** Of numbers: share of the rows that are 0. */
  zeros: v.optional(share),
  /** Of categories: share of the rows of each level, in the order of the levels. */
  shares: v.optional(v.array(share)),
});

/**
 * What a model was trained on, so that any table can be compared with it. `from`: the rows that the export script was given
 * for the training's, the labelled rows packed as the reference, or for want of both the packed clients.
 */
export const trainingSchema = v.looseObject({
  from: v.picklist(['export', 'reference', 'clients']),
  rows: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  /** Share of default. */
  target: v.optional(share),
  score: v.optional(v.looseObject({ mean: share, quantiles: v.optional(quantiles) })),
  auc: v.optional(share),
  columns: v.record(v.string(), columnFacts),
});

export type TrainingFacts = v.InferOutput<typeof trainingSchema>;
export type ColumnFacts = v.InferOutput<typeof columnFacts>;

/** Facts that a model's file carries; null where there are none or they can't be read. */
export function readFacts(written: unknown): TrainingFacts | null {
  const read = v.safeParse(trainingSchema, written);
  return read.success ? read.output : null;
}
