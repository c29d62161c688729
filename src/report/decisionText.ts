import type { Decision } from '../core/decision/decision';
import type { Reason } from '../core/explain/reasons';
import type { ManifestColumn } from '../bundle/schema';
import type { BundleView } from '../engine/bundleView';
import type { CellValue } from '../engine/client/cells';
import type { ClientReasons, ClientView } from '../engine/client/view';
import { columnLabel, formatPoints, formatProbability, formatShare, formatValue } from '../i18n/format';
import { positionText } from './position';
import { DECISION_WORDS } from '../i18n/decisionWords';
import { localText, translate, type Locale, type MessageKey } from '../i18n/translate';

/** A decision and its reasons in words: on the page, copied, printed, in a record. The same client gives the same text. */

/** What of a bundle the words need. */
export type DecidedBy = Pick<BundleView, 'manifest' | 'typical' | 'unit' | 'fingerprint'>;
type Decided = Pick<
  ClientView,
  'id' | 'name' | 'decision' | 'probability' | 'distance' | 'explanation' | 'cells'
>;

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
  { decision, probability, distance }: Pick<ClientView, 'decision' | 'probability' | 'distance'>,
  { unit, manifest }: Pick<BundleView, 'unit' | 'manifest'>,
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

/** One reason in words. */
export interface ReasonText {
  /** The column's name. */
  key: string;
  label: string;
  value: string;
  note: string;
}

/** Reasons of a client in words. */
export function reasonTexts(locale: Locale, bundle: DecidedBy, { cells }: Pick<ClientView, 'cells'>) {
  const columns = new Map(bundle.manifest.columns.map((column) => [column.name, column]));
  const values = new Map(cells.map(({ column, value }) => [column, value]));
  return ({ input, points }: Reason, names: readonly string[]): ReasonText => {
    const name = names[input];
    const column = columns.get(name) ?? { name };
    const known = values.get(name) ?? null;
    const value = known === null ? translate(locale, 'data.missing') : formatValue(locale, column, known);
    const written = localText(points > 0 ? column.reasons?.up : column.reasons?.down, locale, '');
    const facts = bundle.manifest.training?.columns[name];
    const place = written || positionText(locale, column, known, facts);
    const note = [place, medianText(locale, column, typicalOf(bundle, name), value)].filter(Boolean);
    return { key: name, label: columnLabel(locale, column), value, note: note.join(' · ') };
  };
}

/** The median of a number, where it is another than the client's: the same would read as a contradiction. */
function medianText(locale: Locale, column: ManifestColumn, value: CellValue, shown: string): string {
  if (typeof value !== 'number') return '';
  const median = formatValue(locale, column, value);
  return median === shown ? '' : translate(locale, 'why.median', { value: median });
}

/** From the average to the client's score. */
export const fromTo = (locale: Locale, { baseProbability }: ClientReasons, probability: number): string =>
  translate(locale, 'why.fromTo', {
    from: formatProbability(locale, baseProbability),
    to: formatProbability(locale, probability),
  });

/** The decision and its reasons as lines, for a mail, a file, a record. */
export function decisionLines(locale: Locale, bundle: DecidedBy, client: Decided): string[] {
  const points = (value: number) => translate(locale, 'why.points', { points: formatPoints(locale, value) });
  const { manifest, fingerprint } = bundle;
  const line = (parts: readonly string[]): string => parts.filter(Boolean).join(' · ');
  return [
    line([
      client.name,
      translate(locale, 'clients.number', { id: client.id }),
      translate(locale, DECISION_WORDS[client.decision]),
      client.decision === 'unscored'
        ? ''
        : `${formatProbability(locale, client.probability)} (${translate(locale, 'client.riskScore')})`,
    ]),
    distanceSentence(locale, client, bundle),
    ...reasonLines(locale, bundle, client, points, line),
    `${manifest.id}@${manifest.version} · ${fingerprint.slice(0, 8)}`,
  ];
}

function reasonLines(
  locale: Locale,
  bundle: DecidedBy,
  client: Decided,
  points: (value: number) => string,
  line: (parts: readonly string[]) => string,
): string[] {
  const { explanation } = client;
  if (!explanation) return [];
  const { reasons, columns } = explanation;
  const textOf = reasonTexts(locale, bundle, client);
  const shown = [...reasons.against, ...reasons.inFavour].map((reason) => {
    const { label, value, note } = textOf(reason, columns);
    return line([translate(locale, 'why.pair', { label, value }), points(reason.points), note]);
  });
  const { others, total } = reasons;
  const rest = translate(locale, 'why.others', { count: others.count });
  return [
    ...shown,
    ...(others.count ? [line([rest, points(others.points), translate(locale, 'why.othersNote')])] : []),
    line([
      translate(locale, 'why.total'),
      fromTo(locale, explanation, client.probability),
      points(total.points),
    ]),
  ];
}
