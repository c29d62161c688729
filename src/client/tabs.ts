import type { InstallProgress } from '../protocol/installed';
import { uniqueName } from '../protocol/uniqueName';

/** What the open tabs of one site tell each other. */
export type TabMessage =
  | { kind: 'titles'; from: string }
  | { kind: 'title'; to: string; title: string }
  /** An install goes on in the tab that says so; null once it has ended. */
  | { kind: 'install'; fingerprint: string; progress: InstallProgress | null }
  | { kind: 'pause'; fingerprint: string }
  /** A new version is about to take over: every tab will be reloaded. */
  | { kind: 'update' }
  /** Bundles were added or deleted. */
  | { kind: 'bundles' }
  /** A decision was recorded or erased. */
  | { kind: 'records' };

/** Milliseconds the other tabs have to say their titles. */
const ANSWER_WITHIN = 200;

/** The other tabs of this site, by a channel that carries the site's path in its name. */
export class SiteTabs {
  readonly #channel = new BroadcastChannel(`scoredesk:${new URL('.', document.baseURI).pathname}:tabs`);
  readonly #id = uniqueName();
  #titles: string[] = [];

  constructor() {
    this.listen((message) => {
      if (message.kind === 'titles') this.tell({ kind: 'title', to: message.from, title: document.title });
      if (message.kind === 'title' && message.to === this.#id) this.#titles.push(message.title);
    });
  }

  tell(message: TabMessage): void {
    this.#channel.postMessage(message);
  }

  listen(hear: (message: TabMessage) => void): void {
    this.#channel.addEventListener('message', ({ data }: MessageEvent<TabMessage>) => hear(data));
  }

  /** Titles of the other open tabs. */
  async titles(): Promise<string[]> {
    this.#titles = [];
    this.tell({ kind: 'titles', from: this.#id });
    await new Promise((resolve) => setTimeout(resolve, ANSWER_WITHIN));
    return [...this.#titles];
  }
}
