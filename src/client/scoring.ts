import workerUrl from '../../workers/scoring.worker.ts?worker&url';
import type { ScoringOperations } from '../service/operations';
import { controlled } from './offline';
import { trustedScript } from '../protocol/trusted';
import { WorkerClient } from '../protocol/workerClient';

declare const __BUILD__: string;

const basePath = new URL('.', document.baseURI).pathname;

/** Started once the page is controlled: the worker then comes under the site's policy and offline. */
async function spawn(): Promise<Worker> {
  await controlled;
  return new Worker(trustedScript(workerUrl), { type: 'module', name: 'scoring' });
}

const worker = new WorkerClient(spawn, `scoredesk:${basePath}:worker`, __BUILD__);

/** The operations of the worker that scores (src/service). */
export const scoring = worker.operations<ScoringOperations>();

/** Brings the worker to rest, as `WorkerClient.rest` says. */
export const restScoring = () => worker.rest();
