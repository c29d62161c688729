import { scoring } from '../client/scoring';
import { askForDurability } from '../client/device';
import { hangsOn, toErrorData, type ErrorData } from '../core/errors';
import type { InstalledBundle, InstallProgress } from '../protocol/installed';
import type { MakeChoice } from '../bundle/proposal';
import type { PickedFile } from '../bundle/source';
import { tabs } from './tabs';
import { TransferRate } from './transferRate';

/** One install under way, paused by a failure, or followed from another tab. */
export interface InstallState {
  progress: InstallProgress | null;
  /** Bytes a second; null while it can't be said. */
  rate: number | null;
  error: ErrorData | null;
  /** It goes on in another tab. */
  elsewhere: boolean;
}

/** The install of files picked on this machine goes by this name. */
export const PICKED = 'picked';

/** Milliseconds between two signs of life to the other tabs. */
const BEAT = 1000;
/** Milliseconds without one after which another tab's install is taken for gone. */
const SILENCE = 4000;

/** A worker's death does not end it: what has come is kept, and the next worker goes on. */
type Work = (signal: AbortSignal, progress: (report: InstallProgress) => void) => Promise<InstalledBundle>;

/** The installs of this tab, and those of other tabs as they tell. */
class InstallsState {
  #all = $state.raw<Readonly<Record<string, InstallState>>>({});
  readonly #stops = new Map<string, AbortController>();
  readonly #heard = new Map<string, number>();
  readonly #interrupted = new Map<string, () => void>();
  /** Called when an install of this tab has ended, well or not. */
  onEnd: () => void = () => undefined;

  constructor() {
    tabs.listen((message) => {
      if (message.kind === 'pause') this.#stops.get(message.fingerprint)?.abort();
      if (message.kind === 'install') this.#follow(message.fingerprint, message.progress);
    });
    setInterval(() => this.#forgetSilent(), BEAT);
    addEventListener('online', () => this.#goOn());
  }

  /** By fingerprint; PICKED for files of this machine. */
  get all() {
    return this.#all;
  }

  /** The ones that go on, here or in another tab. */
  get running(): InstallState[] {
    return Object.values(this.#all).filter((install) => install.error === null);
  }

  /** Installs from the folder at `url`; null when it stopped or failed: the state then says why. */
  install(fingerprint: string, url: string): Promise<InstalledBundle | null> {
    const again = () => void this.install(fingerprint, url);
    return this.#run(
      fingerprint,
      (signal, progress) => scoring.install({ url, fingerprint }, { signal, progress, again: true }),
      again,
    );
  }

  installPicked(files: PickedFile[]): Promise<InstalledBundle | null> {
    return this.#run(PICKED, (signal, progress) =>
      scoring.installPicked({ files }, { signal, progress, again: true }),
    );
  }

  /** Makes a bundle of somebody's own files and installs it. */
  make(files: PickedFile[], choice: MakeChoice): Promise<InstalledBundle | null> {
    return this.#run(PICKED, (signal, progress) =>
      scoring.make({ files, choice }, { signal, progress, again: true }),
    );
  }

  /** What has come so far stays. */
  pause(fingerprint: string): void {
    this.#interrupted.delete(fingerprint);
    if (this.#all[fingerprint]?.elsewhere) tabs.tell({ kind: 'pause', fingerprint });
    else this.#stops.get(fingerprint)?.abort();
  }

  /** Puts a failure out of sight. */
  forget(fingerprint: string): void {
    this.#interrupted.delete(fingerprint);
    this.#set(fingerprint, null);
  }

  async #run(key: string, work: Work, again?: () => void): Promise<InstalledBundle | null> {
    if (this.#stops.has(key)) return null;
    const stop = new AbortController();
    const rate = new TransferRate();
    this.#stops.set(key, stop);
    this.#interrupted.delete(key);
    this.#set(key, { progress: null, rate: null, error: null, elsewhere: false });
    void askForDurability();
    const beat = setInterval(() => this.#tell(key), BEAT);
    try {
      const installed = await work(stop.signal, (progress) => {
        if (progress.phase === 'files') rate.add(progress.done, performance.now());
        this.#set(key, { progress, rate: rate.bytesPerSecond, error: null, elsewhere: false });
        this.#tell(key);
      });
      this.#set(key, null);
      return installed;
    } catch (error) {
      this.#fail(key, toErrorData(error), again);
      return null;
    } finally {
      clearInterval(beat);
      this.#stops.delete(key);
      tabs.tell({ kind: 'install', fingerprint: key, progress: null });
      tabs.tell({ kind: 'bundles' });
      this.onEnd();
    }
  }

  #fail(key: string, error: ErrorData, again?: () => void): void {
    if (error.code === 'stopped') return this.#set(key, null);
    if (hangsOn(error.code) === 'connection' && again) this.#interrupted.set(key, again);
    this.#set(key, { progress: null, rate: null, error, elsewhere: false });
  }

  /** The connection is back: what its loss stopped goes on. */
  #goOn(): void {
    for (const again of [...this.#interrupted.values()]) again();
  }

  #tell(key: string): void {
    const progress = this.#all[key]?.progress ?? null;
    if (key !== PICKED && progress) tabs.tell({ kind: 'install', fingerprint: key, progress });
  }

  #follow(key: string, progress: InstallProgress | null): void {
    if (this.#stops.has(key)) return;
    this.#heard.set(key, performance.now());
    if (progress) this.#set(key, { progress, rate: null, error: null, elsewhere: true });
    else if (this.#all[key]?.elsewhere) this.#set(key, null);
  }

  #forgetSilent(): void {
    for (const [key, { elsewhere }] of Object.entries(this.#all))
      if (elsewhere && performance.now() - (this.#heard.get(key) ?? 0) > SILENCE) this.#set(key, null);
  }

  #set(key: string, state: InstallState | null): void {
    const others = Object.entries(this.#all).filter(([other]) => other !== key);
    this.#all = Object.fromEntries(state ? [...others, [key, state]] : others);
  }
}

export const installs = new InstallsState();
