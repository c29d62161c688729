import type { Manifest } from '../bundle/schema';
import { localText, type Locale } from '../i18n/translate';

/** The unit of a column's amounts; the bundle's currency where the column has none. */
export function amountUnit(
  locale: Locale,
  { columns, currency }: Pick<Manifest, 'columns' | 'currency'>,
  column: string,
): string {
  return localText(columns.find(({ name }) => name === column)?.unit, locale, currency ?? '');
}

/** Of the amounts that a bundle's own costs are shares of; "" where they are by count. */
export function costUnit(
  locale: Locale,
  manifest: Pick<Manifest, 'columns' | 'currency' | 'decision'>,
): string {
  const { costs } = manifest.decision;
  return costs?.kind === 'amount' ? amountUnit(locale, manifest, costs.column) : '';
}
