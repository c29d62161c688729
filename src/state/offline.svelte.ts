import { getReadyOffline, onTakeover, startServiceWorker, takeUpdate } from '../client/offline';
import { tabs } from './tabs';

/** Connection, readiness for being offline, and a new version that waits. */
class OfflineState {
  #online = $state(navigator.onLine);
  #ready = $state(false);
  #update = $state.raw<{ tabs: readonly string[] } | null>(null);

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
    void startServiceWorker(() => void this.#offer());
  }

  /** Looks again whether everything needed offline is kept. */
  async look(): Promise<void> {
    this.#ready = await getReadyOffline();
  }

  takeUpdate(): void {
    takeUpdate();
  }

  later(): void {
    this.#update = null;
  }

  async #offer(): Promise<void> {
    this.#update = { tabs: await tabs.titles() };
  }
}

export const offline = new OfflineState();
