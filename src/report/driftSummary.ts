import type { ColumnDrift } from '../core/drift/column';
import type { Verdict } from '../core/drift/quality';
import { DRIFTED_FROM, ENOUGH_VALUES, WATCH_FROM } from '../core/drift/bands';
import type { DriftResult } from '../engine/drift/compare';
import type { ManifestColumn } from '../bundle/schema';
import { columnLabel, formatPercent } from '../i18n/format';
import { translate, type Locale } from '../i18n/translate';
import { dataText, formatMeasure } from './driftWords';

/** A column with what it means to the model. */
export interface DriftRow {
  column: ColumnDrift;
  label: string;
  /** Share of the model's importance; null for a column that is no feature, or where nothing is explained. */
  importance: number | null;
  /** What the column's ring shows: `few` where there are too few values to conclude. */
  ring: Verdict | 'few' | 'none';
}

export type RowOrder = 'weight' | 'effect' | 'name' | 'importance' | 'missing' | 'verdict';

/** @param columns the bundle's own, for labels */
export function driftRows(
  locale: Locale,
  columns: readonly ColumnDrift[],
  result: DriftResult | null,
  declared: readonly ManifestColumn[],
): DriftRow[] {
  const byName = new Map(declared.map((column) => [column.name, column]));
  const position = new Map(result?.features.map((name, i) => [name, i]));
  return columns.map((column) => {
    const feature = position.get(column.name);
    return {
      column,
      label: labelOf(locale, column.name, result, byName),
      importance: feature === undefined ? null : (result?.model?.importance[feature] ?? null),
      ring: ringOf(column),
    };
  });
}

function labelOf(
  locale: Locale,
  name: string,
  result: DriftResult | null,
  declared: ReadonlyMap<string, ManifestColumn>,
): string {
  if (name === result?.score) return translate(locale, 'drift.score');
  const column = declared.get(name);
  return column ? columnLabel(locale, column) : name;
}

/** The worse of what the preset's tests say and of what happened to the data. */
function ringOf(column: ColumnDrift): DriftRow['ring'] {
  const ring = testedRing(column);
  if (column.data === 'drifted') return 'drifted';
  return column.data === 'watch' && ring !== 'drifted' ? 'watch' : ring;
}

function testedRing({ verdict, notes }: ColumnDrift): DriftRow['ring'] {
  if (verdict === null) return notes.some(({ code }) => code === 'one-chunk') ? 'few' : 'none';
  return notes.some((note) => note.code === 'few-rows' && note.rows < ENOUGH_VALUES) ? 'few' : verdict;
}

const RINGS = ['drifted', 'watch', 'stable', 'few', 'none'] as const;

/** The rows in an order, what stands out first; NaN last, ties in the order of the columns. */
export function orderRows(rows: readonly DriftRow[], by: RowOrder, descending = true): DriftRow[] {
  const key = ({ column, importance, ring }: DriftRow): number => {
    if (by === 'weight') return (importance ?? 0) * cut(column.stability) + 1e-9 * cut(column.stability);
    if (by === 'importance') return importance ?? -1;
    if (by === 'missing') return Math.abs(column.missing.current - column.missing.reference);
    if (by === 'verdict') return -RINGS.indexOf(ring);
    return cut(column.stability);
  };
  const sign = descending ? 1 : -1;
  if (by === 'name')
    return [...rows].sort((a, b) => -sign * a.label.localeCompare(b.label, undefined, { numeric: true }));
  return [...rows].sort((a, b) => {
    const [x, y] = [key(a), key(b)].map((value) => (Number.isNaN(value) ? -Infinity : value));
    return x === y ? 0 : sign * (y - x);
  });
}

const cut = (value: number): number => (Number.isNaN(value) ? -1 : Math.min(value, 10));

/** Figures at the head of a comparison. */
export interface DriftFigures {
  features: number;
  drifted: number;
  watch: number;
  /** Share of the importance of the features that drifted; null where nothing is explained. */
  affected: number | null;
  accepted: { reference: number; current: number } | null;
}

export function figuresOf(rows: readonly DriftRow[], result: DriftResult): DriftFigures {
  const features = new Set(result.features);
  const inModel = rows.filter(({ column }) => features.has(column.name));
  const drifted = inModel.filter(({ ring }) => ring === 'drifted');
  const { model } = result;
  return {
    features: inModel.length,
    drifted: drifted.length,
    watch: inModel.filter(({ ring }) => ring === 'watch').length,
    affected: model && drifted.reduce((sum, { importance }) => sum + (importance ?? 0), 0),
    accepted:
      model && Math.min(result.sides.reference.rows, result.sides.current.rows) >= ENOUGH_VALUES
        ? {
            reference: model.decisions.reference.accepted,
            current: model.decisions.current.accepted,
          }
        : null,
  };
}

