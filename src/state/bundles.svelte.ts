import { saveFile } from '../client/device';
import { scoring } from '../client/scoring';
import { toErrorData, type ErrorData } from '../core/errors';
import type {
  BundleSummary,
  InstalledBundle,
  KeptWithBundle,
  OfferedBundle,
  PausedInstall,
} from '../protocol/installed';
import { installs } from './installs.svelte';
import { offline } from './offline.svelte';
import { keepSetting, readSetting } from './settings';
import { site } from './site.svelte';
import { storage } from './storage.svelte';
import { tabs } from './tabs';

/** A bundle that can be downloaded: offered by a catalogue, or begun and not done. */
export interface Obtainable {
  bundle: Pick<OfferedBundle, keyof BundleSummary | 'url'> & { host?: string };
  /** What is here of it already. */
  paused: PausedInstall | null;
  /** A version of the same bundle that is on this device. */
  replaces: InstalledBundle | null;
}

/** What this device holds and what the site offers. */
class BundlesState {
  #installed = $state.raw<readonly InstalledBundle[] | null>(null);
  #paused = $state.raw<readonly PausedInstall[]>([]);
  #offered = $state.raw<readonly OfferedBundle[] | null>(null);
  #storageError = $state.raw<ErrorData | null>(null);
  #catalogueErrors = $state.raw<readonly ErrorData[]>([]);

  constructor() {
    installs.onEnd = () => void this.loadInstalled();
    tabs.listen((message) => {
      if (message.kind === 'bundles') void this.loadInstalled();
    });
  }

  /** null until storage has answered. */
  get installed() {
    return this.#installed;
  }

  /** null until every catalogue has answered or failed. */
  get offered() {
    return this.#offered;
  }

  get storageError() {
    return this.#storageError;
  }

  get catalogueErrors() {
    return this.#catalogueErrors;
  }

  /** Not on this device yet. */
  get obtainable(): readonly Obtainable[] {
    const here = new Set(this.#installed?.map((bundle) => bundle.fingerprint));
    const paused = new Map(this.#paused.map((bundle) => [bundle.fingerprint, bundle]));
    const offered = (this.#offered ?? []).filter((bundle) => !here.has(bundle.fingerprint));
    const known = new Set(offered.map((bundle) => bundle.fingerprint));
    const others = this.#paused.filter(({ fingerprint, url }) => url !== '' && !known.has(fingerprint));
    return [...offered, ...others].map((bundle) => ({
      bundle,
      paused: paused.get(bundle.fingerprint) ?? null,
      replaces: this.#installed?.find(({ id }) => id === bundle.id) ?? null,
    }));
  }

  /** What a newcomer is shown first: the site's default, else its only bundle. */
  get first(): OfferedBundle | null {
    const wanted = site.current?.defaultBundle;
    const offered = this.#offered ?? [];
    if (wanted) return offered.find((bundle) => bundle.id === wanted || bundleKey(bundle) === wanted) ?? null;
    return offered.length === 1 ? offered[0] : null;
  }

  /** The installed bundle to open without asking: the one used last, else the only one. */
  get resumed(): InstalledBundle | null {
    const all = this.#installed ?? [];
    const last = all.find((bundle) => bundle.fingerprint === readSetting('bundle'));
    return last ?? (all.length === 1 ? all[0] : null);
  }

  /** The installed bundle that an address names: `id@version`, or with `~` and its fingerprint's start. */
  find(key: string): InstalledBundle | undefined {
    const [name, start = ''] = key.split('~');
    return this.#installed?.find(
      (bundle) => bundleKey(bundle) === name && bundle.fingerprint.startsWith(start),
    );
  }

  /** How addresses name an installed bundle; one that shares its name says which it is. */
  keyOf({ id, version, fingerprint }: Pick<BundleSummary, 'id' | 'version' | 'fingerprint'>): string {
    const key = bundleKey({ id, version });
    const alike = this.#installed?.filter((bundle) => bundleKey(bundle) === key).length ?? 0;
    return alike > 1 ? `${key}~${fingerprint.slice(0, 8)}` : key;
  }

  /** Remembers the bundle that is in use, for the next visit. */
  use({ fingerprint }: Pick<BundleSummary, 'fingerprint'>): void {
    keepSetting('bundle', fingerprint);
  }

  async load(): Promise<void> {
    await Promise.all([this.loadInstalled(), this.loadOffered()]);
  }

  async loadInstalled(): Promise<void> {
    try {
      [this.#installed, this.#paused] = await Promise.all([scoring.installed(), scoring.paused()]);
      this.#storageError = null;
    } catch (error) {
      this.#installed ??= [];
      this.#storageError = toErrorData(error);
    }
    // Nobody waits for the pages that are kept meanwhile.
    if (this.#installed?.length) void offline.look();
    await storage.look();
  }

  async loadOffered(): Promise<void> {
    await site.load();
    if (site.error) {
      this.#catalogueErrors = [site.error];
      return;
    }
    const catalogues = site.current?.catalogues ?? [];
    const lists = catalogues.map((): readonly OfferedBundle[] => []);
    this.#catalogueErrors = [];
    // Each list is shown as it comes: one that is slow or gone does not hide the others.
    const loading = catalogues.map(async (url, i) => {
      try {
        lists[i] = await scoring.catalogue({ url });
        this.#offered = once(lists.flat());
      } catch (error) {
        this.#catalogueErrors = [...this.#catalogueErrors, toErrorData(error)];
      }
    });
    await Promise.all(loading);
  }

  /** Gives up what was begun. */
  async discard(fingerprint: string): Promise<void> {
    installs.forget(fingerprint);
    await this.#change(() => scoring.discard({ fingerprint }));
  }

  /** What would go with it; null where that can't be known. */
  async keptOf(fingerprint: string): Promise<KeptWithBundle | null> {
    return scoring.keptOf({ fingerprint }).catch(() => null);
  }

  async remove(fingerprint: string): Promise<void> {
    await this.#change(() => scoring.remove({ fingerprint }));
  }

  /** Writes the bundle as one zip, for a desk without network. */
  async saveZip(bundle: InstalledBundle): Promise<void> {
    await this.#change(async () => saveFile(await scoring.zip(bundle), `${bundle.id}-${bundle.version}.zip`));
  }

  async #change(work: () => Promise<void>): Promise<void> {
    let failure: ErrorData | null = null;
    try {
      await work();
    } catch (error) {
      failure = toErrorData(error);
    }
    await this.loadInstalled();
    this.#storageError ??= failure;
    tabs.tell({ kind: 'bundles' });
  }
}

const bundleKey = ({ id, version }: { id: string; version: string }): string => `${id}@${version}`;

/** A bundle that two catalogues offer is offered once. */
const once = (offered: readonly OfferedBundle[]): OfferedBundle[] =>
  offered.filter(
    (bundle, i) => offered.findIndex(({ fingerprint }) => fingerprint === bundle.fingerprint) === i,
  );

/** Whether a link to `key` means this bundle, installed or not. */
export const isNamed = (key: string, bundle: { id: string; version: string }): boolean =>
  key.split('~')[0] === bundleKey(bundle);

export const bundles = new BundlesState();
