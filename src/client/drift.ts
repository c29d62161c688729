import type { PickedFile } from '../bundle/source';
import type { DriftRequest } from '../core/drift/request';
import type { ComparisonToSave, DriftProgress } from '../protocol/comparisons';
import { worker } from './scoring';

interface Watched {
  signal: AbortSignal;
  progress(report: DriftProgress): void;
}

/** Drift in the scoring worker. */
export const drift = {
  sources: (fingerprint: string, file: PickedFile | null) =>
    worker.call('driftSources', { fingerprint, file }, { again: true }),
  compare: (fingerprint: string, request: DriftRequest, file: PickedFile | null, task: Watched) =>
    worker.call('drift', { fingerprint, request, file }, { ...task, again: true }),
  effect: (
    fingerprint: string,
    request: DriftRequest,
    file: PickedFile | null,
    column: string,
    signal: AbortSignal,
  ) => worker.call('driftEffect', { fingerprint, request, file, column }, { signal, again: true }),
  save: (given: ComparisonToSave) => worker.call('saveComparison', given),
  saved: (fingerprint: string) => worker.call('comparisons', { fingerprint }, { again: true }),
  open: (fingerprint: string, id: number) => worker.call('comparison', { fingerprint, id }, { again: true }),
  remove: (id: number) => worker.call('removeComparison', { id }, { again: true }),
  kept: () => worker.call('kept', {}, { again: true }),
  clearLog: () => worker.call('clearLog', {}, { again: true }),
  clearComparisons: () => worker.call('clearComparisons', {}, { again: true }),
};
