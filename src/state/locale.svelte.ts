import type { ErrorData } from '../core/errors';
import {
  LOCALES,
  translate,
  errorText,
  type Locale,
  type MessageKey,
  type MessageParams,
} from '../i18n/translate';
import { keepSetting, readSetting } from './settings';

/** The language the person chose, else the browser's, else English. */
class LocaleState {
  #locale = $state<Locale>(initial());

  get current(): Locale {
    return this.#locale;
  }

  choose(locale: Locale): void {
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

/** The message in the current language; reading it in a component follows the choice. */
export const t = (key: MessageKey, params?: MessageParams): string => translate(locale.current, key, params);

export const errorSentence = (error: ErrorData): string => errorText(locale.current, error);
