import workerUrl from '../../workers/scoring.worker.ts?worker&url';
import type { ScoringOperations } from '../service/operations';
import { controlled } from './offline';
import { trustedScript } from '../protocol/trusted';
import { isPartSign, type PartSign } from '../protocol/partSign';
import { WorkerClient } from '../protocol/workerClient';

declare const __BUILD__: string;

const basePath = new URL('.', document.baseURI).pathname;

/** Started once the page is controlled: the worker then comes under the site's policy and offline. */
const spawn = (name: string) => async (): Promise<Worker> => {
  await controlled;
  return new Worker(trustedScript(workerUrl), { type: 'module', name });
};

const worker = new WorkerClient(spawn('scoring'), `scoredesk:${basePath}:worker`, __BUILD__);

/** The operations of the worker that scores (src/service). */
export const scoring = worker.operations<ScoringOperations>();

/** Another worker of the same operations, for long work: the app goes on beside it. Ended by `end` once it has done. */
export function trainer(): { operations: typeof scoring; end: () => void } {
  const client = new WorkerClient(spawn('training'), `scoredesk:${basePath}:training`, __BUILD__);
  return { operations: client.operations<ScoringOperations>(), end: () => client.end() };
}

/** Calls when a part of a bundle is being fetched. */
export function onPart(hear: (sign: PartSign) => void): void {
  worker.hear = (sign) => {
    if (isPartSign(sign)) hear(sign);
  };
}

/** Brings the worker to rest, as `WorkerClient.rest` says. */
export const restScoring = () => worker.rest();
