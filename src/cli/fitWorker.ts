import { parentPort, workerData } from 'node:worker_threads';
import { toErrorData, type ErrorData } from '../core/errors';
import type { TrainRows } from '../core/train/data';
import type { FitSpec, Fitted } from '../core/train/fit';
import { RowFitter, type FoldJob, type FoldScores } from '../core/train/fitter';

/** A thread that fits models of rows that it shares with the command, one after the other. */

/** A fold to be scored, or all rows to be learned from. */
export type FitJob = { kind: 'score'; job: FoldJob } | { kind: 'fit'; spec: FitSpec };

export type FitAnswer = { scores: FoldScores } | { fitted: Fitted } | { error: ErrorData };

const fitter = new RowFitter(workerData as TrainRows);

function answer(asked: FitJob): FitAnswer {
  try {
    return asked.kind === 'score' ? { scores: fitter.score(asked.job) } : { fitted: fitter.fit(asked.spec) };
  } catch (error) {
    return { error: toErrorData(error) };
  }
}

parentPort?.on('message', (asked: FitJob) => parentPort?.postMessage(answer(asked)));
