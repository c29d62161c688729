import { IntlMessageFormat } from 'intl-messageformat';
import type { ErrorData } from '../core/errors';
import type { LocalText } from '../bundle/schema';
import en from './messages/en.json';
import fr from './messages/fr.json';

export type Locale = 'en' | 'fr';
export type MessageKey = keyof typeof en;
export type MessageParams = Record<string, string | number>;

export const LOCALES: readonly Locale[] = ['fr', 'en'];
const MESSAGES: Record<Locale, Record<MessageKey, string>> = { en, fr };
const compiled = new Map<string, IntlMessageFormat>();

/** The message in ICU syntax, filled in. An empty `nearest` selects the branch `none`. */
export function translate(locale: Locale, key: MessageKey, params: MessageParams = {}): string {
  const cacheKey = `${locale} ${key}`;
  let message = compiled.get(cacheKey);
  if (!message) {
    message = new IntlMessageFormat(MESSAGES[locale][key], locale, undefined, { ignoreTag: true });
    compiled.set(cacheKey, message);
  }
  const filled = Object.fromEntries(
    Object.entries(params).map(([name, value]) => [
      name,
      name === 'nearest' && value === '' ? 'none' : value,
    ]),
  );
  return plainSpaces(String(message.format(filled)));
}

/** The sentence of a coded error. */
export function errorText(locale: Locale, { code, params }: ErrorData): string {
  return translate(locale, `error.${code}`, params);
}

/** Inter's narrow no-break space is too thin in thousands: the ordinary no-break space takes its place. */
export const plainSpaces = (text: string): string => text.replaceAll('\u202F', '\u00A0');

/** A bundle's text in the reader's language, else English, else any, else the fallback (the raw name). */
export function localText(text: LocalText | undefined, locale: Locale, fallback: string): string {
  if (text === undefined) return fallback;
  if (typeof text === 'string') return text;
  return text[locale] ?? text['en'] ?? Object.values(text)[0] ?? fallback;
}
