import { scoring } from '../client/scoring';
import { toErrorData, type ErrorData } from '../core/errors';
import type { InstalledBundle, InstallProgress } from '../bundle/installed';
import type { OfferedBundle } from '../protocol/scoring';
import { offline } from './offline.svelte';

/** One download under way or failed. */
export interface InstallState {
  progress: InstallProgress | null;
  error: ErrorData | null;
}

/** What this device holds and what the site offers. */
class BundlesState {
  #installed = $state.raw<readonly InstalledBundle[] | null>(null);
  #offered = $state.raw<readonly OfferedBundle[] | null>(null);
  #installs = $state.raw<Readonly<Record<string, InstallState>>>({});
  #storageError = $state.raw<ErrorData | null>(null);
  #catalogueError = $state.raw<ErrorData | null>(null);
  readonly #stops = new Map<string, AbortController>();

  /** null until storage has answered. */
  get installed() {
    return this.#installed;
  }

  get offered() {
    return this.#offered;
  }

  /** By the fingerprint that the catalogue names. */
  get installs() {
    return this.#installs;
  }

  get storageError() {
    return this.#storageError;
  }

  get catalogueError() {
    return this.#catalogueError;
  }

  /** Offered, and not on this device yet. */
  get missing(): readonly OfferedBundle[] {
    const here = new Set(this.#installed?.map((bundle) => bundle.fingerprint));
    return this.#offered?.filter((bundle) => !here.has(bundle.fingerprint)) ?? [];
  }

  /** The newest installed bundle of that `id@version`. */
  find(key: string): InstalledBundle | undefined {
    return this.#installed?.find((bundle) => bundleKey(bundle) === key);
  }

  async load(): Promise<void> {
    await Promise.all([this.loadInstalled(), this.loadOffered()]);
  }

  async loadInstalled(): Promise<void> {
    try {
      this.#installed = await scoring.installed();
      this.#storageError = null;
    } catch (error) {
      this.#installed ??= [];
      this.#storageError = toErrorData(error);
    }
  }

  async loadOffered(): Promise<void> {
    try {
      this.#offered = await scoring.catalogue();
      this.#catalogueError = null;
    } catch (error) {
      this.#catalogueError = toErrorData(error);
    }
  }

  async install(bundle: OfferedBundle): Promise<InstalledBundle | null> {
    const { fingerprint } = bundle;
    if (this.#stops.has(fingerprint)) return null;
    const stop = new AbortController();
    this.#stops.set(fingerprint, stop);
    this.#set(fingerprint, { progress: null, error: null });
    try {
      const installed = await scoring.install(bundle.url, stop.signal, (progress) =>
        this.#set(fingerprint, { progress, error: null }),
      );
      this.#set(fingerprint, null);
      await Promise.all([this.loadInstalled(), offline.look()]);
      return installed;
    } catch (error) {
      const data = toErrorData(error);
      this.#set(fingerprint, data.code === 'stopped' ? null : { progress: null, error: data });
      return null;
    } finally {
      this.#stops.delete(fingerprint);
    }
  }

  stop(fingerprint: string): void {
    this.#stops.get(fingerprint)?.abort();
  }

  async remove(fingerprint: string): Promise<void> {
    try {
      await scoring.remove(fingerprint);
    } catch (error) {
      this.#storageError = toErrorData(error);
    }
    await this.loadInstalled();
  }

  #set(fingerprint: string, state: InstallState | null): void {
    const others = Object.entries(this.#installs).filter(([key]) => key !== fingerprint);
    this.#installs = Object.fromEntries(state ? [...others, [fingerprint, state]] : others);
  }
}

/** How addresses name a bundle. */
export const bundleKey = ({ id, version }: { id: string; version: string }): string => `${id}@${version}`;

export const bundles = new BundlesState();
