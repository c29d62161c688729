import type { Edits } from '../engine/client/sheet';

/** What somebody tries on a client's file: values, and sets of them under a name. */
export interface ClientDraft {
  edits: Edits;
  scenarios: { name: string; edits: Edits }[];
}

export const isEmptyDraft = ({ edits, scenarios }: ClientDraft): boolean =>
  Object.keys(edits).length === 0 && scenarios.length === 0;
