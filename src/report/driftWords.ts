import { bandOf, DRIFTED_FROM, WATCH_FROM } from '../core/drift/bands';
import type { ColumnDrift } from '../core/drift/column';
import type { Note } from '../core/drift/pair';
import type { Comparison, DatasetNote } from '../core/drift/compare';
import type { ManifestColumn } from '../bundle/schema';
import type { DriftResult } from '../engine/drift/compare';
import type { Side } from '../core/drift/request';
import { formatFixed, formatNumber, formatPercent, formatValue } from '../i18n/format';
import { translate, type Locale, type MessageKey } from '../i18n/translate';

/** Sentences on a comparison, for pages, reports and the command line alike. */

const sideText = (locale: Locale, side: 'reference' | 'current' | 'both'): string =>
  translate(locale, `drift.side.${side}` as MessageKey);

/** Why a column is not compared, or what to know of it. */
export function noteText(locale: Locale, note: Note): string {
  const say = (params: Record<string, string | number> = {}) =>
    translate(locale, `drift.note.${note.code}` as MessageKey, params);
  switch (note.code) {
    case 'types-differ':
      return say({
        reference: translate(locale, `drift.type.${note.reference}` as MessageKey),
        current: translate(locale, `drift.type.${note.current}` as MessageKey),
      });
    case 'no-rows':
    case 'as-codes':
    case 'all-missing':
      return say({ side: sideText(locale, note.side) });
    case 'few-rows':
      return say({ side: sideText(locale, note.side), rows: note.rows });
    case 'unreadable':
      return say({ reason: note.reason });
    case 'infinite':
      return say({ rows: note.rows });
    case 'absent-current':
    case 'absent-reference':
    case 'constant':
    case 'one-chunk':
    case 'free-text':
    case 'truth-gaps':
    case 'too-large':
    case 'time':
      return say();
  }
}

export const datasetNoteText = (locale: Locale, note: DatasetNote): string =>
  translate(locale, `drift.dataset.${note}` as MessageKey);

/** What is wrong with a column's data, a sentence each. */
export function qualityTexts(
  locale: Locale,
  { quality }: ColumnDrift,
  levelName: (level: string) => string = (level) => level,
): string[] {
  if (!quality) return [];
  const { missing, appeared, vanished, outside, infinite } = quality;
  const out: string[] = [];
  if (missing.verdict !== 'stable')
    out.push(
      translate(locale, 'drift.quality.missing', {
        from: formatPercent(locale, missing.reference),
        to: formatPercent(locale, missing.current),
      }),
    );
  for (const [key, levels] of [
    ['drift.quality.appeared', appeared],
    ['drift.quality.vanished', vanished],
  ] as const)
    if (levels.count)
      out.push(
        translate(locale, key, {
          count: levels.count,
          examples: levels.examples.map(levelName).join(', '),
          share: formatPercent(locale, levels.share),
        }),
      );
  if (outside.below + outside.above)
    out.push(
      translate(locale, 'drift.quality.outside', {
        below: outside.below,
        above: outside.above,
        share: formatPercent(locale, outside.share),
      }),
    );
  if (infinite.verdict !== 'stable')
    out.push(translate(locale, 'drift.quality.infinite', { count: infinite.current }));
  return out;
}

/** A measure of drift: three decimals; a p-value below 0.001 as that. */
export function formatMeasure(locale: Locale, value: number, isP = false): string {
  if (Number.isNaN(value)) return '–';
  if (isP && value < 0.001) return `<\u00A0${formatNumber(locale, 0.001, 3)}`;
  if (value !== 0 && Math.abs(value) < 0.001) return `<\u00A0${formatNumber(locale, 0.001, 3)}`;
  return formatFixed(locale, value, Math.abs(value) >= 100 ? 0 : 3);
}

