import type { Verified } from '../core/record/chain';
import type { DecisionGiven } from '../engine/record';
import type { RecordLink, ReviewRecord } from '../core/record/record';
import type { Locale } from '../i18n/translate';

export interface RecordAsked {
  fingerprint: string;
  id: string;
  given: DecisionGiven;
  /** Number of the last record on this client that the page has shown; 0 of none. */
  seen: number;
  locale: Locale;
  /** Version of the app that shows it. */
  app: string;
}

export type ReviewAsked = Omit<ReviewRecord, 'version' | 'client'>;

/** A chain, and whether it holds. */
export interface VerifiedChain {
  device: string;
  /** The file that it came in; "" for this device's own. */
  file: string;
  links: RecordLink[];
  verified: Verified;
}
