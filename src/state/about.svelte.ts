import { APP_VERSION, licences, type Licence } from '../client/about';

/** What the app is made of. */
class AboutState {
  #licences = $state.raw<readonly Licence[] | null>(null);
  #failed = $state(false);
  readonly version = APP_VERSION;

  /** null until they are read. */
  get licences() {
    return this.#licences;
  }

  get failed() {
    return this.#failed;
  }

  /** Version of a library; "" while it is not known. */
  versionOf(name: string): string {
    const found = this.#licences
      ?.flatMap(({ libraries }) => libraries)
      .find((library) => library.startsWith(`${name} `));
    return found?.slice(name.length + 1) ?? '';
  }

  async load(): Promise<void> {
    try {
      this.#licences ??= await licences();
      this.#failed = false;
    } catch {
      this.#failed = true;
    }
  }
}

export const about = new AboutState();
