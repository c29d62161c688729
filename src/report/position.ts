import { QUANTILES, type ColumnFacts } from '../bundle/training/schema';
import type { ManifestColumn } from '../bundle/schema';
import type { CellValue } from '../engine/client/cells';
import { formatShare } from '../i18n/format';
import { translate, type Locale } from '../i18n/translate';

/** Shares that people say as so many of so many, and their names in the messages. */
const SAID = [
  [0.99, 'c'],
  [0.95, 'b'],
  [0.75, 'a'],
] as const;

/**
 * Where a value stands among the rows that trained the model, in words: only what their quantiles show to be true. "" where
 * nothing is known.
 */
export function positionText(
  locale: Locale,
  { type, levels }: ManifestColumn,
  value: CellValue,
  facts: ColumnFacts | undefined,
): string {
  if (value === null || !facts) return '';
  if (type === 'category') {
    const share = facts.shares?.[levels?.findIndex((level) => level.value === value) ?? -1];
    return share === undefined
      ? ''
      : translate(locale, 'why.shareOf', { share: formatShare(locale, Math.round(100 * share) / 100) });
  }
  const { quantiles } = facts;
  return typeof value === 'number' && quantiles ? standing(locale, value, quantiles) : '';
}

function standing(locale: Locale, value: number, quantiles: readonly number[]): string {
  const at = (share: number) => quantiles[QUANTILES.findIndex((quantile) => quantile === share)];
  const [least, most] = [at(0), at(1)];
  if (value < least) return translate(locale, 'why.position.lowest');
  if (value > most) return translate(locale, 'why.position.highest');
  for (const [share, part] of SAID) {
    // Above the quantile: at least that share is lower; below its counterpart: at least that share is higher.
    const low = QUANTILES[QUANTILES.length - 1 - QUANTILES.findIndex((quantile) => quantile === share)];
    if (value > at(share)) return translate(locale, 'why.position.higher', { part });
    if (value < at(low)) return translate(locale, 'why.position.lower', { part });
  }
  return translate(locale, 'why.position.middle');
}
