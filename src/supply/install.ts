import { asCoded, checkStopped, hangsOn, hasCode, ScoredeskError } from '../core/errors';
import { sha256Hex } from '../bundle/hash';
import { filesAtOnce } from '../bundle/onUse';
import {
  ENGINE_FILE,
  summaryOf,
  type FileProgress,
  type InstalledBundle,
  type InstallProgress,
} from '../protocol/installed';
import type { Manifest } from '../bundle/schema';
import { parseManifest } from '../bundle/validate';
import { openBundle, type Engine } from '../engine/engine';
import type { Hand } from '../engine/hands';
import type { Overview } from '../engine/overview';
import type { Progress } from '../engine/runtime';
import { verifyExpected, verifyScores } from '../engine/verify';
import { beginInstall, commitBundle, forgetInstall, installLock, sweepLocked } from '../storage/bundles';
import { keepDirectory, keptOverview } from '../storage/computed';
import { freeSpace, type Db } from '../storage/db';
import type { EngineFile } from './engineFile';
import { hasFile, IncomingFile, putFile, storedBytes } from '../storage/files';
import { sourceOnUse, type OnUse } from './onUse';
import type { Supply } from './supply';

export interface InstallTask {
  db: Db;
  basePath: string;
  /** How files come later that the bundle is ready without. */
  onUse: OnUse;
  /** onnxruntime's wasm. */
  engineFile: EngineFile;
  signal: AbortSignal;
  /** What a catalogue says the bundle is; "" when nothing does. */
  fingerprint: string;
  progress: (report: InstallProgress) => void;
  /** Who else scores the clients. */
  hands: (engine: Engine) => readonly Hand[];
  /** Given the bundle as it was opened to check it: whoever shows it next need not open it again. */
  opened(engine: Engine, overview: Overview): void;
}

/** Milliseconds between two progress reports. */
const REPORT_EVERY = 80;

/**
 * Installs a bundle: manifest, then each file hashed while it comes, then `expected` and parity, then
 * one commit. Files that are stored already are not brought again; what has come before a stop, a lost
 * connection or a closed tab stays for the next try. One install at a time, whichever tab it is in.
 *
 * @throws catalogue-stale when it is not what the catalogue announced; what the supply, `parseManifest`, `openBundle` and `verifyScores` throw; storage-full before
 *   the first byte when there is no room; nothing is shown as installed before the commit
 */
export function install(supply: Supply, task: InstallTask): Promise<InstalledBundle> {
  const report = new Reporter(task.progress);
  report.phase('queued');
  return navigator.locks
    .request(installLock(task.basePath), { signal: task.signal }, () =>
      new Install(supply, task, report).run(),
    )
    .finally(() => report.end());
}

class Install {
  readonly #supply: Supply;
  readonly #task: InstallTask;
  readonly #report: Reporter;
  #files: FileProgress[] = [];

  constructor(supply: Supply, task: InstallTask, report: Reporter) {
    this.#supply = supply;
    this.#task = task;
    this.#report = report;
  }

