import type { ManifestColumn } from '../bundle/schema';
import type { ChangeView } from '../engine/client/changes';
import { columnLabel, formatValue } from '../i18n/format';
import { translate, type Locale } from '../i18n/translate';

/** A change in words: what it is of, what to, how far it may go on, and what it is now. */
export interface ChangeText {
  label: string;
  to: string;
  from: string;
}

export function changeText(locale: Locale, column: ManifestColumn, change: ChangeView): ChangeText {
  const said = (value: ChangeView['to']) =>
    value === null ? translate(locale, 'data.missing') : formatValue(locale, column, value);
  return {
    label: columnLabel(locale, column),
    to: reachText(locale, change, said),
    from: translate(locale, 'change.insteadOf', { from: said(change.from) }),
  };
}

function reachText(
  locale: Locale,
  { from, to, reach }: ChangeView,
  said: (value: ChangeView['to']) => string,
): string {
  if (typeof to !== 'number' || typeof from !== 'number') return said(to);
  const up = to > from;
  if (reach.kind === 'on') return translate(locale, up ? 'change.orMore' : 'change.orLess', { to: said(to) });
  if (reach.kind === 'exactly') return translate(locale, 'change.exactly', { to: said(to) });
  const [low, high] = up ? [to, reach.value] : [reach.value, to];
  return translate(locale, 'change.between', { low: said(low), high: said(high) });
}
