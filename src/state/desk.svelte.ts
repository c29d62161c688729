import { scoring } from '../client/scoring';
import { toErrorData, type ErrorData } from '../core/errors';
import type { InstalledBundle } from '../protocol/installed';
import type { Neighbours } from '../engine/client/list';
import type { Progress } from '../engine/runtime';
import type { Checked } from '../service/check';
import type { BundleView } from '../engine/bundleView';
import type { ClientView } from '../engine/client/view';
import { bundles } from './bundles.svelte';
import { clients } from './clients.svelte';
import { logging } from './logging.svelte';

/** What the client pages show: one open bundle and, on it, one client. */
class DeskState {
  #bundle = $state.raw<BundleView | null>(null);
  #client = $state.raw<ClientView | null>(null);
  #neighbours = $state.raw<Neighbours | null>(null);
  #opening = $state.raw<Progress | null>(null);
  #error = $state.raw<ErrorData | null>(null);
  #unexplained = $state.raw<ErrorData | null>(null);
  #checking = $state.raw<Progress | null>(null);
  #checked = $state.raw<Checked | null>(null);
  #unchecked = $state.raw<ErrorData | null>(null);
  #refused = $state.raw<ErrorData | null>(null);
  #wanted = '';
  /** Fingerprint of the bundle that onnxruntime is on its way to. */
  #awaited = '';
  #estimating: AbortController | null = null;

  constructor() {
    addEventListener('online', () => this.#checkPending());
  }

  get bundle() {
    return this.#bundle;
  }

  /** How much of onnxruntime is here, while the app's own evaluator scores. */
  get checking() {
    return this.#checking;
  }

  /** What onnxruntime found when it took over; null where it was here before. */
  get checked() {
    return this.#checked;
  }

  /** Why onnxruntime could not come yet. */
  get unchecked() {
    return this.#unchecked;
  }

  /** Why a bundle that was shown is gone: onnxruntime missed a score that it promises. */
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
    const { fingerprint } = installed;
    const wanted = (this.#wanted = `${fingerprint}/${clientId ?? ''}`);
    this.#error = null;
    this.#unexplained = null;
    try {
      const shown = await this.#ask(fingerprint, clientId);
      if (wanted !== this.#wanted) return;
      this.#bundle = shown.bundle;
      this.#client = shown.client;
      bundles.use(installed);
      this.#checkPending();
      this.#estimating?.abort();
      if (!shown.client) return;
      this.#neighbours = shown.neighbours;
      const { explanation, decision } = shown.client;
      if (!explanation && decision !== 'unscored') void this.#estimate(shown.client, wanted);
    } catch (error) {
      if (wanted === this.#wanted) this.#error = toErrorData(error);
    }
  }

  /** One way to the worker, whatever of it is needed: the bundle where it is another one, the client with neighbours. */
  async #ask(fingerprint: string, id: string | null): Promise<Shown> {
    const here = this.#bundle?.fingerprint === fingerprint ? this.#bundle : null;
    if (!here) {
      this.#bundle = null;
      this.#client = null;
    }
    const progress = (state: Progress) => (this.#opening = state);
    try {
      if (id === null)
        return {
          bundle: here ?? (await scoring.open({ fingerprint }, { progress })),
          client: null,
          neighbours: null,
        };
      const asked = { fingerprint, id, query: clients.query, known: here !== null, log: logging.on };
      const { bundle, ...found } = await scoring.client(asked, { progress });
      return { bundle: bundle ?? here, ...found };
    } finally {
      this.#opening = null;
    }
  }

  /** Where the app's own evaluator stands in, onnxruntime is fetched, checks and takes over. */
  #checkPending(): void {
    const bundle = this.#bundle;
    if (bundle?.pending && this.#awaited !== bundle.fingerprint) void this.#check(bundle.fingerprint);
  }

  async #check(fingerprint: string): Promise<void> {
    this.#awaited = fingerprint;
    this.#unchecked = null;
    this.#checked = null;
    this.#refused = null;
    try {
      const progress = (state: Progress) => (this.#checking = state);
      const checked = await scoring.check({ fingerprint }, { progress });
      void bundles.loadInstalled();
      if (this.#bundle?.fingerprint === fingerprint) await this.#takeOver(checked);
    } catch (error) {
      await this.#giveUp(fingerprint, toErrorData(error));
    } finally {
      this.#checking = null;
      this.#awaited = '';
    }
  }

  /** What is on screen is scored anew. */
  async #takeOver(checked: Checked): Promise<void> {
    const { fingerprint } = checked.bundle;
    const id = this.#client?.id;
    const wanted = this.#wanted;
    const shown = id === undefined ? null : await this.#ask(fingerprint, id);
    this.#bundle = checked.bundle;
    this.#checked = checked;
    if (shown && wanted === this.#wanted) this.#client = shown.client;
    clients.renew(fingerprint);
  }

  async #giveUp(fingerprint: string, error: ErrorData): Promise<void> {
    if (error.code === 'bundle-not-installed') return;
    if (error.code !== 'bundle-expected-missed') {
      this.#unchecked = error;
      return;
    }
    this.#refused = error;
    if (this.#bundle?.fingerprint === fingerprint) this.#bundle = null;
    await bundles.loadInstalled();
  }

  /** Reasons that take a while come after the score they explain. */
  async #estimate(client: ClientView, wanted: string): Promise<void> {
    const controller = (this.#estimating = new AbortController());
    try {
      const { fingerprint } = this.#bundle as BundleView;
      const explanation = await scoring.reasons(
        { fingerprint, id: client.id },
        { signal: controller.signal },
      );
      if (wanted === this.#wanted) this.#client = { ...client, explanation };
    } catch (error) {
      const data = toErrorData(error);
      if (wanted === this.#wanted && data.code !== 'stopped') this.#unexplained = data;
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