  async run(): Promise<InstalledBundle> {
    const { db, signal } = this.#task;
    const bytes = await this.#supply.manifest(signal);
    const manifest = parseManifest(bytes);
    const fingerprint = sha256Hex(bytes);
    if (this.#task.fingerprint && this.#task.fingerprint !== fingerprint)
      throw new ScoredeskError('catalogue-stale', { url: this.#supply.url });
    const there = await db.get('bundles', fingerprint);
    if (there && (await this.#isWhole(manifest, fingerprint))) return there;
    let begun = false;
    try {
      begun = await this.#begin(fingerprint, bytes);
      await this.#bringFiles(manifest);
      await putFile(db, { path: 'bundle.json', bytes: bytes.length, sha256: fingerprint }, bytes);
      return await this.#checkAndCommit(manifest, fingerprint, bytes.length);
    } catch (error) {
      await this.#cleanUp(fingerprint, begun && !isPassing(error)).catch(() => undefined);
      throw error;
    }
  }

  /** Whatever goes wrong here, it is the first failure that is told. */
  async #cleanUp(fingerprint: string, forget: boolean): Promise<void> {
    const { db } = this.#task;
    if (forget) await forgetInstall(db, fingerprint);
    await sweepLocked(db);
  }

  /** What the bundle is not ready without; of files picked here, all: they may not be there again. */
  #wanted(manifest: Manifest): Manifest['files'] {
    return this.#supply.url === '' ? manifest.files : filesAtOnce(manifest);
  }

  async #isWhole(manifest: Manifest, fingerprint: string): Promise<boolean> {
    const { db } = this.#task;
    for (const sha256 of [fingerprint, ...this.#wanted(manifest).map((file) => file.sha256)])
      if (!(await hasFile(db, sha256))) return false;
    return true;
  }

  /** Notes that it has begun; files picked here leave the note of a paused download alone. False when there was one. */
  async #begin(fingerprint: string, bytes: Uint8Array): Promise<boolean> {
    const { db } = this.#task;
    const { url } = this.#supply;
    const before = await db.getAll('installs');
    if (url === '' && before.some((other) => other.fingerprint === fingerprint && other.url !== ''))
      return false;
    // The same address now holds another bundle: what of it is the same will be found by its hash.
    const replaced = before.filter((other) => other.url === url && other.fingerprint !== fingerprint);
    await beginInstall(db, { fingerprint, url, manifest: new Blob([bytes.slice()]), startedAt: Date.now() });
    if (url !== '') for (const other of replaced) await forgetInstall(db, other.fingerprint);
    return true;
  }

  async #bringFiles(manifest: Manifest): Promise<void> {
    const { db, signal } = this.#task;
    this.#files = await this.#remaining(manifest);
    for (const file of this.#files) {
      checkStopped(signal);
      if (file.state === 'verified') continue;
      file.state = 'downloading';
      const incoming = await IncomingFile.open(db, file);
      file.done = incoming.received;
      this.#report.files(this.#files);
      try {
        await this.#supply.bring(incoming, signal, (done) => {
          file.done = done;
          this.#report.filesSoon(this.#files);
        });
      } catch (error) {
        await incoming.keep().catch(() => undefined);
        throw error;
      }
      file.done = file.bytes;
      file.state = 'verified';
      this.#report.files(this.#files);
    }
  }

