import { scoring } from '../client/scoring';
import { toErrorData, type ErrorData } from '../core/errors';
import type { InstalledBundle } from '../protocol/installed';
import type { Neighbours } from '../engine/client/list';
import type { Progress } from '../engine/runtime';
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
      const shown = await this.#ask(fingerprint, clientId);
      if (wanted !== this.#wanted) return;
      this.#bundle = shown.bundle;
      this.#client = shown.client;
      bundles.use(installed);
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
