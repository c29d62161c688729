import type { ManifestColumn } from '../bundle/schema';
import { localText, plainSpaces, type Locale } from './translate';

const MINUS = '\u2212';
const NO_BREAK = '\u00A0';
const formats = new Map<string, Intl.NumberFormat>();

function format(locale: Locale, value: number, options: Intl.NumberFormatOptions): string {
  const key = locale + JSON.stringify(options);
  let formatter = formats.get(key);
  if (!formatter) formats.set(key, (formatter = new Intl.NumberFormat(locale, options)));
  return plainSpaces(formatter.format(value)).replace('-', MINUS);
}

/** A number with at most `digits` decimals; infinities by their sign. */
export function formatNumber(locale: Locale, value: number, digits = 2): string {
  if (value === Infinity) return '∞';
  if (value === -Infinity) return `${MINUS}∞`;
  return format(locale, value, { maximumFractionDigits: digits });
}

/** A large sum in four digits: 23.08M; smaller ones as they are. */
export function formatSum(locale: Locale, value: number): string {
  if (Math.abs(value) < 1e6) return formatNumber(locale, value, Math.abs(value) < 100 ? 2 : 0);
  return format(locale, value, { notation: 'compact', maximumSignificantDigits: 4 });
}

/** A number with just so many decimals: figures that stand in a column. */
export const formatFixed = (locale: Locale, value: number, digits: number): string =>
  format(locale, value, { minimumFractionDigits: digits, maximumFractionDigits: digits });

/**
 * A probability in percent: one decimal; two below 0.1 % and above 99.9 %; never 0 % or 100 %.
 *
 * @param marks thresholds that the figure must not seem to reach or miss: 17.96 % below one of 18 % is not
 *   written 18.0 %
 */
export function formatProbability(locale: Locale, p: number, marks: readonly number[] = []): string {
  const percent = (value: number, digits: number) =>
    format(locale, value, { style: 'percent', minimumFractionDigits: digits, maximumFractionDigits: digits });
  if (p < 0.0001) return `<${NO_BREAK}${percent(0.0001, 2)}`;
  if (p > 0.9999) return `>${NO_BREAK}${percent(0.9999, 2)}`;
  let digits = p < 0.001 || p > 0.999 ? 2 : 1;
  const misleads = (mark: number) => Number((100 * p).toFixed(digits)) / 100 >= mark !== p >= mark;
  while (digits < 6 && marks.some(misleads)) digits++;
  return percent(p, digits);
}

/** A threshold or a tick in percent, with no more decimals than it has. */
export function formatShare(locale: Locale, p: number): string {
  return format(locale, p, { style: 'percent', maximumFractionDigits: 2 });
}

/** A share in percent with one decimal; one below 0.1 % as that. */
export function formatPercent(locale: Locale, share: number): string {
  const percent = (value: number) =>
    format(locale, value, { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 });
  return share > 0 && share < 0.001 ? `<${NO_BREAK}${percent(0.001)}` : percent(share);
}

/** Whole points with their sign; 0 has none. */
export function formatPoints(locale: Locale, points: number): string {
  return format(locale, points === 0 ? 0 : points, { maximumFractionDigits: 0, signDisplay: 'exceptZero' });
}

/** A difference with just so many decimals and its sign; 0 has none. */
export const formatSigned = (locale: Locale, difference: number, digits: number): string =>
  format(locale, difference, {
    maximumFractionDigits: digits,
    minimumFractionDigits: digits,
    signDisplay: 'exceptZero',
  });

/** Points too small for whole ones, with their sign. */
export const formatTenths = (locale: Locale, points: number): string => formatSigned(locale, points, 1);

/** Bytes in kB, MB or GB, one decimal. */
export function formatSize(locale: Locale, bytes: number): string {
  const [value, unit] =
    bytes < 1_000_000
      ? [bytes / 1000, 'kilobyte']
      : bytes < 1_000_000_000
        ? [bytes / 1_000_000, 'megabyte']
        : [bytes / 1_000_000_000, 'gigabyte'];
  return format(locale, value, { style: 'unit', unit, maximumFractionDigits: value < 100 ? 1 : 0 });
}

export const columnLabel = (locale: Locale, column: ManifestColumn): string =>
  localText(column.label, locale, column.name);

/** A value as the dictionary names it: level labels, units, no unit where none is declared. */
export function formatValue(locale: Locale, column: ManifestColumn, value: number | string): string {
  if (typeof value === 'string') {
    const level = column.levels?.find((candidate) => candidate.value === value);
    return localText(level?.label, locale, value);
  }
  const unit = localText(column.unit, locale, '');
  const digits = Math.abs(value) >= 1000 ? 0 : Math.abs(value) < 1 ? 4 : 2;
  return formatNumber(locale, value, digits) + (unit ? NO_BREAK + unit : '');
}

/** Dates are British in English: 3/4 is the third of April to none of the others who read it. */
export const dateLocale = (locale: Locale): string => (locale === 'en' ? 'en-GB' : locale);

/** A moment such as 2026-11-02T10:00:00Z in the reader's way and zone. */
export const formatMoment = (locale: Locale, iso: string): string =>
  new Intl.DateTimeFormat(dateLocale(locale), { dateStyle: 'medium', timeStyle: 'short' }).format(
    new Date(iso),
  );

/** Bytes a second. */
export const formatRate = (locale: Locale, bytesPerSecond: number): string =>
  `${formatSize(locale, bytesPerSecond)}/s`;

/** Whole seconds, minutes or hours. */
export function formatDuration(locale: Locale, seconds: number): string {
  const [value, unit] =
    seconds < 90 ? [seconds, 'second'] : seconds < 5400 ? [seconds / 60, 'minute'] : [seconds / 3600, 'hour'];
  return format(locale, value, { style: 'unit', unit, maximumFractionDigits: 0, unitDisplay: 'short' });
}

/** A date such as 2026-11-02 in the reader's way; text that is none stays as it is. */
export function formatDate(locale: Locale, date: string): string {
  const parsed = /^\d{4}-\d{2}-\d{2}$/.test(date) ? new Date(`${date}T00:00:00Z`) : null;
  if (!parsed || Number.isNaN(parsed.getTime())) return date;
  return new Intl.DateTimeFormat(dateLocale(locale), { dateStyle: 'medium', timeZone: 'UTC' }).format(parsed);
}

/** "a, b and c" in the language. */
export const listed = (locale: Locale, parts: readonly string[]): string =>
  new Intl.ListFormat(locale, { style: 'long', type: 'conjunction' }).format(parts);
