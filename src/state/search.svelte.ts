import { scoring } from '../client/scoring';
import type { ListRow } from '../engine/client/list';
import { FIRST_QUERY } from './clients.svelte';

/** Matches shown under the search. */
const SHOWN = 8;

/** The search of the top bar: clients of one bundle by number or name. */
class SearchState {
  #rows = $state.raw<readonly ListRow[]>([]);
  #found = $state<number | null>(null);
  #asked = 0;

  get rows() {
    return this.#rows;
  }

  /** Clients that match; null while that is not known. */
  get found() {
    return this.#found;
  }

  /** Asks for the matches; resolves once they are here, or a later question has taken over. */
  async ask(fingerprint: string, text: string): Promise<void> {
    const asked = ++this.#asked;
    if (text.trim() === '') return this.clear();
    this.#found = null;
    const query = { ...FIRST_QUERY, search: text };
    const page = await scoring
      .list({ fingerprint, query, columns: [], offset: 0, limit: SHOWN })
      .catch(() => null);
    if (asked !== this.#asked) return;
    this.#rows = page?.rows ?? [];
    this.#found = page?.found ?? 0;
  }

  clear(): void {
    this.#asked++;
    this.#rows = [];
    this.#found = null;
  }
}

export const search = new SearchState();
