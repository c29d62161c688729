import type { ChallengeFigure, Difference } from '../core/metrics/challenge';
import { formatFixed, formatPercent, formatSigned } from '../i18n/format';
import { translate, type Locale } from '../i18n/translate';

/** Figures that two models are compared by, in the order of the page. */
const FIGURES = [
  'auc',
  'gini',
  'ks',
  'averagePrecision',
  'brier',
  'logLoss',
  'approved',
  'recall',
  'falsePositiveRate',
  'balancedAccuracy',
  'cost',
] as const satisfies readonly ChallengeFigure[];
const SHARES: ReadonlySet<ChallengeFigure> = new Set([
  'approved',
  'recall',
  'falsePositiveRate',
  'balancedAccuracy',
]);

/** A row of the comparison in words; `sure` where the interval of the difference leaves 0 out. */
export function differenceTexts(locale: Locale, figures: Record<ChallengeFigure, Difference>) {
  return FIGURES.map((key) => {
    const { champion, challenger, interval } = figures[key];
    const share = SHARES.has(key);
    const say = (value: number | null) =>
      value === null ? '—' : share ? formatPercent(locale, value) : formatFixed(locale, value, 3);
    const signed = (value: number) =>
      share
        ? translate(locale, 'model.pointsOf', { points: formatSigned(locale, 100 * value, 1) })
        : `${value > 0 ? '+' : value < 0 ? '−' : ''}${formatFixed(locale, Math.abs(value), 3)}`;
    return {
      key,
      label: translate(locale, `validation.figure.${key}`),
      champion: say(champion),
      challenger: say(challenger),
      difference: champion === null || challenger === null ? '—' : signed(challenger - champion),
      interval: interval
        ? translate(locale, 'validation.interval', { from: signed(interval[0]), to: signed(interval[1]) })
        : '',
      sure: interval !== null && (interval[0] > 0 || interval[1] < 0),
    };
  });
}
