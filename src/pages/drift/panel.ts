import { dateLocale } from '../../i18n/format';
import type { Chunking } from '../../core/drift/chunks';
import type { ColumnDrift } from '../../core/drift/column';
import type { ChunkReport } from '../../core/drift/compare';
import type { ManifestColumn } from '../../bundle/schema';
import type { DriftResult } from '../../engine/drift/compare';
import type { DriftRequest } from '../../core/drift/request';
import type { BundleView } from '../../engine/bundleView';
import type { DriftRow } from '../../report/driftSummary';
import { formatMeasure } from '../../report/driftWords';
import { translate, type Locale } from '../../i18n/translate';
import { t } from '../../state/locale.svelte';

/** A chunk on an axis: its month or day, or its number. */
export function chunkLabel(locale: Locale, { start, index }: ChunkReport, chunking: Chunking | null): string {
  if (!start) return String(index + 1);
  const date = new Date(start);
  const byYear = chunking !== null && 'period' in chunking && chunking.period === 'year';
  const byMonth =
    chunking !== null &&
    'period' in chunking &&
    (chunking.period === 'month' || chunking.period === 'quarter');
  const options: Intl.DateTimeFormatOptions = byYear
    ? { year: 'numeric' }
    : byMonth
      ? { month: 'short', year: '2-digit' }
      : { day: 'numeric', month: 'short' };
  return new Intl.DateTimeFormat(dateLocale(locale), { ...options, timeZone: 'UTC' }).format(date);
}

const SHOWN = 11;

/** What each bin or level adds to the population stability index, bins in their order, levels the largest first. */
export function stabilityBars(
  locale: Locale,
  column: ColumnDrift,
  edge: (value: number) => string,
  levelName: (level: string) => string,
): { key: string; label: string; value: number; valueLabel: string }[] {
  const { stabilityParts: parts, profile } = column;
  if (!parts || !profile) return [];
  const names = namesOf(locale, column, edge, levelName);
  const bars = Array.from(parts.parts, (value, i) => ({
    key: String(i),
    label: names[i] ?? translate(locale, 'drift.missing'),
    value,
    valueLabel: formatMeasure(locale, value),
  }));
  if (profile.kind === 'level') bars.sort((a, b) => b.value - a.value);
  return bars.slice(0, SHOWN);
}

function namesOf(
  locale: Locale,
  { stabilityParts }: ColumnDrift,
  format: (value: number) => string,
  levelName: (level: string) => string,
): string[] {
  const edges = stabilityParts?.edges ?? new Float64Array(0);
  if (stabilityParts?.levels.length) return stabilityParts.levels.map(levelName);
  if (edges.length === 0) return [translate(locale, 'drift.allValues')];
  return Array.from({ length: edges.length + 1 }, (_, i) => {
    if (i === 0) return translate(locale, 'drift.upTo', { to: format(edges[0]) });
    if (i === edges.length) return translate(locale, 'drift.above', { from: format(edges[i - 1]) });
    return translate(locale, 'drift.between', { from: format(edges[i - 1]), to: format(edges[i]) });
  });
}

const NAMED = 6;

/** The columns whose names are written in the scatter: the heaviest that moved, none over another's. */
export function namedOf(rows: readonly DriftRow[], most: number): Set<string> {
  const top = Math.max(1e-9, ...rows.map(({ importance }) => importance ?? 0));
  const written: { x: number; y: number }[] = [];
  const names = new Set<string>();
  for (const { column, importance, ring } of rows) {
    if (written.length === NAMED || ring === 'stable') continue;
    const at = { x: Math.min(most, column.stability) / most, y: (importance ?? 0) / top };
    if (written.some(({ x, y }) => Math.abs(x - at.x) < 0.3 && Math.abs(y - at.y) < 0.08)) continue;
    written.push(at);
    names.add(column.name);
  }
  return names;
}

/** How rows are cut, in words. */
export function chunkName(chunking: Chunking | null): string {
  if (!chunking) return t('drift.chunk.none');
  if ('size' in chunking) return t('drift.chunk.size', { rows: chunking.size });
  if ('number' in chunking) return t('drift.chunk.number', { count: chunking.number });
  return t(`drift.chunk.${chunking.period}`);
}

/** Columns that can be compared, as far as is known: the bundle's, those of a file, outcome and score. */
export function knownColumns(
  bundle: BundleView,
  compared: readonly ColumnDrift[],
  result: DriftResult | null,
  request: DriftRequest,
): ManifestColumn[] {
  const { columns } = bundle.manifest;
  const names = new Set([
    ...columns.filter(({ role = 'extra' }) => role === 'feature' || role === 'extra').map(({ name }) => name),
    ...[result?.target, result?.score].filter((name) => typeof name === 'string'),
    ...compared.map(({ name }) => name),
    ...(request.columns ?? []),
  ]);
  return [...names].map((name) => columns.find((column) => column.name === name) ?? { name });
}

/** A panel below the choices: takes the comparison as it is, gives it changed. */
export interface ChoicePanel {
  request: DriftRequest;
  bundle: BundleView;
  onapply: (request: DriftRequest) => void;
}

/** What somebody typed for the end of a range, decimal comma or point; undefined for nothing, null for no number. */
export function parsedNumber(text: string): number | undefined | null {
  const plain = text
    .replace(/[\s\u00a0\u202f]/g, '')
    .replace('\u2212', '-')
    .replace(',', '.');
  if (plain === '') return undefined;
  return /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain) ? Number(plain) : null;
}
