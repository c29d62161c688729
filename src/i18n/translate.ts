import { IntlMessageFormat } from 'intl-messageformat';
import type { ErrorData } from '../core/errors';
import type { LocalText } from '../bundle/schema';
import { messageOf, type Locale, type MessageKey } from './areas';

export type { Locale, MessageKey };
export type MessageParams = Record<string, string | number>;

const compiled = new Map<string, IntlMessageFormat>();

/** Names of parameters that take the branch `none` when they are empty. */
const MAY_BE_NONE = new Set(['nearest', 'missing', 'extra']);

/**
 * The message in ICU syntax, filled in; "" while its area is not here (`loadMessages`). An empty `nearest` selects the
 * branch `none`.
 */
export function translate(locale: Locale, key: MessageKey, params: MessageParams = {}): string {
  const cacheKey = `${locale} ${key}`;
  let message = compiled.get(cacheKey);
  if (!message) {
    const written = messageOf(locale, key);
    if (written === undefined) return '';
    message = new IntlMessageFormat(written, locale, undefined, { ignoreTag: true });
    compiled.set(cacheKey, message);
  }
  const filled = Object.fromEntries(
    Object.entries(params).map(([name, value]) => [
      name,
      MAY_BE_NONE.has(name) && value === '' ? 'none' : value,
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