const isConcluded = (ring: DriftRow['ring']): boolean => ring !== 'few' && ring !== 'none';

/** What happened to the data, and one sentence of verdict with what to look at first; it never says more than was compared. */
export function headline(locale: Locale, rows: readonly DriftRow[], result: DriftResult): string {
  const features = new Set(result.features);
  const compared = rows.filter(({ column }) => features.has(column.name));
  if (compared.length === 0) return otherHeadline(locale, rows);
  const broken = compared.filter(({ column }) => column.data === 'drifted');
  const data = dataText(locale, orderRows(broken, 'weight'));
  return `${data} ${testedHeadline(locale, compared, broken.length > 0)}`.trim();
}

/** What the tests say; "" where they found nothing and `told` is said of the data. */
function testedHeadline(locale: Locale, compared: readonly DriftRow[], told: boolean): string {
  const concluded = compared.filter(({ column }) => isConcluded(testedRing(column)));
  const count = compared.length;
  if (concluded.length === 0) return translate(locale, 'drift.headline.nothing', { count });
  const moved = orderRows(concluded, 'weight').filter(({ ring }) => ring !== 'stable');
  if (moved.length === 0 && concluded.length < count)
    return translate(locale, 'drift.headline.partly', { concluded: concluded.length, count });
  // Whose values are gone has no index to be looked at first.
  if (moved.length === 0 || Number.isNaN(moved[0].column.stability))
    return told ? '' : translate(locale, 'drift.headline.stable', { count });
  return movedHeadline(locale, moved);
}

function movedHeadline(locale: Locale, moved: readonly DriftRow[]): string {
  const [first] = moved;
  const drifted = moved.filter(({ ring }) => ring === 'drifted').length;
  const params = {
    first: first.label,
    value: formatStability(locale, first.column.stability),
    importance: first.importance === null ? '' : formatPercent(locale, first.importance),
    drifted,
    watch: moved.length - drifted,
  };
  const key = first.importance === null ? 'drift.headline.movedPlain' : 'drift.headline.moved';
  return translate(locale, key, params);
}

/** Of columns of which none is a feature. */
function otherHeadline(locale: Locale, rows: readonly DriftRow[]): string {
  const of = (wanted: DriftRow['ring']) => rows.filter(({ ring }) => ring === wanted).length;
  const params = { count: rows.length, drifted: of('drifted'), watch: of('watch') };
  return translate(locale, 'drift.headline.others', params);
}

/** What happened to one column, in words. */
export function columnSentence(
  locale: Locale,
  { column }: DriftRow,
  format: (value: number) => string,
  levelName: (level: string) => string,
): string {
  const { profile, verdict } = column;
  if (verdict === null || !profile) return '';
  if (profile.kind === 'number') {
    const median = profile.quantiles.at.indexOf(0.5);
    const [from, to] = [profile.quantiles.reference[median], profile.quantiles.current[median]];
    if (Number.isNaN(from) || Number.isNaN(to)) return '';
    const same = format(from) === format(to);
    const key = same ? 'drift.sentence.median' : to > from ? 'drift.sentence.rose' : 'drift.sentence.fell';
    return translate(locale, key, { from: format(from), to: format(to) });
  }
  const changes = profile.levels.map((_, i) => profile.current[i] - profile.reference[i]);
  const gaps = Math.abs(column.missing.current - column.missing.reference);
  const most = changes.reduce(
    (best, change, i) => (Math.abs(change) > Math.abs(changes[best]) ? i : best),
    0,
  );
  // The change of the missing share is said by the quality of the data.
  if (gaps > Math.abs(changes[most]) && column.quality?.missing.verdict !== 'stable') return '';
  return translate(locale, 'drift.sentence.level', {
    level: levelName(profile.levels[most]),
    from: formatPercent(locale, profile.reference[most]),
    to: formatPercent(locale, profile.current[most]),
  });
}

/** A stability index that rounding does not lift onto a band it has not reached. */
export function formatStability(locale: Locale, value: number): string {
  const misleads = [WATCH_FROM, DRIFTED_FROM].some(
    (band) => value < band && Number(value.toFixed(3)) >= band,
  );
  return formatMeasure(locale, misleads ? Math.floor(value * 1000) / 1000 : value);
}

/** How many verdicts rest on the number of rows alone; "" where none does. */
export function byCountText(locale: Locale, rows: readonly DriftRow[]): string {
  const count = rows.filter(({ column }) => column.byCountAlone).length;
  return count === 0 ? '' : translate(locale, 'drift.headline.byCount', { count });
}
