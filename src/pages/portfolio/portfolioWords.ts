import type { Objective } from '../../core/decision/thresholds';
import type { BundleView } from '../../engine/bundleView';
import { formatFixed, formatNumber } from '../../i18n/format';
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
  const unit = localText(
    manifest.columns.find(({ name }) => name === costs.column)?.unit,
    locale,
    manifest.currency ?? '',
  );
  return `${formatNumber(locale, value, Math.abs(value) < 100 ? 2 : 0)}${unit ? `\u00a0${unit}` : ''}`;
}
