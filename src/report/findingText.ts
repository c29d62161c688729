import type { Finding } from '../bundle/training/findings';
import { formatFixed, formatNumber, formatPercent } from '../i18n/format';
import { translate, type Locale, type MessageKey, type MessageParams } from '../i18n/translate';

/** A finding in a sentence, for pages and the command line alike. */
export const findingText = (locale: Locale, finding: Finding): string =>
  translate(locale, `finding.${finding.code}` as MessageKey, {
    table: finding.table,
    ...paramsOf(locale, finding),
  });

const LONGEST = 40;
const short = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);

function paramsOf(locale: Locale, finding: Finding): MessageParams {
  const number = (value: number) => formatNumber(locale, value);
  const percent = (share: number) => formatPercent(locale, share);
  switch (finding.code) {
    case 'levels-new': {
      const { column, rows, share, example, nearest } = finding;
      return { column, rows, share: percent(share), example: short(example), nearest: short(nearest) };
    }
    case 'range-left': {
      const { column, rows, share, example, least, most } = finding;
      const ends = { least: number(least), most: number(most), example: number(example) };
      return { column, rows, share: percent(share), ...ends };
    }
    case 'scale':
      return { column: finding.column, ...scaleParams(locale, finding.factor) };
    case 'constant':
      return { column: finding.column, value: number(finding.value) };
    case 'shares-moved': {
      const { column, level, other, swapped, before, now } = finding;
      const names = { level: short(level), other: short(other), swapped: swapped ? 'yes' : 'no' };
      return { column, ...names, before: percent(before), now: percent(now) };
    }
    case 'gap-coded': {
      const { column, value, share, before } = finding;
      return { column, value: number(value), share: percent(share), before: percent(before) };
    }
    case 'missing-jump': {
      const { column, before, now, others = 0 } = finding;
      return { column, others, before: percent(before), now: percent(now) };
    }
    case 'splits-missed': {
      const { column, least, most, example } = finding;
      return { column, least: number(least), most: number(most), example: number(example) };
    }
    case 'score-mean':
    case 'default-rate':
      return { before: percent(finding.before), now: percent(finding.now) };
    case 'auc-low':
    case 'auc-high':
      return { auc: formatFixed(locale, finding.auc, 3) };
    case 'leak':
      return { column: finding.column, auc: formatFixed(locale, finding.auc, 3) };
    case 'gap-as-zero':
      return { column: finding.column };
    case 'column-order':
      return { column: finding.column, other: finding.other };
    case 'test-seen':
      return { rows: finding.rows, share: percent(finding.share) };
    case 'levels-guessed':
      return { columns: finding.columns.join(', ') };
    case 'ids-repeated':
      return { column: finding.column, rows: finding.rows, example: short(finding.example) };
    case 'ids-decimal':
      return { column: finding.column, example: short(finding.example) };
  }
}

/** 1,000 times as large, 1,000 times smaller, or turned round. */
function scaleParams(locale: Locale, factor: number): MessageParams {
  if (factor === -1) return { kind: 'turned', times: '', turned: 'no' };
  const size = Math.abs(factor);
  const times = formatNumber(locale, size > 1 ? size : 1 / size);
  return { kind: size > 1 ? 'larger' : 'smaller', times, turned: factor < 0 ? 'yes' : 'no' };
}
