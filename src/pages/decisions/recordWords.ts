import {
  isDecision,
  isOverride,
  isReview,
  ledTo,
  type DecisionRecord,
  type RecordLink,
} from '../../core/record/record';
import { formatMoment, formatProbability } from '../../i18n/format';
import type { Locale, MessageKey } from '../../i18n/translate';

export const OUTCOME_WORDS = {
  accepted: 'record.accepted',
  refused: 'record.refused',
  referred: 'record.referred',
} as const satisfies Record<DecisionRecord['outcome'], MessageKey>;

/** Why somebody decides against the model. */
export const OVERRIDE_REASONS = ['documents', 'guarantee', 'history', 'policy', 'data', 'other'] as const;

/** Characters that the words of an override have at least. */
export const LEAST_WHY = 20;

/** What was wrong on file, in the words of the record. */
export const correctedText = ({ shown }: DecisionRecord): string =>
  shown.letter.corrected.map(({ label, from, to }) => `${label} ${from} → ${to}`).join(', ');

export const shortHash = (hash: string): string => `${hash.slice(0, 4)}…${hash.slice(-4)}`;

/** One record as a list shows it. */
export interface RecordRow {
  number: number;
  at: string;
  hash: string;
  client: string;
  author: string;
  /** The decision; of a review the decision's number. */
  record: DecisionRecord | null;
  review: { of: number; due: string; open: boolean; late: boolean } | null;
  score: string;
  override: boolean;
}

/** @param today ISO day, by which reviews are late */
export function recordRow(
  locale: Locale,
  { head, hash, payload }: RecordLink,
  answered: ReadonlySet<number>,
  today: string,
): RecordRow {
  const decision = isDecision(payload) ? payload : null;
  const review = isReview(payload) ? payload : null;
  const probability = decision && ledTo(decision).probability;
  const open = review !== null && review.outcome === null && !answered.has(review.of);
  return {
    number: head.number,
    at: formatMoment(locale, head.at),
    hash,
    client: payload?.client.id ?? '',
    author: [payload?.author, payload?.branch].filter(Boolean).join(', '),
    record: decision,
    review: review && { of: review.of, due: review.due, open, late: open && review.due < today },
    score: probability === null ? '' : formatProbability(locale, probability),
    override: decision !== null && isOverride(decision.outcome, ledTo(decision).probability, decision.rule),
  };
}

/** Decisions whose review has an outcome. */
export const answeredIn = (links: readonly RecordLink[]): Set<number> =>
  new Set(
    links.flatMap(({ payload }) => (isReview(payload) && payload.outcome !== null ? [payload.of] : [])),
  );

/** How often each author, or each kind of reason, stands against the model. */
export function overrideRates(
  links: readonly RecordLink[],
): { author: string; decided: number; overridden: number }[] {
  const rates = new Map<string, { decided: number; overridden: number }>();
  for (const { payload } of links) {
    if (!isDecision(payload)) continue;
    const rate = rates.get(payload.author) ?? { decided: 0, overridden: 0 };
    rate.decided++;
    if (isOverride(payload.outcome, ledTo(payload).probability, payload.rule)) rate.overridden++;
    rates.set(payload.author, rate);
  }
  return [...rates]
    .map(([author, rate]) => ({ author, ...rate }))
    .sort((a, b) => b.overridden - a.overridden);
}

export function overrideReasons(links: readonly RecordLink[]): { reason: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { payload } of links)
    if (isDecision(payload) && payload.override)
      counts.set(payload.override.reason, (counts.get(payload.override.reason) ?? 0) + 1);
  return [...counts].map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count);
}
