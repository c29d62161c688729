import { scoring } from '../client/scoring';
import { toErrorData, type ErrorData } from '../core/errors';
import type { InstalledBundle } from '../protocol/installed';
import type { Neighbours } from '../engine/client/list';
import type { Progress } from '../engine/runtime';
import type { Checked } from '../service/check';
import type { BundleView } from '../engine/bundleView';
import type { ClientView } from '../engine/client/view';
import { bundles } from './bundles.svelte';
import { clients, portfolioClients, queryFor } from './clients.svelte';
import { logging } from './logging.svelte';
import { tabs } from './tabs';

/** How far onnxruntime is with a bundle that the app's own evaluator scores so far. */
export interface Check {
  /** How much of the engine is here. */
  progress: Progress | null;
  /** What it found when it took over. */
  found: Checked | null;
  /** Why it could not come, or not start its work. */
  failed: ErrorData | null;
}
/** What is on screen comes first. */
const PREPARE_AFTER_MS = 300;
const UNDER_WAY: Check = { progress: null, found: null, failed: null };

const evaluatorOf = ({ runtime, runtimeFailure }: BundleView) => ({ runtime, runtimeFailure });

/** What the client pages show: one open bundle and, on it, one client. */
class DeskState {
  #bundle = $state.raw<BundleView | null>(null);
  #client = $state.raw<ClientView | null>(null);
  #neighbours = $state.raw<Neighbours | null>(null);
  #opening = $state.raw<Progress | null>(null);
  #error = $state.raw<ErrorData | null>(null);
  #unexplained = $state.raw<ErrorData | null>(null);
  /** By fingerprint: bundles that were scored by the app's own evaluator on this visit. */
  #checks = $state.raw<Readonly<Record<string, Check>>>({});
  #refused = $state.raw<{ bundle: InstalledBundle; error: ErrorData } | null>(null);
  /** What was asked for last; an answer to anything else comes too late. */
  #asked: { installed: InstalledBundle; clientId: string | null } | null = null;
  #estimating: AbortController | null = null;
  /** Bundle and evaluator whose worker is warm, or about to be. */
  #prepared = '';

  constructor() {
    addEventListener('online', () => {
      this.#checks = Object.fromEntries(Object.entries(this.#checks).filter(([, { failed }]) => !failed));
      this.#checkPending();
    });
  }

  get bundle() {
    return this.#bundle;
  }

