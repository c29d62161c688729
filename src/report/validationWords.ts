import type { ManifestColumn } from '../bundle/schema';
import type { GroupFigures, Share } from '../core/metrics/fairness';
import {
  RANKING_FIGURES,
  type DecisionFigure,
  type RankingFigure,
  type Figure,
  type Validation,
} from '../core/metrics/validation';
import type { FairnessColumn, ValidationView } from '../engine/model/validation';
import type { Stability } from '../engine/model/stability';
import {
  columnLabel,
  formatDate,
  formatFixed,
  formatNumber,
  formatPercent,
  formatSum,
  formatValue,
} from '../i18n/format';
import { translate, type Locale, type MessageParams } from '../i18n/translate';

/** A validation in words: on the page and in a report. */

export interface FigureText {
  key: string;
  label: string;
  value: string;
  /** From … to …; empty where there is none. */
  interval: string;
  note: string;
}

type Say = (value: number) => string;

function figureText(
  locale: Locale,
  key: RankingFigure | DecisionFigure,
  { value, interval }: Figure,
  say: Say,
  params: MessageParams = {},
): FigureText {
  const range = interval && { from: say(interval[0]), to: say(interval[1]) };
  return {
    key,
    label: translate(locale, `validation.figure.${key}`, params),
    value: value === null ? '—' : say(value),
    interval: range ? translate(locale, 'validation.interval', range) : '',
    note: value === null ? translate(locale, 'validation.none') : '',
  };
}

/** How well the scores rank, and how near they come. */
export function rankingTexts(locale: Locale, { figures }: Validation): FigureText[] {
  return RANKING_FIGURES.map((key) =>
    figureText(locale, key, figures[key], (value) => formatFixed(locale, value, 3)),
  );
}

const SHARES = [
  'approved',
  'precision',
  'recall',
  'falsePositiveRate',
  'accuracy',
  'balancedAccuracy',
] as const;
const SCORES = ['f1', 'fBeta', 'cost'] as const satisfies readonly DecisionFigure[];

/** What the rule in force decides right and wrong. */
export function decisionTexts(locale: Locale, { validation, beta }: ValidationView): FigureText[] {
  const { figures } = validation.decisions;
  const share: Say = (value) => formatPercent(locale, value);
  const score: Say = (value) => formatFixed(locale, value, 3);
  return [
    ...SHARES.map((key) => figureText(locale, key, figures[key], share)),
    ...SCORES.map((key) => figureText(locale, key, figures[key], score, { beta })),
  ];
}

/** What each kind of mistake costs, and of which sums; empty where nothing is lost to a mistake that costs nothing. */
export function moneyTexts(
  locale: Locale,
  { validation }: Pick<ValidationView, 'validation'>,
  unit: string,
): {
  falseNegative: string;
  falsePositive: string;
  trueNegative: string;
  truePositive: string;
  without: string;
} {
  const { amounts, lost, without } = validation.decisions.money;
  const sum = (value: number) => `${formatSum(locale, value)}${unit && amounts ? `\u00a0${unit}` : ''}`;
  const mistake = (kind: 'falseNegative' | 'falsePositive') =>
    amounts
      ? translate(locale, 'validation.lostOf', { lost: sum(lost[kind]), amount: sum(amounts[kind]) })
      : translate(locale, 'validation.lost', { lost: sum(lost[kind]) });
  return {
    falseNegative: mistake('falseNegative'),
    falsePositive: mistake('falsePositive'),
    trueNegative: amounts ? sum(amounts.trueNegative) : '',
    truePositive: amounts ? sum(amounts.truePositive) : '',
    without: without > 0 ? translate(locale, 'validation.withoutAmount', { count: without }) : '',
  };
}

export function ksText(locale: Locale, { ksAt, figures }: Validation): string {
  const ks = formatPercent(locale, figures.ks.value ?? 0);
  return Number.isFinite(ksAt)
    ? translate(locale, 'validation.ksAt', { at: formatPercent(locale, ksAt), ks })
    : '';
}

/** A row of the table of periods, cell by cell. */
export function stabilityTexts(locale: Locale, { periods }: Stability) {
  const percent = (value: number) => formatPercent(locale, value);
  const area = (value: number) => formatFixed(locale, value, 3);
  return periods.map(({ from, to, rows, observed, expected, approved, auc: { value, interval } }) => ({
    key: from,
    period: translate(locale, 'validation.band', {
      from: formatDate(locale, from),
      to: formatDate(locale, to),
    }),
    rows: formatNumber(locale, rows, 0),
    observed: percent(observed),
    expected: percent(expected),
    approved: percent(approved),
    auc: value === null ? '—' : area(value),
    range: interval
      ? translate(locale, 'validation.interval', { from: area(interval[0]), to: area(interval[1]) })
      : '',
  }));
}

/** What a group is called: its level, its band, or all that was put together. */
export function groupName(
  locale: Locale,
  column: ManifestColumn,
  { bands }: Pick<FairnessColumn, 'bands'>,
  { names }: Pick<GroupFigures, 'names'>,
): string {
  const said = names.map((name) => {
    if (!bands)
      return formatValue(
        locale,
        column,
        column.levels ? name : Number.isNaN(Number(name)) ? name : Number(name),
      );
    const [from, to] = bands[Number(name)].map((end) => formatValue(locale, column, end));
    return from === to ? from : translate(locale, 'validation.band', { from, to });
  });
  const shown = said.slice(0, MOST_NAMED).join(', ');
  const more = said.length - MOST_NAMED;
  return more > 0 ? translate(locale, 'validation.andMore', { groups: shown, count: more }) : shown;
}

/** Of groups that were put together. */
const MOST_NAMED = 5;

/** What of a column is in no group that is shown. */
export function leftOutText(locale: Locale, column: ManifestColumn, found: FairnessColumn): string {
  const groups = groupName(locale, column, found, { names: found.leftOut });
  return [
    groups && translate(locale, 'validation.leftOut', { groups }),
    found.unknown > 0 ? translate(locale, 'validation.unknown', { count: found.unknown }) : '',
  ]
    .filter(Boolean)
    .join(' ');
}

export const fairnessTitle = (locale: Locale, column: ManifestColumn, isInput: boolean): string =>
  translate(locale, isInput ? 'validation.used' : 'validation.notUsed', {
    label: columnLabel(locale, column),
  });

/** A share of a group with its interval. */
export function shareText(locale: Locale, { value, interval }: Share): { value: string; interval: string } {
  const say: Say = (share) => formatPercent(locale, share);
  if (value === null) return { value: '—', interval: '' };
  return {
    value: say(value),
    interval: interval
      ? translate(locale, 'validation.interval', { from: say(interval[0]), to: say(interval[1]) })
      : '',
  };
}

/** How far expected and observed shares agree. */
export function calibrationSentence(locale: Locale, { line, calibrationError }: Validation): string {
  const { mean, largest } = calibrationError;
  const error = translate(locale, 'validation.error', {
    mean: formatFixed(locale, 100 * mean, 1),
    largest: formatFixed(locale, 100 * largest, 1),
  });
  if (!line) return `${error} ${translate(locale, 'validation.noLine')}`;
  const [slope, intercept] = [line.slope, line.intercept].map((value) => formatFixed(locale, value, 2));
  return `${error} ${translate(locale, 'validation.line', { slope, intercept })}`;
}

/** What it was measured on. */
export const measuredOn = (locale: Locale, { on, validation, leftOut }: ValidationView): string =>
  translate(locale, `validation.on.${on}`, {
    rows: validation.rows,
    defaults: validation.defaults,
    leftOut,
  });