/** What the stability index's verdicts mean. */
export const bandsText = (locale: Locale): string =>
  translate(locale, 'drift.bands', {
    watch: formatNumber(locale, WATCH_FROM),
    drifted: formatNumber(locale, DRIFTED_FROM),
  });

/** Of columns whose data changed: how many, and what happened to the first; "" without any. */
export function dataText(locale: Locale, broken: readonly { column: ColumnDrift; label: string }[]): string {
  const worst = broken.reduce<(typeof broken)[number] | null>(
    (most, one) => (most === null || gapOf(one.column) > gapOf(most.column) ? one : most),
    null,
  );
  if (!worst) return '';
  const what = qualityTexts(locale, worst.column).join(' ');
  return translate(locale, 'drift.headline.data', { count: broken.length, first: worst.label, what });
}

const gapOf = ({ missing }: ColumnDrift): number => Math.abs(missing.current - missing.reference);

/** What happened to the data, and how many columns drifted of how many. */
export function datasetText(locale: Locale, { dataset, columns }: Comparison): string {
  const broken = columns.filter(({ data }) => data === 'drifted');
  const data = dataText(
    locale,
    broken.map((column) => ({ column, label: column.name })),
  );
  return `${data} ${testedText(locale, dataset)}`.trim();
}

/** What the other rules would say of the same columns, where they find another number drifted; "" where they agree. */
export function otherwiseText(locale: Locale, { preset, columns }: Comparison): string {
  const compared = columns.filter(({ verdict }) => verdict !== null);
  const by = {
    psi: compared.filter(({ stability }) => bandOf(stability) === 'drifted').length,
    evidently: compared.filter(({ evidently }) => evidently).length,
  };
  const here = compared.filter(({ verdict }) => verdict === 'drifted').length;
  const known = compared.some(({ evidently }) => evidently !== undefined);
  return (['psi', 'evidently'] as const)
    .filter((rule) => rule !== preset && by[rule] !== here && (rule === 'psi' || known))
    .map((rule) =>
      translate(locale, 'drift.otherwise', {
        rule,
        count: by[rule],
        compared: compared.length,
      }),
    )
    .join(' ');
}

function testedText(locale: Locale, dataset: Comparison['dataset']): string {
  if (dataset.compared === 0) return translate(locale, 'drift.dataset.nothing');
  return translate(locale, dataset.drifted ? 'drift.dataset.drifted' : 'drift.dataset.stable', {
    count: dataset.count,
    compared: dataset.compared,
    share: formatPercent(locale, dataset.share),
  });
}

/** How a column's numbers and levels read: scores as shares, the outcome in words, all else as the bundle says. */
export function columnWords(
  locale: Locale,
  name: string,
  result: Pick<DriftResult, 'score' | 'target'> | null,
  columns: readonly ManifestColumn[],
): { number: (value: number) => string; level: (level: string) => string } {
  const declared = columns.find((column) => column.name === name) ?? { name };
  return {
    number: (value) =>
      name === result?.score ? formatPercent(locale, value) : formatValue(locale, declared, value),
    level: (level) =>
      name === result?.target
        ? translate(locale, level === 'True' ? 'drift.outcome.default' : 'drift.outcome.repaid')
        : formatValue(locale, declared, level),
  };
}

/** A side in words: its rows, and the filter on them. */
export function sideName(
  locale: Locale,
  { source, where, from, to }: Side,
  file: string,
  columnName: (name: string) => string,
): string {
  const parts = [
    source === 'file' && file ? file : translate(locale, `drift.source.${source}` as MessageKey),
  ];
  if (where?.level !== undefined) parts.push(`${columnName(where.column)} = ${where.level}`);
  else if (where) parts.push(`${columnName(where.column)} ${where.from ?? '−∞'} … ${where.to ?? '∞'}`);
  if (from || to) parts.push(`${from ?? '…'} – ${to ?? '…'}`);
  return parts.join(', ');
}

export const isFiltered = ({ where, from, to }: Side): boolean => Boolean(where || from || to);
