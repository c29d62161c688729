import type { Locale } from './translate';

/**
 * A number as somebody types it in their language: "1 234,5" or "1,234.5"; the other language's decimal mark is taken
 * where it can be nothing else.
 *
 * @returns NaN for what is none, or may be read in two ways
 */
export function parseTyped(locale: Locale, text: string): number {
  const plain = text
    .trim()
    .replace(/[\s\u00a0\u202f’']/g, '')
    .replace('\u2212', '-');
  const [mark, other] = locale === 'fr' ? [',', '.'] : ['.', ','];
  if (plain === '') return NaN;
  if (isNumber(plain, mark)) return Number(plain.replace(mark, '.'));
  // Groups of three, as this language writes them.
  const grouped = new RegExp(`^-?\\d{1,3}(\\${other}\\d{3})+(\\${mark}\\d+)?$`);
  if (locale === 'en' && grouped.test(plain)) return Number(plain.replaceAll(other, ''));
  const ambiguous = new RegExp(`^-?\\d{1,3}\\${other}\\d{3}$`).test(plain);
  return !ambiguous && isNumber(plain, other) ? Number(plain.replace(other, '.')) : NaN;
}

const isNumber = (text: string, mark: string): boolean =>
  new RegExp(`^-?(\\d+(\\${mark}\\d*)?|\\${mark}\\d+)$`).test(text);
