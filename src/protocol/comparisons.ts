import type { ColumnDrift } from '../core/drift/column';
import type { DriftResult } from '../engine/drift/compare';
import type { DriftRequest } from '../core/drift/request';
import type { ColumnEffect } from '../engine/drift/effect';
import type { SourceInfo } from '../engine/drift/sources';
import type { PickedFile } from '../bundle/source';
import type { OperationTask } from './host';

/** A comparison that was kept: what it was, not its figures. */
export interface SavedComparison {
  id: number;
  /** `id@version` of the bundle. */
  bundle: string;
  name: string;
  /** ISO time. */
  savedAt: string;
  request: DriftRequest;
  /** Name of the file that was compared; "" for none. */
  file: string;
  /** Features of the model that drifted, of so many compared. */
  drifted: number;
  compared: number;
}

export type ComparisonToSave = Pick<SavedComparison, 'bundle' | 'name' | 'file' | 'drifted' | 'compared'> & {
  fingerprint: string;
  result: DriftResult;
};

export interface DriftProgress {
  done: number;
  total: number;
  /** Columns done since the last report. */
  columns: readonly ColumnDrift[];
}

interface Compared {
  fingerprint: string;
  request: DriftRequest;
  /** What the side `file` is. */
  file: PickedFile | null;
}

/** What the scoring worker does of drift. */
export type DriftOperations = {
  driftSources(
    argument: { fingerprint: string; file: PickedFile | null },
    task: OperationTask,
  ): Promise<SourceInfo[]>;
  drift(argument: Compared, task: OperationTask): Promise<DriftResult>;
  /** What one column's change alone does to the scores. */
  driftEffect(argument: Compared & { column: string }, task: OperationTask): Promise<ColumnEffect | null>;
  saveComparison(argument: ComparisonToSave, task: OperationTask): Promise<SavedComparison>;
  comparisons(argument: { fingerprint: string }, task: OperationTask): Promise<SavedComparison[]>;
  comparison(
    argument: { fingerprint: string; id: number },
    task: OperationTask,
  ): Promise<SavedComparison & { result: DriftResult }>;
  removeComparison(argument: { id: number }, task: OperationTask): Promise<void>;
  /** How much is kept of what was scored, and of comparisons, for all bundles. */
  kept(
    argument: Record<string, never>,
    task: OperationTask,
  ): Promise<{ logged: number; comparisons: number }>;
  clearLog(argument: Record<string, never>, task: OperationTask): Promise<void>;
  clearComparisons(argument: Record<string, never>, task: OperationTask): Promise<void>;
};
