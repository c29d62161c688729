import type { Decision } from '../../core/decision/decision';
import type { BundleView } from '../../engine/bundleView';
import type { CellValue } from '../../engine/client/cells';
import type { ClientView } from '../../engine/client/view';
import { formatProbability, formatShare } from '../../i18n/format';
import { translate, type Locale, type MessageKey } from '../../i18n/translate';

export const FLAGS = {
  missing: 'data.missing',
  outOfRange: 'data.outOfRange',
  unknownLevel: 'data.unknownLevel',
} as const satisfies Record<string, MessageKey>;

/** Share of the model's values that may be missing before the page says that the file is nearly empty. */
const NEARLY_EMPTY = 0.8;

/** What a nearly empty file lacks; null for any other. @param first columns worth asking for, in order */
export function nearlyEmpty(
  { cells }: ClientView,
  features: ReadonlySet<string>,
  first: readonly string[],
): { missing: number; count: number; ask: string[] } | null {
  const used = cells.filter((cell) => features.has(cell.column));
  const missing = new Set(used.filter((cell) => cell.flag === 'missing').map((cell) => cell.column));
  if (used.length === 0 || missing.size <= NEARLY_EMPTY * used.length) return null;
  const ask = first.filter((column) => missing.has(column)).slice(0, 4);
  return { missing: missing.size, count: used.length, ask };
}

const SAYS = {
  refused: 'say.above',
  review: 'say.review',
  accepted: 'say.below',
  unscored: 'say.unscored',
} as const satisfies Record<Decision, MessageKey>;

/**
 * Score and threshold as they are read on the page, and how far apart they are on the scale of the reasons: in words that
 * nobody takes for the difference of the two.
 */
export function distanceSentence(
  locale: Locale,
  { decision, probability, distance }: ClientView,
  { unit, manifest }: BundleView,
): string {
  const { threshold: limit, reviewFrom = limit } = manifest.decision;
  const threshold = formatShare(locale, limit);
  if (probability === limit) return translate(locale, 'say.at', { threshold });
  const score = formatProbability(locale, probability, [limit, reviewFrom]);
  const points = Math.round(Math.abs(distance));
  const scale = decision === 'unscored' ? '' : translate(locale, 'say.scale', { unit, points });
  return translate(locale, SAYS[decision], { score, threshold, scale });
}

/** What most clients have in a column; null where that is not known. */
export const typicalOf = ({ typical }: Pick<BundleView, 'typical'>, name: string): CellValue =>
  Object.hasOwn(typical, name) ? typical[name] : null;
