import { scoring } from '../client/scoring';
import { toErrorData, type ErrorData } from '../core/errors';
import type { InstalledBundle } from '../protocol/installed';
import type { Neighbours } from '../engine/client/list';
import type { Progress } from '../engine/runtime';
import type { BundleView, ClientView } from '../engine/client/view';
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
  #wanted = '';
  #estimating: AbortController | null = null;

  get bundle() {
    return this.#bundle;
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
      const bundle = await this.#open(fingerprint);
      const client = clientId === null ? null : await scoring.client(fingerprint, clientId, logging.on);
      if (wanted !== this.#wanted) return;
      this.#bundle = bundle;
      this.#client = client;
      bundles.use(bundle);
      this.#estimating?.abort();
      if (!client) return;
      if (!client.explanation && client.decision !== 'unscored') void this.#estimate(client, wanted);
      const neighbours = await scoring.neighbours(fingerprint, clients.query, client.id);
      if (wanted === this.#wanted) this.#neighbours = neighbours;
    } catch (error) {
      if (wanted === this.#wanted) this.#error = toErrorData(error);
    }
  }

  /** Reasons that take a while come after the score they explain. */
  async #estimate(client: ClientView, wanted: string): Promise<void> {
    const controller = (this.#estimating = new AbortController());
    try {
      const { fingerprint } = this.#bundle as BundleView;
      const explanation = await scoring.reasons(fingerprint, client.id, controller.signal);
      if (wanted === this.#wanted) this.#client = { ...client, explanation };
    } catch (error) {
      const data = toErrorData(error);
      if (wanted === this.#wanted && data.code !== 'stopped') this.#unexplained = data;
    }
  }

  async #open(fingerprint: string): Promise<BundleView> {
    if (this.#bundle?.fingerprint === fingerprint) return this.#bundle;
    this.#bundle = null;
    this.#client = null;
    try {
      return await scoring.open(fingerprint, (progress) => (this.#opening = progress));
    } finally {
      this.#opening = null;
    }
  }
}

export const desk = new DeskState();
