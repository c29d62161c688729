import { scoring } from '../client/scoring';
import { toErrorData, type ErrorData } from '../core/errors';
import type { PageName, Site } from '../protocol/site';

/** What config.json says: which bundles and pages this site offers. */
class SiteState {
  #site = $state.raw<Site | null>(null);
  #error = $state.raw<ErrorData | null>(null);

  /** null until it is read, and when it can't be. */
  get current() {
    return this.#site;
  }

  get error() {
    return this.#error;
  }

  /** A page is offered unless the site says no. */
  offers(page: PageName): boolean {
    return this.#site?.pages.includes(page) ?? true;
  }

  async load(): Promise<void> {
    try {
      this.#site = await scoring.site();
      this.#error = null;
    } catch (error) {
      this.#error = toErrorData(error);
    }
  }
}

export const site = new SiteState();
