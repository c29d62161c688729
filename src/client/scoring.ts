import type { InstallProgress } from '../protocol/installed';
import type { MakeChoice } from '../bundle/proposal';
import type { PickedFile } from '../bundle/source';
import type { Method } from '../engine/explanations';
import type { Progress } from '../engine/runtime';
import type { ListQuery } from '../engine/client/list';
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

/** The worker that scores; `client/drift` calls it too. */
export const worker = new WorkerClient<ScoringOperations>(spawn, `scoredesk:${basePath}:worker`);

interface Watched {
  signal: AbortSignal;
  progress(report: Progress): void;
}

type InstallReport = (report: InstallProgress) => void;

export const scoring = {
  site: () => worker.call('site', {}, { again: true }),
  catalogue: (url: string) => worker.call('catalogue', { url }, { again: true }),
  installed: () => worker.call('installed', {}, { again: true }),
  paused: () => worker.call('paused', {}, { again: true }),
  install: (url: string, fingerprint: string, signal: AbortSignal, progress: InstallReport) =>
    worker.call('install', { url, fingerprint }, { signal, progress, again: true }),
  installPicked: (files: PickedFile[], signal: AbortSignal, progress: InstallReport) =>
    worker.call('installPicked', { files }, { signal, progress, again: true }),
  propose: (files: PickedFile[]) => worker.call('propose', { files }, { again: true }),
  make: (files: PickedFile[], choice: MakeChoice, signal: AbortSignal, progress: InstallReport) =>
    worker.call('make', { files, choice }, { signal, progress, again: true }),
  discard: (fingerprint: string) => worker.call('discard', { fingerprint }, { again: true }),
  zip: (fingerprint: string) => worker.call('zip', { fingerprint }, { again: true }),
  remove: (fingerprint: string) => worker.call('remove', { fingerprint }, { again: true }),
  open: (fingerprint: string, progress: (report: Progress) => void) =>
    worker.call('open', { fingerprint }, { progress, again: true }),
  list: (argument: ListArgument) => worker.call('list', argument, { again: true }),
  neighbours: (fingerprint: string, query: ListQuery, id: string) =>
    worker.call('neighbours', { fingerprint, query, id }, { again: true }),
  reasons: (fingerprint: string, id: string, signal: AbortSignal) =>
    worker.call('reasons', { fingerprint, id }, { signal, again: true }),
  model: (fingerprint: string) => worker.call('model', { fingerprint }, { again: true }),
  insight: (fingerprint: string, task: Watched) =>
    worker.call('insight', { fingerprint }, { ...task, again: true }),
  permutation: (fingerprint: string, task: Watched) =>
    worker.call('permutation', { fingerprint }, { ...task, again: true }),
  dependence: (fingerprint: string, column: string) =>
    worker.call('dependence', { fingerprint, column }, { again: true }),
  accounts: (fingerprint: string, id: string, methods: readonly Method[], task: Watched) =>
    worker.call('accounts', { fingerprint, id, methods: [...methods] }, { ...task, again: true }),
  client: (fingerprint: string, id: string, log: boolean) =>
    worker.call('client', { fingerprint, id, log }, { again: true }),
};
