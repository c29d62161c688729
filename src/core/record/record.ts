import { decide } from '../decision/decision';
import type { ChainLink } from './chain';
import type { DecisionPayload, ReviewPayload } from './schema';

/** What a chain of this app records: decisions, and human reviews of them. */

export const RECORDS_FORMAT = 'scoredesk-records';

export type DecisionRecord = DecisionPayload;
export type ReviewRecord = ReviewPayload;
export type RecordPayload = DecisionRecord | ReviewRecord;
export type RecordResult = DecisionRecord['result'];
export type RecordLink = ChainLink<RecordPayload>;

/** A person, wherever they are spoken of: a client of one bundle. */
export type Person = Pick<DecisionRecord['client'], 'bundle' | 'id'>;

export const isOf = (payload: RecordPayload | null, { bundle, id }: Person): boolean =>
  payload !== null && payload.client.id === id && payload.client.bundle === bundle;

export const isDecision = (payload: RecordPayload | null): payload is DecisionRecord =>
  payload !== null && 'inputs' in payload;
export const isReview = (payload: RecordPayload | null): payload is ReviewRecord =>
  payload !== null && 'of' in payload;

/** What the model led to, corrections included. */
export const ledTo = ({ corrections, result }: DecisionRecord): RecordResult =>
  corrections ? corrections.result : result;

/** Whether a decision goes against the model: what is to be reviewed, or has no score, is anybody's. */
export function isOverride(
  outcome: DecisionRecord['outcome'],
  probability: number | null,
  rule: DecisionRecord['rule'],
): boolean {
  if (probability === null || outcome === 'referred') return false;
  const { threshold, reviewFrom } = rule;
  const led = decide(probability, { threshold, ...(reviewFrom === null ? {} : { reviewFrom }) });
  return led !== 'review' && led !== outcome;
}
