import type { ErrorData } from '../core/errors';
import { loadMessages, LOCALES, type Area } from '../i18n/areas';
import { translate, errorText, type Locale, type MessageKey, type MessageParams } from '../i18n/translate';
import { followSetting, keepSetting, readSetting } from './settings';

/** The language the person chose, else the browser's, else English; and which of its words are here. */
class LocaleState {
  #locale = $state<Locale>(initial());
  /** Grows with each area that has come, so that what is on screen is said anew. */
  #come = $state(0);
  readonly #areas = new Set<Area>();
  #chosen: Locale | null = null;

  constructor() {
    followSetting('locale', (chosen) => {
      const known = LOCALES.find((name) => name === chosen);
      if (known) void this.choose(known).catch(() => undefined);
    });
  }

  get current(): Locale {
    return this.#locale;
  }

  /** Words that came since may be shown: reading it in a component follows them. */
  get come(): number {
    return this.#come;
  }

  /** Brings the words that a page needs; whatever was asked for follows a change of language. @throws offline */
  async need(...areas: readonly Area[]): Promise<void> {
    for (const area of areas) this.#areas.add(area);
    await loadMessages(this.#locale, areas);
    this.#come++;
  }

  /** The last choice wins. @throws what loading words throws: the language before stays */
  async choose(locale: Locale): Promise<void> {
    this.#chosen = locale;
    let known: number;
    // A page that opens meanwhile needs its words in this language as well.
    do {
      known = this.#areas.size;
      await loadMessages(locale, [...this.#areas]);
    } while (known !== this.#areas.size);
    if (this.#chosen !== locale) return;
    this.#locale = locale;
    document.documentElement.lang = locale;
    keepSetting('locale', locale);
  }
}

function initial(): Locale {
  const wanted = [readSetting('locale'), ...navigator.languages].map((language) => language?.slice(0, 2));
  const found = wanted.find((language) => LOCALES.includes(language as Locale)) as Locale | undefined;
  document.documentElement.lang = found ?? 'en';
  return found ?? 'en';
}

export const locale = new LocaleState();

/** The message in the current language; reading it in a component follows the choice, and what has come since. */
export const t = (key: MessageKey, params?: MessageParams): string =>
  locale.come > 0 ? translate(locale.current, key, params) : '';

export const errorSentence = (error: ErrorData): string =>
  locale.come > 0 ? errorText(locale.current, error) : '';
