import { fitNeighbours } from '../joint/neighbours';
import { fitProjection } from '../joint/projection';
import { applyJoint, widthAfter, type Joint } from '../joint/joint';
import { inputsOf, type TrainColumn, type TrainRows } from '../data';
import type { Stage } from '../pipeline';
import { untouched, type PreparedColumn, type StepNote } from './prepared';
import { applyStep, type StepSpec } from './steps';

export type PrepareSpec =
  StepSpec | { kind: 'neighbours'; neighbours: number; seed: number } | { kind: 'pca'; share: number };

export interface Prepared {
  stages: readonly Stage[];
  /** Made of what the last stage gives. */
  columns: readonly PreparedColumn[];
  notes: readonly StepNote[];
}

/** All steps in their order, each fitted on these rows as the steps before it leave them. */
export function prepare(rows: TrainRows, specs: readonly PrepareSpec[]): Prepared {
  let columns: readonly PreparedColumn[] = untouched(rows.columns);
  const notes: StepNote[] = [];
  const stages: Stage[] = [];
  for (const spec of specs) {
    if (spec.kind === 'neighbours' || spec.kind === 'pca') {
      const joint =
        spec.kind === 'pca'
          ? fitProjection(columns, spec.share)
          : fitNeighbours(columns, spec.neighbours, spec.seed);
      stages.push({ features: columns.map(({ source }) => source), joint });
      columns = untouched(joined(columns, joint, rows.rows));
    } else {
      const done = applyStep(columns, spec, rows.target);
      columns = done.columns;
      notes.push(...done.notes);
    }
  }
  return { stages, columns, notes };
}

/** Columns after a joint step. */
function joined(columns: readonly PreparedColumn[], joint: Joint, rows: number): TrainColumn[] {
  const before = columns.map(({ column }) => column);
  const values = applyJoint(joint, inputsOf({ rows, columns: before }), rows, before.length);
  const width = widthAfter(joint, before.length);
  const column = (at: number): Float64Array =>
    Float64Array.from({ length: rows }, (_, i) => values[i * width + at]);
  if (joint.kind === 'neighbours')
    return before.map((own, at) => (own.kind === 'number' ? { ...own, values: column(at) } : own));
  const components = joint.weights.map((_, k) => ({
    name: `PC${k + 1}`,
    kind: 'number' as const,
    values: column(k),
  }));
  return [...components, ...Array.from(joint.others, (at) => before[at])];
}
