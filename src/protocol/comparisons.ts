import type { ColumnDrift } from '../core/drift/column';
import type { DriftResult } from '../engine/drift/compare';
import type { DriftRequest } from '../core/drift/request';

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
