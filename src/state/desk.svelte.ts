import { scoring } from '../client/scoring';
import { toErrorData, type ErrorData } from '../core/errors';
import type { Neighbours } from '../engine/list';
import type { BundleView, ClientView } from '../engine/views';
import { bundleKey, bundles } from './bundles.svelte';
import { clients } from './clients.svelte';

/** What the client pages show: one open bundle and, on it, one client. */
class DeskState {
  #bundle = $state.raw<BundleView | null>(null);
  #client = $state.raw<ClientView | null>(null);
  #neighbours = $state.raw<Neighbours | null>(null);
  #error = $state.raw<ErrorData | null>(null);
  #wanted = '';

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

  get error() {
    return this.#error;
  }

  /** Opens the bundle an address names, and its client if it names one. The last call wins. */
  async show(key: string, clientId: string | null): Promise<void> {
    const wanted = (this.#wanted = `${key}/${clientId ?? ''}`);
    this.#error = null;
    try {
      const bundle = await this.#open(key);
      const client = bundle && clientId !== null ? await scoring.client(bundle.fingerprint, clientId) : null;
      if (wanted !== this.#wanted) return;
      this.#bundle = bundle;
      this.#client = client;
      this.#neighbours =
        client && bundle ? await scoring.neighbours(bundle.fingerprint, clients.query, client.id) : null;
    } catch (error) {
      if (wanted === this.#wanted) this.#error = toErrorData(error);
    }
  }

  async #open(key: string): Promise<BundleView | null> {
    if (!bundles.installed) await bundles.loadInstalled();
    const installed = bundles.find(key);
    if (!installed) {
      this.#client = null;
      return null;
    }
    if (
      this.#bundle &&
      bundleKey(this.#bundle.manifest) === key &&
      this.#bundle.fingerprint === installed.fingerprint
    )
      return this.#bundle;
    this.#client = null;
    return (this.#bundle = await scoring.open(installed.fingerprint));
  }
}

export const desk = new DeskState();
