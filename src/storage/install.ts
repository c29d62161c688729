import { checkStopped } from '../core/errors';
import { sha256Hex } from '../bundle/hash';
import type { FileProgress, InstalledBundle, InstallProgress } from '../bundle/installed';
import { MAX_MANIFEST_BYTES, type Manifest } from '../bundle/schema';
import { parseManifest } from '../bundle/validate';
import { openBundle } from '../engine/engine';
import { verifyScores } from '../engine/verify';
import { commitBundle, hasFile, installLock, putFile, storedSource } from './bundles';
import type { Db } from './db';
import { download, fetchSmall } from './download';

export interface InstallTask {
  db: Db;
  basePath: string;
  /** Where the site keeps onnxruntime's wasm. */
  wasmUrl: string;
  signal: AbortSignal;
  progress(report: InstallProgress): void;
}

/** Milliseconds between two progress reports. */
const REPORT_EVERY = 80;

/**
 * Installs the bundle at `url` (its folder): manifest, then each file hashed while it streams, then
 * `expected` and parity, then one commit. Files that are stored already are not fetched again.
 *
 * @throws what `download`, `parseManifest`, `openBundle` and `verifyScores` throw; nothing is shown
 *   as installed before the commit
 */
export function install(url: string, task: InstallTask): Promise<InstalledBundle> {
  return navigator.locks.request(installLock(task.basePath), { signal: task.signal }, () =>
    installLocked(url, task),
  );
}

async function installLocked(url: string, task: InstallTask): Promise<InstalledBundle> {
  const { db, signal } = task;
  const bytes = await fetchSmall(new URL('bundle.json', url).href, MAX_MANIFEST_BYTES, signal);
  const manifest = parseManifest(bytes);
  const fingerprint = sha256Hex(bytes);
  const files = await fetchFiles(url, manifest, task);
  await putFile(db, fingerprint, new Blob([bytes.slice()]));

  report(task, 'checking', files);
  const engine = await openBundle(await storedSource(db, fingerprint), { wasmUrl: task.wasmUrl });
  const { parity } = await verifyScores(engine);
  checkStopped(signal);
  const installed = describe(manifest, fingerprint, url, bytes.length, !parity.holds);
  await commitBundle(db, installed);
  return installed;
}

async function fetchFiles(url: string, manifest: Manifest, task: InstallTask): Promise<FileProgress[]> {
  const { db, signal } = task;
  const files = manifest.files.map(({ path, bytes, sha256 }): FileProgress => ({
    path,
    bytes,
    sha256,
    done: 0,
    state: 'waiting',
  }));
  let last = 0;
  for (const file of files) {
    checkStopped(signal);
    if (!(await hasFile(db, file.sha256))) {
      file.state = 'downloading';
      report(task, 'files', files);
      const blob = await download({ ...file, url: new URL(file.path, url).href }, signal, (done) => {
        file.done = done;
        if (Date.now() - last < REPORT_EVERY) return;
        last = Date.now();
        report(task, 'files', files);
      });
      await putFile(db, file.sha256, blob);
    }
    file.done = file.bytes;
    file.state = 'verified';
    report(task, 'files', files);
  }
  return files;
}

function report(
  { progress }: InstallTask,
  phase: InstallProgress['phase'],
  files: readonly FileProgress[],
): void {
  const sum = (of: 'done' | 'bytes') => files.reduce((total, file) => total + file[of], 0);
  progress({ phase, done: sum('done'), total: sum('bytes'), files: files.map((file) => ({ ...file })) });
}

function describe(
  manifest: Manifest,
  fingerprint: string,
  url: string,
  ownBytes: number,
  runtimeOnly: boolean,
): InstalledBundle {
  const { host, origin } = new URL(url);
  return {
    fingerprint,
    id: manifest.id,
    version: manifest.version,
    host: origin === globalThis.location.origin ? '' : host,
    title: manifest.title ?? manifest.id,
    description: manifest.description ?? '',
    algorithm: manifest.model.algorithm ?? '',
    threshold: manifest.decision.threshold,
    clients: manifest.data.clients.files.reduce((sum, file) => sum + file.rows, 0),
    features: manifest.model.inputs.reduce((sum, input) => sum + input.columns.length, 0),
    bytes: ownBytes + manifest.files.reduce((sum, file) => sum + file.bytes, 0),
    installedAt: Date.now(),
    runtimeOnly,
  };
}