  /** How far onnxruntime is with the bundle on screen, or what it found; null where it was here before. */
  get check(): Check | null {
    return (this.#bundle && this.#checks[this.#bundle.fingerprint]) ?? null;
  }

  /** A bundle that was shown and is gone: onnxruntime missed a score that it promises. */
  get refused() {
    return this.#refused;
  }

  /** The client before stays until the next one is ready. */
  get client() {
    return this.#client;
  }

  /** Where the client stands in the list as it was last searched and sorted. */
  get neighbours() {
    return this.#neighbours;
  }

  /** Rows scored so far while a bundle is opened for the first time. */
  get opening() {
    return this.#opening;
  }

  /** Why the client's reasons could not be estimated; the score stands. */
  get unexplained() {
    return this.#unexplained;
  }

  get error() {
    return this.#error;
  }

  /** Opens an installed bundle, and a client of it if one is named. The last call wins. */
  async show(installed: InstalledBundle, clientId: string | null): Promise<void> {
    const asked = (this.#asked = { installed, clientId });
    this.#error = null;
    this.#unexplained = null;
    try {
      const shown = await this.#ask(installed.fingerprint, clientId);
      if (asked !== this.#asked) return;
      if (shown.bundle) this.#bundle = shown.bundle;
      this.#client = shown.client;
      bundles.use(installed);
      this.#checkPending();
      this.#estimating?.abort();
      if (!shown.client) this.#prepare();
      if (!shown.client) return;
      this.#neighbours = shown.neighbours;
      const { explanation, decision } = shown.client;
      if (!explanation && decision !== 'unscored') void this.#estimate(shown.client, asked);
    } catch (error) {
      if (asked === this.#asked) this.#error = toErrorData(error);
    }
  }

  /** The client's place in the list as it is asked for now. */
  async showAgain(): Promise<void> {
    if (this.#asked) await this.show(this.#asked.installed, this.#asked.clientId);
  }

  /** One way to the worker, whatever of it is needed: the client with neighbours, the bundle where it is not as it is here. */
  async #ask(fingerprint: string, id: string | null): Promise<Shown> {
    const here = this.#bundle?.fingerprint === fingerprint ? this.#bundle : null;
    if (!here) {
      this.#bundle = null;
      this.#client = null;
    }
    const progress = (state: Progress) => (this.#opening = state);
    try {
      if (id !== null)
        return await scoring.client(
          {
            fingerprint,
            id,
            query: queryFor(fingerprint),
            known: here && evaluatorOf(here),
            log: logging.on,
          },
          { progress },
        );
      const bundle = here ? null : await scoring.open({ fingerprint }, { progress });
      return { bundle, client: null, neighbours: null };
    } finally {
      this.#opening = null;
    }
  }

  /** While a client is looked for in the list, the worker reads what its page will need. */
  #prepare(): void {
    const bundle = this.#bundle;
    if (!bundle || bundle.pending || this.#prepared === bundle.runtime + bundle.fingerprint) return;
    this.#prepared = bundle.runtime + bundle.fingerprint;
    const { fingerprint } = bundle;
    setTimeout(() => void scoring.prepare({ fingerprint }).catch(() => undefined), PREPARE_AFTER_MS);
  }

  /** Where the app's own evaluator stands in, onnxruntime is fetched, checks and takes over. */
  #checkPending(): void {
    const installed = this.#asked?.installed;
    const bundle = this.#bundle;
    if (!installed || !bundle?.pending || bundle.fingerprint !== installed.fingerprint) return;
    const check = this.#checks[bundle.fingerprint];
    // One that failed is tried again when the connection comes back, not at every click.
    if (!check || check.found) void this.#check(installed);
  }

  async #check(installed: InstalledBundle): Promise<void> {
    const { fingerprint } = installed;
    const note = (check: Partial<Check>) =>
      (this.#checks = { ...this.#checks, [fingerprint]: { ...UNDER_WAY, ...check } });
    note({});
    try {
      const found = await scoring.check({ fingerprint }, { progress: (state) => note({ progress: state }) });
      note({ found });
      await this.#takeOver(found);
    } catch (error) {
      const failed = toErrorData(error);
      note({ failed });
      if (failed.code === 'bundle-expected-missed') this.#refuse(installed, failed);
    }
    tabs.tell({ kind: 'bundles' });
    await bundles.loadInstalled();
  }

  /** What is on screen is scored anew. */
  async #takeOver({ bundle }: Checked): Promise<void> {
    const asked = this.#asked;
    if (asked?.installed.fingerprint === bundle.fingerprint) {
      // The client comes with the bundle as it is now: neither is shown without the other.
      if (asked.clientId === null) {
        this.#bundle = bundle;
        this.#prepare();
      } else await this.show(asked.installed, asked.clientId);
    }
    for (const list of [clients, portfolioClients]) list.renew(bundle.fingerprint);
  }

  #refuse(bundle: InstalledBundle, error: ErrorData): void {
    this.#refused = { bundle, error };
    if (this.#bundle?.fingerprint === bundle.fingerprint) this.#bundle = null;
  }

  /** Reasons that take a while come after the score they explain. */
  async #estimate(client: ClientView, asked: object): Promise<void> {
    const controller = (this.#estimating = new AbortController());
    try {
      const { fingerprint } = this.#bundle as BundleView;
      const explanation = await scoring.reasons(
        { fingerprint, id: client.id },
        { signal: controller.signal },
      );
      if (asked === this.#asked) this.#client = { ...client, explanation };
    } catch (error) {
      const data = toErrorData(error);
      if (asked === this.#asked && data.code !== 'stopped') this.#unexplained = data;
    }
  }
}

/** What a page is shown: a bundle, and a client of it where one was asked for. */
interface Shown {
  bundle: BundleView | null;
  client: ClientView | null;
  neighbours: Neighbours | null;
}

export const desk = new DeskState();
