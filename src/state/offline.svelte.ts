import { getReadyOffline, onTakeover, startServiceWorker, takeUpdate } from '../client/offline';
import { restScoring } from '../client/scoring';
import { tabs } from './tabs';

/** Milliseconds that a new version has to take over, before the old one goes on. */
const TAKEN_WITHIN = 10_000;

async function restForUpdate(): Promise<void> {
  const { rested, wake } = restScoring();
  setTimeout(wake, TAKEN_WITHIN);
  await rested;
}

/** Connection, readiness for being offline, and a new version that waits. */
class OfflineState {
  #online = $state(navigator.onLine);
  #ready = $state(false);
  #update = $state.raw<{ tabs: readonly string[] } | null>(null);
  #taking = $state(false);

  get online() {
    return this.#online;
  }

  /** The app and its engine open with the server gone. */
  get ready() {
    return this.#ready;
  }

  /** A new version is here, and these other tabs would be reloaded with this one. */
  get update() {
    return this.#update;
  }

  start(): void {
    addEventListener('online', () => (this.#online = true));
    addEventListener('offline', () => (this.#online = false));
    onTakeover(() => location.reload());
    tabs.listen(({ kind }) => {
      if (kind === 'update') void restForUpdate();
    });
    void startServiceWorker(() => void this.#offer());
  }

  /** Looks again whether everything needed offline is kept. */
  async look(): Promise<void> {
    this.#ready = await getReadyOffline();
  }

  /** The new version is on its way: the page reloads in a moment. */
  get taking() {
    return this.#taking;
  }

  /** Takes the new version; other tabs come to rest as well. */
  async takeUpdate(): Promise<void> {
    this.#taking = true;
    tabs.tell({ kind: 'update' });
    // Where it does not come, it can be asked for again.
    setTimeout(() => (this.#taking = false), TAKEN_WITHIN);
    await takeUpdate(restForUpdate);
  }

  later(): void {
    this.#update = null;
  }

  async #offer(): Promise<void> {
    this.#update = { tabs: await tabs.titles() };
  }
}

export const offline = new OfflineState();
