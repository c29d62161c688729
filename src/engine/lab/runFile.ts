import * as v from 'valibot';
import type { Run } from './train';

/** What stands beside a trained bundle: how it came about. It is no file of the bundle. */

export const RUN_FILE = 'run.json';

export interface RunFacts {
  /** Version that trained it. */
  scoredesk: string;
  data: { file: string; rows: number; sha256: string };
  timings: { at: string; seconds: number; memory?: number };
}

/** What is told apart by: whoever reads the file goes by these. */
const figures = v.record(v.string(), v.nullable(v.number()));
const TRAINED = v.looseObject({
  recipe: v.looseObject({
    steps: v.array(v.looseObject({ kind: v.string() })),
    learner: v.looseObject({ kind: v.string() }),
    threshold: v.looseObject({}),
    split: v.looseObject({}),
  }),
  columns: v.array(v.string()),
  rows: v.looseObject({ train: v.number(), test: v.number() }),
  threshold: v.looseObject({ threshold: v.number() }),
  metrics: v.looseObject({ train: figures, cv: figures, test: figures }),
  folds: v.array(figures),
  search: v.nullable(v.looseObject({ tried: v.array(v.looseObject({})), best: v.looseObject({}) })),
});

const isTrained = (json: unknown): json is Run & Partial<RunFacts> => v.is(TRAINED, json);

export const runFile = (found: Run, facts: RunFacts): Uint8Array =>
  new TextEncoder().encode(`${JSON.stringify({ ...found, ...facts }, null, 2)}\n`);

/** Figures that are not known are null in the file. @returns null of what no training wrote */
export function parseRunFile(bytes: Uint8Array): (Run & Partial<RunFacts>) | null {
  try {
    const read: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return isTrained(read) ? read : null;
  } catch {
    return null;
  }
}
