import type { InstallProgress } from '../bundle/installed';
import type { ListQuery } from '../engine/list';
import type { ListArgument, ScoringOperations } from '../protocol/scoring';
import { controlled } from './offline';
import { WorkerClient } from './worker';

const basePath = new URL('.', document.baseURI).pathname;

/** Started once the page is controlled: the worker then comes under the site's policy and offline. */
async function spawn(): Promise<Worker> {
  await controlled;
  return new Worker(new URL('../../workers/scoring.worker.ts', import.meta.url), {
    type: 'module',
    name: 'scoring',
  });
}

const worker = new WorkerClient<ScoringOperations>(spawn, `scoredesk:${basePath}:worker`);

/** The site's own catalogue. */
const CATALOGUE = new URL('bundles/index.json', document.baseURI).href;

export const scoring = {
  catalogue: (signal?: AbortSignal) => worker.call('catalogue', { url: CATALOGUE }, { signal, again: true }),
  installed: (signal?: AbortSignal) => worker.call('installed', {}, { signal, again: true }),
  install: (url: string, signal: AbortSignal, progress: (report: InstallProgress) => void) =>
    worker.call('install', { url }, { signal, progress }),
  remove: (fingerprint: string) => worker.call('remove', { fingerprint }, { again: true }),
  open: (fingerprint: string, signal?: AbortSignal) =>
    worker.call('open', { fingerprint }, { signal, again: true }),
  list: (argument: ListArgument, signal?: AbortSignal) =>
    worker.call('list', argument, { signal, again: true }),
  neighbours: (fingerprint: string, query: ListQuery, id: string) =>
    worker.call('neighbours', { fingerprint, query, id }, { again: true }),
  client: (fingerprint: string, id: string, signal?: AbortSignal) =>
    worker.call('client', { fingerprint, id }, { signal, again: true }),
};
