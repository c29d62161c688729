import type { Objective } from '../../core/decision/thresholds';
import type { BundleView } from '../../engine/bundleView';
import { formatFixed, formatSum } from '../../i18n/format';
import { localText, type Locale } from '../../i18n/translate';

/** What an objective comes to: F-beta as a share of 1, a cost a client in its unit. */
export function objectiveValue(
  locale: Locale,
  { manifest }: Pick<BundleView, 'manifest'>,
  objective: Objective,
  value: number,
): string {
  if (Number.isNaN(value)) return '—';
  if (objective.kind === 'fBeta') return formatFixed(locale, value, 3);
  const { costs } = objective;
  if (costs.kind === 'count') return formatFixed(locale, value, 3);
  return amountText(locale, { manifest }, costs.column, value);
}

/** An amount of a column with its unit, else the bundle's currency. */
export function amountText(
  locale: Locale,
  { manifest }: Pick<BundleView, 'manifest'>,
  column: string,
  value: number,
): string {
  const declared = manifest.columns.find(({ name }) => name === column);
  const unit = localText(declared?.unit, locale, manifest.currency ?? '');
  return `${formatSum(locale, value)}${unit ? `\u00a0${unit}` : ''}`;
}
