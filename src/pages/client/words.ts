import type { ClientView } from '../../engine/views';
import type { MessageKey } from '../../i18n/translate';

export const WORDS = {
  accepted: 'decision.accepted',
  review: 'decision.review',
  refused: 'decision.refused',
  unscored: 'decision.unscored',
} as const satisfies Record<ClientView['decision'], MessageKey>;

export const FLAGS = {
  missing: 'data.missing',
  outOfRange: 'data.outOfRange',
  unknownLevel: 'data.unknownLevel',
} as const satisfies Record<string, MessageKey>;

/** Which sentence says how far the client is from the threshold, and in how many points. */
export function distanceSentence(
  { decision, probability, distance }: ClientView,
  threshold: number,
): { key: MessageKey; points: number } {
  const points = Math.round(Math.abs(distance));
  if (decision === 'unscored') return { key: 'say.unscored', points: 0 };
  if (probability === threshold) return { key: 'say.at', points: 0 };
  if (decision === 'refused') return { key: points === 0 ? 'say.near' : 'say.above', points };
  const atLeastOne = Math.max(1, points);
  return { key: decision === 'review' ? 'say.review' : 'say.below', points: atLeastOne };
}