  /** Fetches the engine, and counts it among the files, unless it is kept already. */
  async #bringEngine(): Promise<ArrayBuffer> {
    const { engineFile, signal } = this.#task;
    const { bytes } = engineFile;
    if (await engineFile.isKept()) return engineFile.load();
    const row: FileProgress = { path: ENGINE_FILE, bytes, sha256: '', done: 0, state: 'downloading' };
    this.#files.push(row);
    const look = () => {
      row.done = engineFile.done;
      this.#report.filesSoon(this.#files);
    };
    const loaded = await engineFile.load(look, signal);
    Object.assign(row, { done: bytes, state: 'verified' });
    this.#report.files(this.#files);
    return loaded;
  }

  /** What is to be brought. @throws storage-full when there is no room for it */
  async #remaining(manifest: Manifest): Promise<FileProgress[]> {
    const { db } = this.#task;
    const files: FileProgress[] = [];
    let needed = 0;
    for (const { path, bytes, sha256 } of this.#wanted(manifest)) {
      const whole = await hasFile(db, sha256);
      const done = whole ? bytes : await storedBytes(db, sha256);
      needed += bytes - done;
      files.push({ path, bytes, sha256, done, state: whole ? 'verified' : 'waiting' });
    }
    this.#report.files(files);
    const free = await freeSpace();
    if (needed > free) throw new ScoredeskError('storage-full', { needed, free });
    return files;
  }

  /**
   * Ready as soon as `expected` is met: by the app's own evaluator where it reads the model, so that nobody waits for the
   * engine, which checks and takes over when it has come (`takeOver`); else by the engine.
   */
  async #checkAndCommit(manifest: Manifest, fingerprint: string, ownBytes: number): Promise<InstalledBundle> {
    const { db, signal } = this.#task;
    this.#report.phase('checking');
    const { engine, runtimeOnly } =
      (await this.#openByCore(fingerprint)) ?? (await this.#openByRuntime(fingerprint));
    const firstScore = await timeFirstScore(engine);
    // Columns that no score needs are read as well: a page will.
    for (const name of engine.clients.source.names) await engine.clients.column(name);
    checkStopped(signal);
    const progress = ({ done, total }: Progress) => this.#report.scoring(done, total);
    const overview = await keptOverview(db, engine, { signal, progress, others: this.#task.hands(engine) });
    const installed: InstalledBundle = {
      ...summaryOf(manifest, fingerprint, ownBytes),
      origin: this.#supply.origin,
      url: this.#supply.url,
      files: this.#wanted(manifest).length + 1,
      firstScore,
      installedAt: Date.now(),
      runtimeOnly,
      scoredBy: engine.runtime.name,
    };
    await keepDirectory(db, engine);
    await commitBundle(db, installed);
    // One that is explained by the runtime alone is opened anew as such.
    if (!runtimeOnly) this.#task.opened(engine, overview);
    await sweepLocked(db);
    return installed;
  }

  /** null where the app's own evaluator can't read the model, or misses a score that the bundle promises. */
  async #openByCore(fingerprint: string): Promise<{ engine: Engine; runtimeOnly: false } | null> {
    const source = await sourceOnUse(fingerprint, this.#task.onUse);
    const engine = await openBundle(source, { runtime: 'core', wasm: () => this.#bringEngine() });
    if (engine.runtime.name !== 'core') return null;
    try {
      await verifyExpected(engine);
      return { engine, runtimeOnly: false };
    } catch (error) {
      if (hasCode(error, 'bundle-expected-missed')) return null;
      throw error;
    }
  }

  /** @throws bundle-expected-missed */
  async #openByRuntime(fingerprint: string): Promise<{ engine: Engine; runtimeOnly: boolean }> {
    // What the engine computes decides whether the bundle is good: it can't be stood in for here.
    const wasm = await this.#bringEngine();
    this.#report.phase('checking');
    const engine = await openBundle(await sourceOnUse(fingerprint, this.#task.onUse), {
      wasm: () => Promise.resolve(wasm),
    });
    const { parity } = await verifyScores(engine);
    return { engine, runtimeOnly: !parity.holds };
  }
}

/** Milliseconds that one client's score takes. */
export async function timeFirstScore(engine: Engine): Promise<number> {
  const one = await engine.clients.of(engine.clients.ids.slice(0, 1), engine.inputs);
  const before = performance.now();
  await engine.score(one);
  return performance.now() - before;
}

function isPassing(error: unknown): boolean {
  const code = asCoded(error)?.code;
  if (code !== undefined) return hangsOn(code) !== null;
  return error instanceof DOMException && error.name === 'AbortError';
}

/** Tells how far an install is, not more often than somebody can see. */
class Reporter {
  readonly #send: (report: InstallProgress) => void;
  #state: InstallProgress = { phase: 'queued', done: 0, total: 0, files: [], scored: 0, clients: 0 };
  #last = 0;
  #soon: ReturnType<typeof setTimeout> | undefined;

  constructor(send: (report: InstallProgress) => void) {
    this.#send = send;
  }

  phase(phase: InstallProgress['phase']): void {
    this.#tell({ ...this.#state, phase });
  }

  files(files: readonly FileProgress[]): void {
    const sum = (of: 'done' | 'bytes') => files.reduce((total, file) => total + file[of], 0);
    this.#tell({
      ...this.#state,
      phase: 'files',
      done: sum('done'),
      total: sum('bytes'),
      files: files.map((file) => ({ ...file })),
    });
  }

  /** At once or a moment later: where the bytes stop coming, the last of them are told too. */
  filesSoon(files: readonly FileProgress[]): void {
    const wait = this.#last + REPORT_EVERY - Date.now();
    if (wait <= 0) this.files(files);
    else this.#soon ??= setTimeout(() => this.files(files), wait);
  }

  scoring(scored: number, clients: number): void {
    this.#tell({ ...this.#state, phase: 'scoring', scored, clients });
  }

  /** Nothing more is told: the install has ended, well or not. */
  end(): void {
    clearTimeout(this.#soon);
  }

  #tell(state: InstallProgress): void {
    clearTimeout(this.#soon);
    this.#soon = undefined;
    this.#state = state;
    this.#last = Date.now();
    this.#send(state);
  }
}
