import type { ManifestColumn } from '../../bundle/schema';
import type { Counted } from '../../engine/client/group';
import { formatShare } from '../../i18n/format';
import { translate, type Locale } from '../../i18n/translate';

/** Two of them can be drawn against each other. */
export const isNumeric = (type: ManifestColumn['type']): boolean =>
  type === 'number' || type === 'integer' || type === 'days';

const whole = (locale: Locale, value: number) => formatShare(locale, Math.round(100 * value) / 100);

/** How many people, who of them defaulted, and the share with its interval. */
export function rateText(locale: Locale, { people, outcomes }: Counted): string {
  if (!outcomes) return translate(locale, 'similar.people', { people });
  const { defaulted, interval } = outcomes;
  return translate(locale, 'similar.rate', {
    people,
    defaulted,
    share: whole(locale, defaulted / people),
    from: whole(locale, interval[0]),
    to: whole(locale, interval[1]),
  });
}
