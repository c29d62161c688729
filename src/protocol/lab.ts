import type { ErrorData } from '../core/errors';
import type { LoggedRun } from '../core/mlflow/run';
import type { Tried } from '../core/train/search/search';
import type { Target } from '../bundle/target';
import type { Recipe } from '../engine/lab/recipe';
import type { Run } from '../engine/lab/train';

/** Rows to learn from: of an installed bundle, or of a file that is kept on this device while a run needs it. */
export type LabRows =
  { kind: 'bundle'; fingerprint: string; name: string } | { kind: 'file'; sha256: string; name: string };

/** What is learned from, and which of its columns say what. */
export interface LabData {
  rows: LabRows;
  target: Target;
  /** Column that names a row; null numbers them. */
  id: string | null;
  /** Rows without an outcome are left out; otherwise they are refused. */
  labelledOnly?: boolean;
}

export const STAGES = ['candidate', 'champion', 'retired'] as const;
export type Stage = (typeof STAGES)[number];

/** Who gave a run its stage, when and why. */
export interface StageChange {
  stage: Stage;
  who: string;
  why: string;
  /** Milliseconds. */
  at: number;
}

/** A training, whatever became of it. */
export interface LabRun {
  id: string;
  /** The data recipe that it belongs to. */
  experiment: string;
  name: string;
  data: LabData;
  recipe: Recipe;
  /** Milliseconds. */
  startedAt: number;
  /** Seconds of work so far, over all its tries. */
  seconds: number;
  state: 'begun' | 'done' | 'failed';
  /** Candidates that its search has tried. */
  tried: readonly Tried[];
  result: Run | null;
  error: ErrorData | null;
  note: string;
  /** Words to find it by. */
  tags: readonly string[];
  /** Fingerprint of the bundle that was installed of it; "" while none was. */
  published: string;
  /** The last one holds. */
  stages: readonly StageChange[];
  /** Milliseconds; null while it is not deleted. */
  deletedAt: number | null;
}

/** What a person may change of a run. */
export type RunChange = Partial<Pick<LabRun, 'name' | 'note' | 'tags' | 'stages' | 'deletedAt'>>;

/** A run that was logged elsewhere, as it was brought here. */
export interface ImportedRun extends LoggedRun {
  /** Milliseconds. */
  importedAt: number;
}

/** How far a training is. */
export interface LabProgress {
  /** Models, in parts. */
  done: number;
  total: number;
  /** The search, or the model that comes of it, or its bundle. */
  phase: 'search' | 'model' | 'bundle';
  /** What the best candidate reached so far; null before the first. */
  best: number | null;
}
