import { applyStepsTo, type FeatureSource, type Step } from '../../model/steps';
import type { TrainColumn } from '../data';

/** A column as the learner sees it, and how it is made of the user's. */
export interface PreparedColumn {
  column: TrainColumn;
  source: FeatureSource;
}

/** What a step took out or changed, and why. */
export interface StepNote {
  step: string;
  column: string;
  /** What was measured, and the limit that it passed; of a change what took the place. */
  found: number;
  limit?: number;
  /** The column that stays in its place. */
  kept?: string;
}

export interface Preparation {
  columns: readonly PreparedColumn[];
  notes: readonly StepNote[];
}

/** The user's columns as they are. */
export const untouched = (columns: readonly TrainColumn[]): PreparedColumn[] =>
  columns.map((column, input) => ({ column, source: { input, steps: [] } }));

export type NumberPrepared = PreparedColumn & { column: Extract<TrainColumn, { kind: 'number' }> };
export const isNumber = (prepared: PreparedColumn): prepared is NumberPrepared =>
  prepared.column.kind === 'number';

/** A column after one or more further steps, which keep the order of a number's values. */
export function moved(
  { column, source }: PreparedColumn,
  steps: readonly Step[],
  name = column.name,
): PreparedColumn {
  const one: FeatureSource = { input: 0, steps };
  const from = column.kind === 'number' ? column.values : column.codes;
  const values = Float64Array.from(from, (x) => applyStepsTo(one, x));
  return {
    column: {
      name,
      kind: 'number',
      values,
      monotone: column.kind === 'number' ? column.monotone : undefined,
    },
    source: { input: source.input, steps: [...source.steps, ...steps] },
  };
}
