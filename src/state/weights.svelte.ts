import { scoring } from '../client/scoring';
import type { BundleView } from '../engine/bundleView';
import type { ListQuery } from '../engine/client/list';
import type { Weights } from '../engine/portfolio/weights';
import { Asked } from './asked.svelte';

/** What weighs for the clients that a filter finds, and for others that were kept to compare. */
class WeightsState {
  readonly shown = new Asked<Weights>();
  #kept = $state.raw<Weights | null>(null);
  #of = '';

  get kept() {
    return this.#kept;
  }

  ask({ fingerprint, runtime }: BundleView, query: ListQuery): void {
    const of = `${fingerprint} ${runtime}`;
    if (this.#of !== of) this.#kept = null;
    this.#of = of;
    // Their order changes nothing.
    const which = JSON.stringify({ ...query, sort: null });
    void this.shown.ask(`${of} ${which}`, (task) => scoring.listWeights({ fingerprint, query }, task));
  }

  /** Keeps what is shown, to set other clients beside it. */
  keep(): void {
    this.#kept = this.shown.value;
  }

  forget(): void {
    this.#kept = null;
  }
}

export const weights = new WeightsState();
