import type { Edits } from '../engine/client/sheet';
import type { DecisionRecord } from '../core/record/record';

/** A decision as far as its form is filled. */
export interface DecisionForm {
  outcome: DecisionRecord['outcome'] | '';
  /** Of an override: what kind, and in words. */
  reason: string;
  why: string;
  note: string;
  statement: string;
  /** What is tried are the true values: what was seen of them; null where they are only tried. */
  evidence: string | null;
}

export const EMPTY_FORM: DecisionForm = {
  outcome: '',
  reason: '',
  why: '',
  note: '',
  statement: '',
  evidence: null,
};

/** What somebody tries on a client's file: values, and sets of them under a name; and what they are about to decide. */
export interface ClientDraft {
  edits: Edits;
  scenarios: { name: string; edits: Edits }[];
  form: DecisionForm;
}

export const isEmptyDraft = ({ edits, scenarios, form }: ClientDraft): boolean =>
  Object.keys(edits).length === 0 &&
  scenarios.length === 0 &&
  JSON.stringify(form) === JSON.stringify(EMPTY_FORM);
