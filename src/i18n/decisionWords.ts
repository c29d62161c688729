import type { Decision } from '../core/decision/decision';
import type { MessageKey } from './translate';

/** A decision as it is said everywhere. */
export const DECISION_WORDS = {
  accepted: 'decision.accepted',
  review: 'decision.review',
  refused: 'decision.refused',
  unscored: 'decision.unscored',
} as const satisfies Record<Decision, MessageKey>;
