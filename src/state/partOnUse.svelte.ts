import { onPart } from '../client/scoring';
import type { PartSign } from '../protocol/partSign';
import { bundles } from './bundles.svelte';

/** The part of a bundle that is being fetched, as a page needs it; null while none is. */
class PartOnUseState {
  #coming = $state.raw<PartSign | null>(null);

  constructor() {
    onPart((sign) => {
      this.#coming = sign.done < sign.total ? sign : null;
      if (!this.#coming) void bundles.loadInstalled();
    });
  }

  get coming() {
    return this.#coming;
  }
}

export const partOnUse = new PartOnUseState();
