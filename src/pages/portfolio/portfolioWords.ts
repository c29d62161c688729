import type { Objective } from '../../core/decision/thresholds';
import type { BundleView } from '../../engine/bundleView';
import { formatFixed, formatSum } from '../../i18n/format';
import type { Locale } from '../../i18n/translate';
import { amountUnit } from '../../report/amounts';

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
  const unit = amountUnit(locale, manifest, costs.column);
  return `${formatSum(locale, value)}${unit ? `\u00a0${unit}` : ''}`;
}
